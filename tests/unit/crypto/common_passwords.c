/*
 * The list of first guesses itself; how it is used is in password.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/common_passwords.h"

#include <string.h>

static void case_does_not_count(void **state)
{
	(void)state;
	assert_true(common_password("SUNSHINE1"));
	assert_true(common_password("sUnShInE1"));
}

static void a_word_inside_a_sentence_is_no_reason(void **state)
{
	(void)state;
	assert_false(common_password("my printer is purple"));
	assert_false(common_password("passwordless sign-in"));
	assert_false(common_password("administratively"));
}

static void runs_are_found_in_both_directions(void **state)
{
	(void)state;
	assert_true(common_password("qwertyuiop"));
	assert_true(common_password("poiuytrewq"));
	assert_true(common_password("ijklmnop"));
	assert_true(common_password("ponmlkji"));
	assert_false(common_password("qwertyxyz"));
}

static void long_ones_are_looked_at_for_repetition(void **state)
{
	char text[200];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[199] = '\0';
	assert_true(common_password(text));
	text[100] = 'y';
	assert_false(common_password(text));
}

static void nothing_and_signs_alone_do_no_harm(void **state)
{
	(void)state;
	assert_false(common_password(""));
	assert_false(common_password("#"));
	assert_false(common_password("?+&%*"));
	assert_true(common_password("########"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_does_not_count),
		cmocka_unit_test(a_word_inside_a_sentence_is_no_reason),
		cmocka_unit_test(runs_are_found_in_both_directions),
		cmocka_unit_test(long_ones_are_looked_at_for_repetition),
		cmocka_unit_test(nothing_and_signs_alone_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
