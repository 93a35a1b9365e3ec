/*
 * The own account of somebody of the staff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/ledger.h"
#include "domain/roles.h"
#include "domain/sessions.h"
#include "tests/pages/server/staff.h"

#define OLD "do=password&old=a+long+enough+pass"
#define NEW "&password=seven+blue+herons&again=seven+blue+herons"

static void the_password_is_changed_and_the_cookie_renewed(void **state)
{
	struct staff *staff = *state;
	char before[64], text[128];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/account"));
	assert_true(staff_sees(staff, "This browser"));
	assert_int_equal(403, staff_post(staff, "/account",
					 "do=password&old=wrong" NEW, true));
	assert_int_equal(400, staff_post(staff, "/account",
					 OLD "&password=comms.example"
					     "&again=comms.example",
					 true));
	memcpy(before, staff->cookie, sizeof(before));
	assert_int_equal(403, staff_post(staff, "/account", OLD NEW, false));
	assert_int_equal(303, staff_post(staff, "/account", OLD NEW, true));
	assert_string_equal("/account?done=password",
			    staff_sent_to(staff, text, sizeof(text)));
	assert_string_not_equal(before, staff->cookie);
	assert_int_equal(200, staff_get(staff, "/account?done=password"));
	assert_true(staff_sees(staff, "Your password is changed."));
}

static void another_browser_is_signed_out(void **state)
{
	struct staff *staff = *state;
	char first[64], text[128];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	memcpy(first, staff->cookie, sizeof(first));
	staff->cookie[0] = '\0';
	assert_int_equal(200, staff_get(staff, "/login"));
	assert_int_equal(
		303, staff_post(staff, "/login",
				"name=desk&password=a+long+enough+pass", true));
	assert_int_equal(200, staff_get(staff, "/account"));
	assert_true(staff_sees(staff, "End all other sessions"));
	size_t ended = samples_entries(&staff->server, LEDGER_SIGN_OUT);
	assert_int_equal(303, staff_post(staff, "/account", "do=others", true));
	assert_int_equal(ended + 1,
			 samples_entries(&staff->server, LEDGER_SIGN_OUT));
	assert_int_equal(200, staff_get(staff, "/account"));
	memcpy(staff->cookie, first, sizeof(first));
	assert_int_equal(303, staff_get(staff, "/account"));
	assert_string_equal("/login?next=%2Faccount",
			    staff_sent_to(staff, text, sizeof(text)));
}

static void failed_tries_are_told_after_signing_in(void **state)
{
	struct staff *staff = *state;
	char text[128];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	staff->cookie[0] = '\0';
	assert_int_equal(200, staff_get(staff, "/login"));
	assert_int_equal(403, staff_post(staff, "/login",
					 "name=desk&password=wrong", true));
	assert_int_equal(
		303, staff_post(staff, "/login",
				"name=desk&password=a+long+enough+pass", true));
	assert_string_equal("/account?failures=1",
			    staff_sent_to(staff, text, sizeof(text)));
	assert_int_equal(200, staff_get(staff, "/account?failures=1"));
	assert_true(staff_sees(staff, "1 failed sign-in with your name"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(the_password_is_changed_and_the_cookie_renewed),
		STAFF_TEST(another_browser_is_signed_out),
		STAFF_TEST(failed_tries_are_told_after_signing_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
