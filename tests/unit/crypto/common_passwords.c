/*
 * The list of first guesses itself; how it is used is in password.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/common_passwords.h"
#include "crypto/common_passwords_table.h"

#include <stdio.h>
#include <stdlib.h>
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

static void every_password_of_the_list_is_refused(void **state)
{
	const char *top = getenv("abs_top_srcdir");
	char path[1024], line[128];
	size_t count = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/src/crypto/common_passwords.txt",
		 top != NULL ? top : ".");
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#') {
			continue;
		}
		assert_true(strlen(line) >= 8);
		if (!common_password(line)) {
			fail_msg("\"%s\" is not refused", line);
		}
		count++;
	}
	fclose(file);
	assert_true(count > 3000);
}

/* Of 50,000 others, letters by chance, that have so many characters. */
static size_t refused_of(size_t characters)
{
	uint32_t random = 2463534242u;
	size_t refused = 0;

	for (size_t i = 0; i < 50000; i++) {
		char text[64] = "";

		for (size_t n = 0; n < characters; n++) {
			random ^= random << 13;
			random ^= random >> 17;
			random ^= random << 5;
			text[n] = (char)('a' + random % 26);
		}
		refused += common_password(text);
	}
	return refused;
}

/* Only hashes are kept: some others are refused too, but very few. */
static void hardly_another_one_is_refused(void **state)
{
	(void)state;
	assert_in_range(refused_of(12), 1, 29);
}

/* What is longer than any of the list cannot stand in it. */
static void a_long_one_is_never_taken_for_another(void **state)
{
	(void)state;
	assert_int_equal(common_passwords_longest, 25);
	assert_true(refused_of(25) > 0);
	assert_int_equal(refused_of(26), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_does_not_count),
		cmocka_unit_test(a_word_inside_a_sentence_is_no_reason),
		cmocka_unit_test(runs_are_found_in_both_directions),
		cmocka_unit_test(long_ones_are_looked_at_for_repetition),
		cmocka_unit_test(nothing_and_signs_alone_do_no_harm),
		cmocka_unit_test(every_password_of_the_list_is_refused),
		cmocka_unit_test(hardly_another_one_is_refused),
		cmocka_unit_test(a_long_one_is_never_taken_for_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
