/*
 * Which device is the printer, and that it is read whole or not at all.
 */
#include "collectors/snmp_reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "agent.h"

#define DEVICE_TYPE "1.3.6.1.2.1.25.3.2.1.2."
#define PRINTER "1.3.6.1.2.1.25.3.1.5"
#define NETWORK "1.3.6.1.2.1.25.3.1.4"
#define LIFE_COUNT "1.3.6.1.2.1.43.10.2.1.4."

static bool take(struct agent *a, struct snmp_values *values, uint32_t *device,
		 struct err *err)
{
	struct snmp_agent carried = { .carry = agent_carry, .data = a };
	return snmp_reading_take(&carried, values, device, err);
}

static void the_printer_mib_says_which_device(void **state)
{
	struct agent a = { .asked = 0 };
	struct snmp_values values = { .count = 0 };
	struct err err = { 0 };
	uint32_t device = 0;

	(void)state;
	agent_name(&a, DEVICE_TYPE "2", PRINTER);
	agent_number(&a, "1.3.6.1.2.1.43.5.1.1.1.7", 1);
	agent_number(&a, LIFE_COUNT "2.1", 5);
	agent_number(&a, LIFE_COUNT "7.1", 10);
	assert_true(take(&a, &values, &device, &err));
	assert_int_equal(device, 7);
	assert_non_null(snmp_values_find(&values, LIFE_COUNT "7.1"));
	assert_null(snmp_values_find(&values, LIFE_COUNT "2.1"));
	/* So that no alert is younger than it. */
	assert_string_equal(a.last, "1.3.6.1.2.1.25.1.1.0");
	snmp_values_clear(&values);
	agent_clear(&a);
}

static void else_the_first_printer_among_the_devices(void **state)
{
	struct agent a = { .asked = 0 };
	struct snmp_values values = { .count = 0 };
	struct err err = { 0 };
	uint32_t device = 0;

	(void)state;
	agent_name(&a, DEVICE_TYPE "2", NETWORK);
	agent_name(&a, DEVICE_TYPE "3", PRINTER);
	agent_name(&a, DEVICE_TYPE "4", PRINTER);
	assert_true(take(&a, &values, &device, &err));
	assert_int_equal(device, 3);
	snmp_values_clear(&values);
	agent_clear(&a);
}

static void an_agent_of_no_printer_is_refused(void **state)
{
	struct agent a = { .asked = 0 };
	struct snmp_values values = { .count = 0 };
	struct err err = { 0 };
	uint32_t device = 0;

	(void)state;
	agent_text(&a, "1.3.6.1.2.1.1.1.0", "a switch");
	agent_name(&a, DEVICE_TYPE "2", NETWORK);
	agent_text(&a, DEVICE_TYPE "3", PRINTER);
	assert_false(take(&a, &values, &device, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	agent_clear(&a);
}

static void a_printer_is_read_whole_or_not_at_all(void **state)
{
	struct agent a = { .asked = 0 };
	struct snmp_values values = { .count = 0 };
	struct err err = { 0 };
	uint32_t device = 0;
	unsigned after = 1;

	(void)state;
	agent_number(&a, "1.3.6.1.2.1.43.5.1.1.1.1", 1);
	agent_number(&a, LIFE_COUNT "1.1", 10);
	agent_number(&a, "1.3.6.1.2.1.43.18.1.1.2.1.1", 3);
	for (a.silent_after = after; !take(&a, &values, &device, &err);
	     a.silent_after = ++after) {
		assert_int_equal(err.kind, ERR_RETRY);
		assert_int_equal(values.count, 0);
		assert_int_equal(device, 0);
		a.asked = 0;
		err_reset(&err);
	}
	/* Eight tables at least, and the objects */
	assert_true(after > 9);
	assert_int_equal(device, 1);
	snmp_values_clear(&values);
	agent_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_printer_mib_says_which_device),
		cmocka_unit_test(else_the_first_printer_among_the_devices),
		cmocka_unit_test(an_agent_of_no_printer_is_refused),
		cmocka_unit_test(a_printer_is_read_whole_or_not_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
