/* Accounts: the list and making one. */
#include <stdio.h>

#include "domain/accounts.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void the_list_shows_everybody_and_no_password(void **state)
{
	struct answer answer = pages_get(&pages, &pages.admin, "/users");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "audrey");
	expect_text(&answer, "auditor");
	expect_no_text(&answer, "argon2");
	answer_clear(&answer);
}

static void an_admin_makes_an_account_that_can_sign_in(void **state)
{
	struct person visitor = pages_visitor();
	struct answer answer;

	(void)state;
	answer = pages_post(&pages, &pages.admin, "/users",
			    "name=pat&password=a+long+enough+phrase"
			    "&role=operator&role=auditor");
	expect_location(&answer, "/users?done=made");
	answer_clear(&answer);
	expect_post(&pages, &visitor, "/login",
		    "name=pat&password=a+long+enough+phrase&next=", 303);
	assert_int_equal(pages_ledger_count(&pages, "account", "pat"), 1);
}

static void what_is_wrong_is_said_and_the_rest_kept(void **state)
{
	static const struct {
		const char *form, *text;
		int status;
	} wrong[] = {
		{ "name=new&password=a+long+enough+phrase",
		  "Choose at least one role.", 400 },
		{ "name=new&password=short&role=auditor",
		  "id=\"password-error\">The password needs", 400 },
		{ "name=daemon&password=a+long+phrase&role=auditor",
		  "id=\"name-error\">The log uses the name", 400 },
		{ "name=pat&password=a+long+enough+phrase&role=auditor",
		  "problem", 409 },
		{ "name=a+b&password=a+long+enough+phrase&role=auditor",
		  "The name is not valid.", 400 },
		{ "name=new&password=a+long+enough+phrase&role=staff",
		  "does not exist", 400 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct answer answer = pages_post(&pages, &pages.admin,
						  "/users", wrong[i].form);

		expect_status(&answer, wrong[i].status);
		expect_text(&answer, wrong[i].text);
		expect_no_text(&answer, "long enough phrase");
		answer_clear(&answer);
	}
}

static void paused_addresses_are_listed_and_lifted(void **state)
{
	struct account account;
	struct answer answer;

	(void)state;
	expect_get(&pages, &pages.admin, "/users/pauses", 404);
	expect_post(&pages, &pages.operator, "/users/pauses",
		    "address=198.51.100.7", 403);
	expect_post(&pages, &pages.admin, "/users/pauses", "", 400);
	for (int i = 0; i < 5; i++) {
		assert_false(accounts_sign_in(pages.db, "olga", "wrong",
					      "198.51.100.7", pages.now,
					      &account, NULL));
	}
	answer = pages_get(&pages, &pages.admin, "/users");
	expect_text(&answer, "Paused addresses");
	expect_text(&answer, "value=\"198.51.100.7\"");
	expect_text(&answer, "5 tries");
	answer_clear(&answer);
	answer = pages_post(&pages, &pages.admin, "/users/pauses",
			    "address=198.51.100.7");
	expect_location(&answer, "/users?done=lifted");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.admin, "/users?done=lifted");
	expect_text(&answer, "The pause is lifted.");
	expect_no_text(&answer, "Paused addresses");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, "/users/pauses",
		    "address=198.51.100.7", 303);
	assert_int_equal(pages_ledger_count(&pages, "account",
					    "the address \"198.51.100.7\""),
			 1);
}

static void words_about_the_device_are_no_password(void **state)
{
	char form[256];

	(void)state;
	snprintf(form, sizeof(form), "name=sid&role=auditor&password=%s2026",
		 pages.config.serial);
	expect_post(&pages, &pages.admin, "/users", form, 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_shows_everybody_and_no_password),
		cmocka_unit_test(an_admin_makes_an_account_that_can_sign_in),
		cmocka_unit_test(what_is_wrong_is_said_and_the_rest_kept),
		cmocka_unit_test(paused_addresses_are_listed_and_lifted),
		cmocka_unit_test(words_about_the_device_are_no_password),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
