/*
 * The store of what an agent answered.
 */
#include "collectors/snmp_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void values_are_found_by_name_and_by_cell(void **state)
{
	struct snmp_values v = { .count = 0 };

	(void)state;
	snmp_values_add(&v, "1.2.9.1.3", SNMP_KIND_NUMBER, 62, NULL, 0);
	snmp_values_add(&v, "1.2.6.1.3", SNMP_KIND_BYTES, 0, "a\0b", 3);
	assert_int_equal(snmp_values_cell(&v, "1.2", 9, 1, 3)->number, 62);
	const struct snmp_value *bytes = snmp_values_find(&v, "1.2.6.1.3");
	assert_int_equal(bytes->len, 3);
	assert_memory_equal(bytes->bytes, "a\0b", 4);
	assert_null(snmp_values_cell(&v, "1.2", 9, 1, 4));
	assert_null(snmp_values_find(&v, "1.2"));
	snmp_values_clear(&v);
}

static void rows_are_those_of_the_device_in_order(void **state)
{
	static const char *const names[] = {
		"1.2.4.1.7", "1.2.4.1.3", "1.2.9.1.7",   "1.2.9.1.1",
		"1.2.4.2.9", "1.2.4.1",   "1.2.4.1.3.1", "1.3.4.1.8",
	};
	struct snmp_values v = { .count = 0 };
	uint32_t rows[SNMP_ROWS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snmp_values_add(&v, names[i], SNMP_KIND_NUMBER, 0, NULL, 0);
	}
	assert_int_equal(snmp_values_rows(&v, "1.2", 1, rows), 3);
	assert_int_equal(rows[0], 1);
	assert_int_equal(rows[1], 3);
	assert_int_equal(rows[2], 7);
	assert_int_equal(snmp_values_rows(&v, "1.2", 3, rows), 0);
	snmp_values_clear(&v);
}

static void more_than_fits_is_cut(void **state)
{
	static char big[2 * SNMP_BYTES_MAX];
	struct snmp_values v = { .count = 0 };
	uint32_t rows[SNMP_ROWS_MAX];
	char name[64];

	(void)state;
	for (int i = 0; i < 2 * SNMP_ROWS_MAX; i++) {
		snprintf(name, sizeof(name), "1.2.4.1.%d", i);
		snmp_values_add(&v, name, SNMP_KIND_NUMBER, 0, NULL, 0);
	}
	assert_int_equal(snmp_values_rows(&v, "1.2", 1, rows), SNMP_ROWS_MAX);
	snmp_values_add(&v, "1.5", SNMP_KIND_BYTES, 0, big, sizeof(big));
	assert_int_equal(snmp_values_find(&v, "1.5")->len, SNMP_BYTES_MAX);
	snmp_values_clear(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_by_name_and_by_cell),
		cmocka_unit_test(rows_are_those_of_the_device_in_order),
		cmocka_unit_test(more_than_fits_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
