/*
 * About: for all, the version for those who are signed in.
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

static void the_version_is_for_those_who_are_signed_in(void **state)
{
	struct staff *staff = *state;
	assert_int_equal(200, staff_get(staff, "/about"));
	assert_true(staff_sees(staff, "comms.example"));
	assert_false(staff_sees(staff, PACKAGE_VERSION "</dd>"));
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/about"));
	assert_true(staff_sees(staff, PACKAGE_VERSION "</dd>"));
	assert_true(staff_sees(staff, "id=\"report\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(the_version_is_for_those_who_are_signed_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
