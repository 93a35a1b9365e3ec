/*
 * Signing in to the console, and out.
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

static void out(struct staff *staff)
{
	staff_sign_in(staff, "desk", ROLE_STAFF);
	staff->cookie[0] = '\0';
	assert_int_equal(200, staff_get(staff, "/login"));
}

static void a_wrong_password_and_a_wrong_name_look_the_same(void **state)
{
	struct staff *staff = *state;
	out(staff);
	assert_int_equal(403, staff_post(staff, "/login",
					 "name=desk&password=wrong", true));
	assert_true(staff_sees(staff, "value=\"desk\""));
	assert_int_equal(403, staff_post(staff, "/login",
					 "name=none&password=wrong", true));
	assert_false(staff_sees(staff, "value=\"wrong\""));
	assert_true(samples_entries(&staff->server, LEDGER_REFUSED) >= 2);
}

static void it_leads_back_but_never_to_another_site(void **state)
{
	struct staff *staff = *state;
	char text[128];
	out(staff);
	assert_int_equal(303, staff_get(staff, "/device/x?before=3"));
	assert_string_equal("/login?next=%2Fdevice%2Fx%3Fbefore%3D3",
			    staff_sent_to(staff, text, sizeof(text)));
	assert_int_equal(
		400,
		staff_post(
			staff, "/login",
			"name=desk&password=a+long+enough+pass&next=//evil.example/",
			true));
	assert_int_equal(
		303,
		staff_post(staff, "/login",
			   "name=desk&password=a+long+enough+pass&next=/about",
			   true));
	assert_string_equal("/about", staff_sent_to(staff, text, sizeof(text)));
}

static void signing_out_ends_the_session_here_too(void **state)
{
	struct staff *staff = *state;
	char stolen[64], text[128];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/devices"));
	memcpy(stolen, staff->cookie, sizeof(stolen));
	assert_int_equal(303, staff_post(staff, "/logout", "", true));
	assert_string_equal("/login?out=1",
			    staff_sent_to(staff, text, sizeof(text)));
	memory_header(&staff->m, "Clear-Site-Data", text, sizeof(text));
	assert_true(strlen(text) > 0);
	memcpy(staff->cookie, stolen, sizeof(stolen));
	assert_int_equal(303, staff_get(staff, "/devices"));
	assert_int_equal(200, staff_get(staff, "/login?out=1"));
	assert_true(staff_sees(staff, "You are signed out."));
}

static void guessing_is_slowed_down(void **state)
{
	struct staff *staff = *state;
	out(staff);
	for (int n = 0; n < 5; n++) {
		assert_int_equal(403,
				 staff_post(staff, "/login",
					    "name=desk&password=wrong", true));
	}
	assert_int_equal(
		429, staff_post(staff, "/login",
				"name=desk&password=a+long+enough+pass", true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(a_wrong_password_and_a_wrong_name_look_the_same),
		STAFF_TEST(it_leads_back_but_never_to_another_site),
		STAFF_TEST(signing_out_ends_the_session_here_too),
		STAFF_TEST(guessing_is_slowed_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
