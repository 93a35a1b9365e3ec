/*
 * "key=value;" strings from printers, good and hostile.
 */
#include "collectors/ipp_pairs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *get(const char *pairs, const char *key)
{
	static char value[16];
	return ipp_pairs_get(pairs, key, value, sizeof(value)) ? value : NULL;
}

static void keys_are_found_in_any_order_and_case(void **state)
{
	const char *pairs = "type=toner;MaxCapacity=100; level=-3;name=a=b";

	(void)state;
	assert_string_equal(get(pairs, "type"), "toner");
	assert_string_equal(get(pairs, "maxcapacity"), "100");
	assert_string_equal(get(pairs, "level"), "-3");
	assert_string_equal(get(pairs, "name"), "a=b");
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	assert_null(get("", "type"));
	assert_null(get("type=;level=1", "type"));
	assert_null(get("subtype=toner", "type"));
	assert_null(get("type", "type"));
	assert_null(get(";;;", "type"));
	assert_null(get("typex=1", "type"));
}

static void the_first_of_a_name_counts_and_long_values_are_cut(void **state)
{
	(void)state;
	assert_string_equal(get("type=ink;type=toner", "type"), "ink");
	assert_string_equal(get("type=abcdefghijklmnopqrstuvwxyz", "type"),
			    "abcdefghijklmno");
}

static void unknown_words_become_the_fallback(void **state)
{
	char word[16];

	(void)state;
	assert_string_equal(ipp_pairs_word("type=ink", "type", "toner ink",
					   "other", word, sizeof(word)),
			    "ink");
	assert_string_equal(ipp_pairs_word("type=gold", "type", "toner ink",
					   "other", word, sizeof(word)),
			    "other");
	assert_null(ipp_pairs_word("level=1", "type", "toner ink", "other",
				   word, sizeof(word)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_found_in_any_order_and_case),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(
			the_first_of_a_name_counts_and_long_values_are_cut),
		cmocka_unit_test(unknown_words_become_the_fallback),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
