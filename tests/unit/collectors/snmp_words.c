/*
 * Words for the numbers of the MIBs.
 */
#include "collectors/snmp_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void numbers_have_their_words(void **state)
{
	(void)state;
	assert_string_equal(snmp_word_of(snmp_words_supply_types, 4),
			    "wasteToner");
	assert_string_equal(snmp_word_of(snmp_words_alert_codes, 1801),
			    "alertRemovalOfBinaryChangeEntry");
	assert_string_equal(snmp_word_of(snmp_words_supply_units, 19),
			    "percent");
}

static void other_numbers_have_the_last_word(void **state)
{
	(void)state;
	assert_string_equal(snmp_word_of(snmp_words_supply_types, 1), "other");
	assert_string_equal(snmp_word_of(snmp_words_supply_types, 999),
			    "other");
	assert_string_equal(snmp_word_of(snmp_words_supply_units, -1),
			    "unknown");
	assert_null(snmp_word_of(snmp_words_marker_units, 2));
	/* Another number that is the same in 32 bits */
	assert_null(snmp_word_of(snmp_words_marker_units, 7 + (1LL << 32)));
	assert_string_equal(snmp_word_of(snmp_words_severities, 0), "other");
}

static void numbers_ascend(void **state)
{
	static const struct snmp_word *const tables[] = {
		snmp_words_marker_units,  snmp_words_capacity_units,
		snmp_words_supply_units,  snmp_words_supply_classes,
		snmp_words_supply_types,  snmp_words_input_types,
		snmp_words_output_types,  snmp_words_path_types,
		snmp_words_severities,    snmp_words_trainings,
		snmp_words_alert_groups,  snmp_words_alert_codes,
		snmp_words_device_states, snmp_words_printer_states,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		for (const struct snmp_word *w = tables[i]; w->number != 0;
		     w++) {
			assert_true(w[1].number == 0 ||
				    w[1].number > w->number);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_their_words),
		cmocka_unit_test(other_numbers_have_the_last_word),
		cmocka_unit_test(numbers_ascend),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
