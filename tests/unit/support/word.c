/*
 * A word counts as a whole, never as a part of random letters.
 */
#include "tests/support/word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_whole_word_is_found(void **state)
{
	(void)state;
	assert_true(word_in("carla", "carla"));
	assert_true(word_in("by <b>carla</b>", "carla"));
	assert_true(word_in("carlas carla.", "carla"));
	assert_true(word_in("Pay&lt;b&gt;roll &amp;", "roll"));
}

static void letters_within_a_token_are_none(void **state)
{
	(void)state;
	assert_false(word_in("", "carla"));
	assert_false(word_in("Carla", "carla"));
	assert_false(word_in("xcarla carlax 9carla carla9", "carla"));
	assert_false(word_in("+carla /carla carla= -carla_", "carla"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_word_is_found),
		cmocka_unit_test(letters_within_a_token_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
