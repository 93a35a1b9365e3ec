/*
 * Words that stand for names of the network. The expected ones were made
 * with another implementation of HMAC-SHA-256.
 */
#include "documents/pseudonym.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t one[PSEUDONYM_KEY_SIZE] = { 1, 2, 3 };
static const uint8_t two[PSEUDONYM_KEY_SIZE] = { 1, 2, 4 };

static void the_word_is_the_hmac_of_the_value(void **state)
{
	char token[PSEUDONYM_SIZE];

	(void)state;
	pseudonym_make(token, one, "printer.example");
	assert_string_equal(token, "pseudonym-786e9b1c99d4b5db5b31937d");
	pseudonym_make(token, one, "");
	assert_string_equal(token, "pseudonym-f375d73b580c52e428e908ae");
	pseudonym_make(token, one, "J\xc3\xbcrgen's printer");
	assert_string_equal(token, "pseudonym-f31ba508b9aff7d1ee82b037");
}

static void it_stays_with_the_key_and_goes_with_it(void **state)
{
	char first[PSEUDONYM_SIZE], again[PSEUDONYM_SIZE];

	(void)state;
	pseudonym_make(first, one, "10.0.0.7");
	pseudonym_make(again, one, "10.0.0.7");
	assert_string_equal(first, again);
	pseudonym_make(again, two, "10.0.0.7");
	assert_string_not_equal(first, again);
	pseudonym_make(again, one, "10.0.0.70");
	assert_string_not_equal(first, again);
	/* A pseudonym that comes in is a value like another. */
	pseudonym_make(again, one, first);
	assert_string_not_equal(first, again);
	assert_true(pseudonym_is(again));
}

static void the_form_is_exact(void **state)
{
	(void)state;
	assert_true(pseudonym_is("pseudonym-0123456789abcdef01234567"));
	assert_false(pseudonym_is("pseudonym-0123456789abcdef0123456"));
	assert_false(pseudonym_is("pseudonym-0123456789abcdef012345678"));
	assert_false(pseudonym_is("pseudonym-0123456789ABCDEF01234567"));
	assert_false(pseudonym_is("pseudonym-0123456789abcdef0123456 "));
	assert_false(pseudonym_is("Pseudonym-0123456789abcdef01234567"));
	assert_false(pseudonym_is(" pseudonym-0123456789abcdef01234567"));
	assert_false(pseudonym_is("pseudonym-"));
	assert_false(pseudonym_is("printer.example"));
	assert_false(pseudonym_is(""));
	assert_false(pseudonym_is(NULL));
}

static void a_list_has_each_value_once(void **state)
{
	struct pseudonym_list list = { NULL, 0 };
	char token[PSEUDONYM_SIZE], value[16] = "a";

	(void)state;
	pseudonym_make(token, one, value);
	pseudonym_list_add(&list, token, value);
	pseudonym_list_add(&list, token, value);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.at[0].token, token);
	value[0] = 'b'; /* it was copied */
	assert_string_equal(list.at[0].value, "a");
	pseudonym_make(token, one, value);
	pseudonym_list_add(&list, token, value);
	assert_int_equal(list.count, 2);
	pseudonym_list_clear(&list);
	assert_int_equal(list.count, 0);
	pseudonym_list_clear(&list);
}

static void a_list_has_an_end(void **state)
{
	struct pseudonym_list list = { NULL, 0 };
	char token[PSEUDONYM_SIZE], first[PSEUDONYM_SIZE], value[16];

	(void)state;
	pseudonym_make(first, one, "host-0");
	for (int i = 0; i < PSEUDONYM_LIST_MAX; i++) {
		snprintf(value, sizeof(value), "host-%d", i);
		pseudonym_make(token, one, value);
		assert_true(pseudonym_list_add(&list, token, value));
	}
	pseudonym_make(token, one, "one more");
	assert_false(pseudonym_list_add(&list, token, "one more"));
	assert_int_equal(list.count, PSEUDONYM_LIST_MAX);
	/* What is in it already stays so. */
	assert_true(pseudonym_list_add(&list, first, "host-0"));
	pseudonym_list_clear(&list);
}

static void a_list_can_be_cut_back(void **state)
{
	struct pseudonym_list list = { NULL, 0 };
	char token[PSEUDONYM_SIZE], value[16];

	(void)state;
	for (int i = 0; i < 5; i++) {
		snprintf(value, sizeof(value), "host-%d", i);
		pseudonym_make(token, one, value);
		pseudonym_list_add(&list, token, value);
	}
	pseudonym_list_cut(&list, 7);
	assert_int_equal(list.count, 5);
	pseudonym_list_cut(&list, 2);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.at[1].value, "host-1");
	pseudonym_list_add(&list, token, value);
	assert_string_equal(list.at[2].value, "host-4");
	pseudonym_list_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_word_is_the_hmac_of_the_value),
		cmocka_unit_test(it_stays_with_the_key_and_goes_with_it),
		cmocka_unit_test(the_form_is_exact),
		cmocka_unit_test(a_list_has_each_value_once),
		cmocka_unit_test(a_list_has_an_end),
		cmocka_unit_test(a_list_can_be_cut_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
