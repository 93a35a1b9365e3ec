/* The own account. */
#include <stdio.h>

#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

#define NEW "&password=another+long+phrase&again=another+long+phrase"

static void the_old_password_is_asked(void **state)
{
	struct answer answer;

	(void)state;
	answer = pages_post(&pages, &pages.customer, "/account",
			    "do=password&old=wrong" NEW);
	expect_status(&answer, 403);
	expect_text(&answer, "The present password is not right.");
	answer_clear(&answer);
	expect_post(&pages, &pages.customer, "/account",
		    "do=password&old=a+long+enough+phrase"
		    "&password=another+long+phrase&again=other",
		    400);
	expect_post(&pages, &pages.customer, "/account",
		    "do=password&old=a+long+enough+phrase"
		    "&password=short&again=short",
		    400);
	expect_post(&pages, &pages.customer, "/account", "do=password", 400);
	expect_post(&pages, &pages.customer, "/account", "do=other", 400);
}

static void changing_it_keeps_this_browser_and_ends_the_others(void **state)
{
	struct person visitor = pages_visitor();
	struct answer answer;
	char cookie[256];

	(void)state;
	answer = pages_post(&pages, &pages.operator, "/account",
			    "do=password&old=a+long+enough+phrase" NEW);
	expect_location(&answer, "/account?done=password");
	answer_field(&answer, "Set-Cookie", cookie, sizeof(cookie));
	answer_clear(&answer);

	/* the old session is over, the new one works */
	answer = pages_get(&pages, &pages.operator, "/");
	expect_location(&answer, "/login");
	answer_clear(&answer);
	assert_int_equal(sscanf(cookie, "__Host-sluice=%63[^;]",
				pages.operator.cookie),
			 1);
	answer = pages_get(&pages, &pages.operator, "/account?done=password");
	expect_status(&answer, 200);
	expect_text(&answer, "Your password is changed.");
	answer_clear(&answer);
	expect_post(&pages, &visitor, "/login",
		    "name=olga&password=another+long+phrase&next=", 303);
}

static void signing_out_everywhere_ends_all_sessions(void **state)
{
	struct answer answer;

	(void)state;
	answer =
		pages_post(&pages, &pages.auditor, "/account", "do=everywhere");
	expect_location(&answer, "/login?out=1");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.auditor, "/account");
	expect_location(&answer, "/login?next=%2Faccount");
	answer_clear(&answer);
	expect_get(&pages, &pages.admin, "/account", 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_old_password_is_asked),
		cmocka_unit_test(
			changing_it_keeps_this_browser_and_ends_the_others),
		cmocka_unit_test(signing_out_everywhere_ends_all_sessions),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
