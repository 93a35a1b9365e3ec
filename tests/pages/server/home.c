/*
 * The first page leads to the list of devices.
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

static void it_leads_to_the_devices(void **state)
{
	struct staff *staff = *state;
	char text[64];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(303, staff_get(staff, "/"));
	assert_string_equal("/devices",
			    staff_sent_to(staff, text, sizeof(text)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(it_leads_to_the_devices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
