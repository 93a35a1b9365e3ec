/*
 * CSV: quoting of RFC 4180, and no formula out of our data.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/csv.h"

static void assert_cell(const char *text, const char *expected)
{
	struct buf out = BUF_INIT;
	struct csv_writer w;

	csv_init(&w, &out);
	csv_cell(&w, text);
	assert_string_equal(buf_str(&out), expected);
	buf_clear(&out);
}

static void rows_have_commas_and_crlf(void **state)
{
	static const char *const head[] = { "id", "time", "bytes", NULL };
	struct buf out = BUF_INIT;
	struct csv_writer w;

	(void)state;
	csv_init(&w, &out);
	csv_row(&w, head);
	csv_cell(&w, "a");
	csv_cell(&w, NULL);
	csv_cell(&w, "3912");
	csv_end_row(&w);
	assert_string_equal(buf_str(&out), "id,time,bytes\r\na,,3912\r\n");
	buf_clear(&out);
}

static void only_what_needs_quotes_gets_them(void **state)
{
	(void)state;
	assert_cell("plain text", "plain text");
	assert_cell("a,b", "\"a,b\"");
	assert_cell("say \"hi\"", "\"say \"\"hi\"\"\"");
	assert_cell("two\nlines", "\"two\nlines\"");
	assert_cell("two\r\nlines", "\"two\r\nlines\"");
	assert_cell("", "");
	assert_cell("Gr\xc3\xbcn", "Gr\xc3\xbcn");
}

static void no_cell_starts_a_formula(void **state)
{
	(void)state;
	assert_cell("=1+1", "'=1+1");
	assert_cell("+1", "'+1");
	assert_cell("-1", "'-1");
	assert_cell("@SUM(A1)", "'@SUM(A1)");
	assert_cell("\t=1", "'\t=1");
	assert_cell("\r=1", "\"'\r=1\"");
	assert_cell("=HYPERLINK(\"x\",\"y\")",
		    "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
	assert_cell("1=1", "1=1");
	assert_cell("a-b", "a-b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_have_commas_and_crlf),
		cmocka_unit_test(only_what_needs_quotes_gets_them),
		cmocka_unit_test(no_cell_starts_a_formula),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
