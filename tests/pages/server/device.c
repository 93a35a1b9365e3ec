/*
 * One device: what is known, what may not be seen, its transactions.
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

static void it_shows_what_the_customer_allowed_and_the_rest(void **state)
{
	struct staff *staff = *state;
	char id[UUID_TEXT_SIZE];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	staff_receive(staff, SAMPLES_DEVICE, 1, SAMPLES_NOW);
	samples_transaction(id, 1);
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_DEVICE));
	assert_true(staff_sees(staff, id));
	assert_true(staff_sees(staff, "Billing, Supplies Usage"));
	assert_true(staff_sees(staff, staff->server.device.sha256));
	assert_true(staff_sees(staff, "What we may not see"));
	assert_true(staff_sees(staff, "<dt>Maintenance</dt>"));
	assert_false(staff_sees(staff, "<dt>Metering</dt>"));
	assert_true(staff_sees(staff, "Personal data"));
	assert_true(staff_sees(staff, "Job data"));
	/* The list is no look at documents. */
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_READ));
	assert_false(staff_sees(staff, "148,211"));
	assert_false(staff_sees_word(staff, "148211"));
}

static void a_new_device_says_so(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_OTHER));
	assert_true(staff_sees(staff, "Nothing was received"));
	assert_true(staff_sees(staff, "Never seen"));
	assert_true(staff_sees(staff, "<dt>Metering</dt>"));
}

static void a_long_list_has_pages(void **state)
{
	struct staff *staff = *state;
	char id[UUID_TEXT_SIZE];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	for (unsigned n = 1; n <= 51; n++) {
		staff_receive(staff, SAMPLES_DEVICE, n, SAMPLES_NOW);
	}
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_DEVICE));
	samples_transaction(id, 1);
	assert_false(staff_sees(staff, id));
	assert_true(staff_sees(staff, "?before=2#transactions"));
	assert_int_equal(200, staff_get(staff,
					"/device/" SAMPLES_DEVICE "?before=2"));
	assert_true(staff_sees(staff, id));
	assert_true(staff_sees(staff, ">Newest<"));
}

static void addresses_that_lead_nowhere(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(404, staff_get(staff, "/device/nobody"));
	assert_int_equal(404, staff_get(staff, "/device/<script>"));
	assert_false(staff_sees(staff, "<script>"));
	assert_int_equal(400, staff_get(staff, "/device/" SAMPLES_DEVICE
					       "?before=-1"));
	assert_int_equal(400, staff_get(staff,
					"/device/" SAMPLES_DEVICE "?before=0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(it_shows_what_the_customer_allowed_and_the_rest),
		STAFF_TEST(a_new_device_says_so),
		STAFF_TEST(a_long_list_has_pages),
		STAFF_TEST(addresses_that_lead_nowhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
