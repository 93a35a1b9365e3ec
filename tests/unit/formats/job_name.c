/* Names that people gave, and names that were made to deceive them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/job_name.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define BAD "\xef\xbf\xbd"

static void assert_name(const char *given, size_t len, size_t max,
			const char *wanted)
{
	char *name = job_name_new(given, len, max);
	assert_string_equal(name, wanted);
	assert_true(text_is_one_line(name, strlen(name)));
	mem_free(name);
}

static void what_people_write_stays(void **state)
{
	(void)state;
	static const char *const names[] = {
		"",
		"Invoice 12.pdf",
		"R\xc3\xa4tselhaft \xe2\x80\x93 \xe2\x80\x9cquoted\xe2\x80\x9d",
		"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", /* right to left by itself */
		"\xf0\x9f\x96\xa8 a & b <c> 'd' \"e\" / .. \\",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_name(names[i], strlen(names[i]), 4096, names[i]);
	}
}

static void what_breaks_a_line_or_turns_it_is_replaced(void **state)
{
	(void)state;
	static const char *const marks[] = {
		"\n",           "\r",           "\t",           "\x01",
		"\x1b",         "\x7f",         "\xc2\x85",     "\xc2\x9b",
		"\xd8\x9c",     "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
		"\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7",
		"\xe2\x81\xa8", "\xe2\x81\xa9", "\xff",         "\xc0",
	};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		char given[16] = "a";
		strcat(given, marks[i]);
		strcat(given, "b");
		assert_name(given, strlen(given), 4096, "a" BAD "b");
	}
	assert_name("a\0b", 3, 4096, "a" BAD "b");
	/* Its neighbours in the table are no marks. */
	assert_name("\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa", 12,
		    4096, "\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa");
}

static void longer_ones_are_cut_at_a_character(void **state)
{
	(void)state;
	assert_name("abcdef", 6, 4, "abcd");
	assert_name("abc\xc3\xa4", 5, 4, "abc");
	assert_name("ab\xf0\x9f\x96\xa8", 6, 5, "ab");
	assert_name("ab\ncd", 5, 4, "ab");
	assert_name("ab\ncd", 5, 5, "ab" BAD);
	assert_name("abc", 3, 0, "");
	char long_name[20000];
	memset(long_name, '\xff', sizeof(long_name));
	char *name = job_name_new(long_name, sizeof(long_name), 4096);
	assert_int_equal(strlen(name), 4095);
	mem_free(name);
}

static void an_array_takes_what_fits(void **state)
{
	(void)state;
	char array[6] = "xxxxx";
	job_name_copy(array, sizeof(array), "a\nbcd");
	assert_string_equal(array, "a" BAD "b");
	job_name_copy(array, sizeof(array), NULL);
	assert_string_equal(array, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_people_write_stays),
		cmocka_unit_test(what_breaks_a_line_or_turns_it_is_replaced),
		cmocka_unit_test(longer_ones_are_cut_at_a_character),
		cmocka_unit_test(an_array_takes_what_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
