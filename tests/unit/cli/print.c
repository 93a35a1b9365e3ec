/* What reaches a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/print.h"

#define BAD "\xEF\xBF\xBD"

static char *line_of(const char *text)
{
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	print_line(file, "%s", text);
	fclose(file);
	return out;
}

static void check_line(const char *text, const char *want)
{
	char *out = line_of(text);
	assert_string_equal(out, want);
	free(out);
}

static void control_characters_never_reach_the_terminal(void **state)
{
	(void)state;
	check_line("plain", "plain\n");
	check_line("\033[2J", BAD "[2J\n");
	check_line("a\nb\tc\rd", "a" BAD "b" BAD "c" BAD "d\n");
	check_line("\x7f", BAD "\n");
	check_line("\xC2\x9B"
		   "31m",
		   BAD "31m\n");
	check_line("\xff", BAD "\n");
	check_line("B\xC3\xBCro", "B\xC3\xBCro\n");
}

static void tables_are_aligned_by_characters(void **state)
{
	(void)state;
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	struct print_table table;
	const char *const head[] = { "A", "LONG", NULL };
	const char *const rows[][2] = { { "\xC3\xBC\xC3\xBC", "x" },
					{ NULL, "" },
					{ "n\n", "\033" } };
	print_table_init(&table, head);
	for (size_t i = 0; i < 3; i++) {
		print_table_row(&table, rows[i]);
	}
	print_table_end(&table, file);
	fclose(file);
	assert_string_equal(out, "A   LONG\n\xC3\xBC\xC3\xBC  x\n-   -\n"
				 "n" BAD "  " BAD "\n");
	free(out);
}

static void json_is_plain_ascii(void **state)
{
	(void)state;
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	print_json_line(file, json_pack("{s:s}", "a", "\xC2\x9B\033\xC3\xBC"));
	fclose(file);
	assert_string_equal(out, "{\"a\":\"\\u009B\\u001B\\u00FC\"}\n");
	free(out);
}

static void a_reader_that_left_is_noticed(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(0, pipe(ends));
	FILE *out = fdopen(ends[1], "w");
	assert_non_null(out);
	assert_false(print_reader_left(out));
	close(ends[0]);
	assert_true(print_reader_left(out));
	fclose(out);
	FILE *full = fopen("/dev/full", "w");
	assert_non_null(full);
	assert_false(print_reader_left(full));
	fclose(full);
}

static void times_and_sizes_are_for_people(void **state)
{
	(void)state;
	char at[PRINT_TIME_SIZE], size[PRINT_SIZE_SIZE];
	assert_string_equal(print_time(at, 0), "never");
	assert_string_equal(print_time(at, 1795442527), "2026-11-23 14:02:07Z");
	assert_string_equal(print_size(size, 4204), "4,204 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_never_reach_the_terminal),
		cmocka_unit_test(tables_are_aligned_by_characters),
		cmocka_unit_test(json_is_plain_ascii),
		cmocka_unit_test(a_reader_that_left_is_noticed),
		cmocka_unit_test(times_and_sizes_are_for_people),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
