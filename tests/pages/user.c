/* One account, as an administrator changes it. */
#include <stdio.h>

#include "domain/sessions.h"
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

static void the_sessions_are_seen_and_ended(void **state)
{
	struct person who = pages_person(&pages, "sue", ROLE_OPERATOR);
	struct answer answer = pages_get(&pages, &pages.admin, page_of("sue"));
	struct session session;
	char form[40];

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "192.0.2.1");
	expect_text(&answer, "End all sessions");
	answer_clear(&answer);
	assert_true(
		sessions_find(pages.db, who.cookie, pages.now, &session, NULL));
	snprintf(form, sizeof(form), "end=%lld", (long long)session.id);
	/* of another account: nothing happens */
	expect_post(&pages, &pages.admin, page_of("olga"), form, 303);
	expect_get(&pages, &who, "/account", 200);
	answer = pages_post(&pages, &pages.admin, page_of("sue"), form);
	expect_status(&answer, 303);
	answer_clear(&answer);
	expect_get(&pages, &who, "/account", 303);
	answer = pages_get(&pages, &pages.admin, page_of("sue"));
	expect_text(&answer, "Nobody is signed in with this account.");
	answer_clear(&answer);
	assert_int_equal(
		pages_ledger_count(&pages, "sign-out",
				   "a session of \"sue\" from 192.0.2.1"),
		1);
	expect_post(&pages, &pages.operator, page_of("sue"), form, 403);
}

static void failures_are_told_and_the_pause_lifted(void **state)
{
	struct account account;
	struct answer answer;

	(void)state;
	pages_person(&pages, "tom", ROLE_OPERATOR);
	for (int i = 0; i < 5; i++) {
		assert_false(accounts_sign_in(pages.db, "tom", "wrong",
					      "198.51.100.7", pages.now,
					      &account, NULL));
	}
	answer = pages_get(&pages, &pages.admin, page_of("tom"));
	expect_text(&answer, "5 tries");
	expect_text(&answer, "from 198.51.100.7");
	expect_text(&answer, "Paused until");
	expect_text(&answer, "Lift the pause");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, page_of("tom"), "do=lift", 303);
	answer = pages_get(&pages, &pages.admin, page_of("tom"));
	expect_text(&answer, "5 tries");
	expect_no_text(&answer, "Paused until");
	answer_clear(&answer);
	assert_true(accounts_sign_in(pages.db, "tom", PAGES_PASSWORD,
				     "192.0.2.5", pages.now, &account, NULL));
	/* once more: over already */
	expect_post(&pages, &pages.admin, page_of("tom"), "do=lift", 303);
	assert_int_equal(pages_ledger_count(&pages, "account",
					    "the account \"tom\" was lifted"),
			 1);
}

static void a_password_made_of_the_name_is_refused(void **state)
{
	struct answer answer =
		pages_post(&pages, &pages.admin, page_of("audrey"),
			   "do=password&password=audrey2026%21");

	(void)state;
	expect_status(&answer, 400);
	expect_text(&answer, "made of the name of the account");
	answer_clear(&answer);
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
		cmocka_unit_test(the_sessions_are_seen_and_ended),
		cmocka_unit_test(failures_are_told_and_the_pause_lifted),
		cmocka_unit_test(a_password_made_of_the_name_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
