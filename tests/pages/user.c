/* One account, as an administrator changes it. */
#include <stdio.h>

#include "domain/accounts.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static const char *page_of(const char *name)
{
	static char path[48];
	struct account account;

	assert_true(accounts_find(pages.db, name, &account, NULL));
	snprintf(path, sizeof(path), "/users/%lld", (long long)account.id);
	return path;
}

static void roles_hold_at_once(void **state)
{
	(void)state;
	expect_get(&pages, &pages.operator, "/log", 403);
	expect_post(&pages, &pages.admin, page_of("olga"),
		    "do=roles&role=operator&role=auditor", 303);
	expect_get(&pages, &pages.operator, "/log", 200);
}

static void the_last_admin_stays_admin(void **state)
{
	struct answer answer = pages_post(&pages, &pages.admin, page_of("ada"),
					  "do=roles&role=customer");

	(void)state;
	expect_status(&answer, 409);
	expect_text(&answer, "There is a problem");
	answer_clear(&answer);
	expect_get(&pages, &pages.admin, "/users", 200);
}

static void disabling_signs_out_at_once(void **state)
{
	struct person visitor = pages_visitor();
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.admin, page_of("audrey"), "do=disable", 303);
	answer = pages_get(&pages, &pages.auditor, "/");
	expect_location(&answer, "/login");
	answer_clear(&answer);
	expect_post(&pages, &visitor, "/login",
		    "name=audrey&password=a+long+enough+phrase&next=", 403);
	expect_post(&pages, &pages.admin, page_of("audrey"), "do=enable", 303);
	expect_post(&pages, &visitor, "/login",
		    "name=audrey&password=a+long+enough+phrase&next=", 303);
}

static void a_new_password_ends_the_sessions(void **state)
{
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.admin, page_of("frontdesk"),
		    "do=password&password=short", 400);
	expect_get(&pages, &pages.customer, "/", 200);
	expect_post(&pages, &pages.admin, page_of("frontdesk"),
		    "do=password&password=another+long+phrase", 303);
	answer = pages_get(&pages, &pages.customer, "/");
	expect_location(&answer, "/login");
	answer_clear(&answer);
}

static void an_account_or_button_that_does_not_exist_is_refused(void **state)
{
	(void)state;
	expect_get(&pages, &pages.admin, "/users/999", 404);
	expect_get(&pages, &pages.admin, "/users/x", 404);
	expect_post(&pages, &pages.admin, page_of("olga"), "do=explode", 400);
	expect_post(&pages, &pages.admin, page_of("olga"), "do=roles&role=god",
		    400);
	expect_get(&pages, &pages.admin, page_of("olga"), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles_hold_at_once),
		cmocka_unit_test(the_last_admin_stays_admin),
		cmocka_unit_test(disabling_signs_out_at_once),
		cmocka_unit_test(a_new_password_ends_the_sessions),
		cmocka_unit_test(
			an_account_or_button_that_does_not_exist_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
