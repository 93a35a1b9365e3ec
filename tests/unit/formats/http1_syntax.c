/*
 * The characters of HTTP names and values.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/http1_syntax.h"

#include <string.h>

static void tokens_have_no_separators(void **state)
{
	(void)state;
	assert_true(http1_is_token("Content-Length", 14));
	assert_true(http1_is_token("!#$%&'*+-.^_`|~09azAZ", 21));
	assert_false(http1_is_token("", 0));
	for (const char *at = "\"(),/:;<=>?@[\\]{} \t\r\n\x7f"; *at != '\0';
	     at++) {
		assert_false(http1_is_token(at, 1));
	}
	assert_false(http1_is_token("a\0b", 3));
	assert_false(http1_is_token("\xc3\xbc", 2));
}

static void values_have_no_control_characters(void **state)
{
	(void)state;
	assert_true(http1_is_value("", 0));
	assert_true(http1_is_value("a b\tc \xc3\xbc", 8));
	for (char c = 0; c < 0x20; c++) {
		assert_int_equal(http1_is_value(&c, 1), c == '\t');
	}
	assert_false(http1_is_value("\x7f", 1));
	assert_false(http1_is_value("a\0b", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_have_no_separators),
		cmocka_unit_test(values_have_no_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
