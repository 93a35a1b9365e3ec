/*
 * OIDs, good and wrong.
 */
#include "collectors/snmp_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct snmp_name name_of(const char *text)
{
	struct snmp_name name = { .len = 0 };

	assert_true(snmp_name_parse(&name, text));
	return name;
}

static void names_are_read_and_written(void **state)
{
	struct snmp_name name = name_of("1.3.6.1.4294967295.0");
	char text[SNMP_NAME_TEXT];

	(void)state;
	assert_int_equal(name.len, 6);
	assert_int_equal(name.step[4], UINT32_MAX);
	assert_true(snmp_name_text(text, &name));
	assert_string_equal(text, "1.3.6.1.4294967295.0");
}

static void what_is_no_name_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		".",
		"1.",
		".1",
		"1..2",
		"1.x",
		"1.4294967296",
		"-1",
		"1.00000000000000000000001",
	};
	struct snmp_name name = { .len = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(snmp_name_parse(&name, wrong[i]));
	}
	assert_int_equal(name.len, 77);
}

static void longer_ones_than_we_ask_for_have_no_text(void **state)
{
	struct snmp_name name = { .len = 0 };
	char text[SNMP_NAME_TEXT] = "before";

	(void)state;
	while (snmp_name_add(&name, 1)) {
	}
	assert_int_equal(name.len, SNMP_NAME_STEPS);
	assert_false(snmp_name_text(text, &name));
	assert_string_equal(text, "before");
}

static void they_stand_in_the_order_of_a_walk(void **state)
{
	static const char *const order[] = { "1.3",     "1.3.6",  "1.3.6.1",
					     "1.3.6.2", "1.3.10", "1.4" };

	(void)state;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		for (size_t n = 0; n < sizeof(order) / sizeof(order[0]); n++) {
			struct snmp_name a = name_of(order[i]);
			struct snmp_name b = name_of(order[n]);
			assert_int_equal(snmp_name_compare(&a, &b),
					 (i > n) - (i < n));
		}
	}
}

static void below_is_not_beside_and_not_itself(void **state)
{
	struct snmp_name root = name_of("1.3.6");
	struct snmp_name below = name_of("1.3.6.0");
	struct snmp_name beside = name_of("1.3.60");

	(void)state;
	assert_true(snmp_name_is_below(&below, &root));
	assert_false(snmp_name_is_below(&root, &root));
	assert_false(snmp_name_is_below(&beside, &root));
	assert_false(snmp_name_is_below(&root, &below));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read_and_written),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(longer_ones_than_we_ask_for_have_no_text),
		cmocka_unit_test(they_stand_in_the_order_of_a_walk),
		cmocka_unit_test(below_is_not_beside_and_not_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
