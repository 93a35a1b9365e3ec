/*
 * Set-up of the console: one code, one account, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/ledger.h"
#include "domain/roles.h"
#include "tests/pages/server/staff.h"

#include "domain/accounts.h"

static int finish(struct staff *staff, const char *code, const char *name,
		  const char *password, const char *again)
{
	char form[512];
	snprintf(form, sizeof(form), "code=%s&name=%s&password=%s&again=%s",
		 code, name, password, again);
	return staff_post(staff, "/setup", form, true);
}

static void every_page_leads_to_set_up_first(void **state)
{
	struct staff *staff = *state;
	char text[64];
	assert_int_equal(303, staff_get(staff, "/devices"));
	assert_string_equal("/setup", staff_sent_to(staff, text, sizeof(text)));
	assert_int_equal(200, staff_get(staff, "/setup"));
	assert_int_equal(200, staff_get(staff, "/about"));
}

static void the_code_makes_the_first_account(void **state)
{
	struct staff *staff = *state;
	struct account account;
	struct err err = { 0 };
	char text[64];
	assert_int_equal(200, staff_get(staff, "/setup"));
	assert_int_equal(303,
			 finish(staff, staff->server.code, "desk",
				"a+long+enough+pass", "a+long+enough+pass"));
	assert_string_equal("/", staff_sent_to(staff, text, sizeof(text)));
	assert_int_equal(200, staff_get(staff, "/devices"));
	assert_true(
		accounts_find(staff->server.server.db, "desk", &account, &err));
	assert_int_equal(ROLE_STAFF | ROLE_ADMIN, account.roles);
	/* Once. */
	assert_int_equal(303, staff_get(staff, "/setup"));
	assert_int_equal(303,
			 finish(staff, staff->server.code, "second",
				"a+long+enough+pass", "a+long+enough+pass"));
	assert_string_equal("/login?made=1",
			    staff_sent_to(staff, text, sizeof(text)));
	assert_false(accounts_find(staff->server.server.db, "second", &account,
				   &err));
}

static void mistakes_are_shown_and_keep_what_was_typed(void **state)
{
	struct staff *staff = *state;
	int64_t count = -1;
	struct err err = { 0 };
	assert_int_equal(200, staff_get(staff, "/setup"));
	assert_int_equal(403,
			 finish(staff, "AAAA-BBBB-CCCC", "desk",
				"a+long+enough+pass", "a+long+enough+pass"));
	assert_true(staff_sees(staff, "value=\"desk\""));
	assert_true(staff_sees(staff, "There is a problem"));
	assert_false(staff_sees(staff, "a long enough pass"));
	assert_int_equal(400,
			 finish(staff, staff->server.code, "desk",
				"a+long+enough+pass", "another+long+pass"));
	assert_true(staff_sees(staff, "not the same"));
	assert_int_equal(400, finish(staff, staff->server.code, "desk",
				     "password", "password"));
	assert_int_equal(400,
			 finish(staff, staff->server.code, "%3Cb%3E",
				"a+long+enough+pass", "a+long+enough+pass"));
	assert_true(staff_sees(staff, "&lt;b&gt;"));
	assert_int_equal(400, finish(staff, "", "", "", ""));
	assert_true(accounts_count(staff->server.server.db, &count, &err));
	assert_int_equal(0, count);
}

static void guessing_the_code_is_stopped(void **state)
{
	struct staff *staff = *state;
	assert_int_equal(200, staff_get(staff, "/setup"));
	int status = 403;
	for (int n = 0; n < 12 && status == 403; n++) {
		status = finish(staff, "AAAA-BBBB-CCCC", "desk",
				"a+long+enough+pass", "a+long+enough+pass");
	}
	assert_int_equal(429, status);
	assert_int_equal(429,
			 finish(staff, staff->server.code, "desk",
				"a+long+enough+pass", "a+long+enough+pass"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(every_page_leads_to_set_up_first),
		STAFF_TEST(the_code_makes_the_first_account),
		STAFF_TEST(mistakes_are_shown_and_keep_what_was_typed),
		STAFF_TEST(guessing_the_code_is_stopped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
