/* What base/text.h promises. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* Text with its validity; vectors of Markus Kuhn's UTF-8 stress test. */
struct sample {
	const char *text;
	bool utf8;
	bool one_line;
};

static const struct sample samples[] = {
	{ "", true, true },
	{ "plain ~", true, true },
	{ "tab\there", true, false },
	{ "line\n", true, false },
	{ "\x7f", true, false },
	{ "caf\xc3\xa9", true, true },
	{ "\xc2\x80", true, false }, /* C1 */
	{ "\xc2\x9f", true, false },
	{ "\xc2\xa0", true, true },
	{ "\xe2\x82\xac", true, true },
	{ "\xed\x9f\xbf", true, true }, /* U+D7FF */
	{ "\xef\xbf\xbf", true, true },
	{ "\xf0\x90\x80\x80", true, true },
	{ "\xf4\x8f\xbf\xbf", true, true }, /* U+10FFFF */
	{ "\xf4\x90\x80\x80", false, false },
	{ "\xf8\x88\x80\x80\x80", false, false },
	{ "\xc0\x80", false, false }, /* overlong forms */
	{ "\xc1\xbf", false, false },
	{ "\xe0\x9f\xbf", false, false },
	{ "\xf0\x8f\xbf\xbf", false, false },
	{ "\xed\xa0\x80", false, false }, /* surrogates */
	{ "\xed\xbf\xbf", false, false },
	{ "\x80", false, false },
	{ "\xbf", false, false },
	{ "\xc3", false, false }, /* cut */
	{ "\xe2\x82", false, false },
	{ "\xf0\x9f\x96", false, false },
	{ "\xc3(", false, false },
	{ "\xfe\xff", false, false },
};

static void only_shortest_utf8_is_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const struct sample *s = &samples[i];
		size_t len = strlen(s->text);
		assert_int_equal(text_is_utf8(s->text, len), s->utf8);
		assert_int_equal(text_is_one_line(s->text, len), s->one_line);
	}
}

static void nul_inside_is_never_valid(void **state)
{
	(void)state;
	assert_false(text_is_utf8("a\0b", 3));
	assert_false(text_is_one_line("a\0b", 3));
	assert_true(text_is_utf8(NULL, 0));
}

static void check_cleaned(const char *text, size_t len, const char *expected)
{
	struct buf out = BUF_INIT;
	text_put_clean(&out, text, len);
	assert_string_equal(buf_str(&out), expected);
	assert_true(text_is_utf8(buf_str(&out), out.len));
	buf_clear(&out);
}

static void cleaning_replaces_what_cannot_be_shown(void **state)
{
	(void)state;
	check_cleaned("a\tb\nc", 5, "a\tb\nc");
	check_cleaned("a\0b", 3,
		      "a\xef\xbf\xbd"
		      "b");
	check_cleaned("\x1b[2J", 4, "\xef\xbf\xbd[2J");
	check_cleaned("\r", 1, "\xef\xbf\xbd");
	check_cleaned("\xc2\x85x", 3, "\xef\xbf\xbdx");
	check_cleaned("\xc3\xa9\xc3", 3, "\xc3\xa9\xef\xbf\xbd");
	check_cleaned("\xed\xa0\x80", 3,
		      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		if (samples[i].one_line) {
			check_cleaned(samples[i].text, strlen(samples[i].text),
				      samples[i].text);
		}
	}
}

static void null_counts_as_empty(void **state)
{
	(void)state;
	assert_true(text_equal(NULL, ""));
	assert_false(text_equal("a", NULL));
	assert_true(text_starts_with(NULL, NULL));
	assert_false(text_starts_with(NULL, "a"));
	assert_true(text_ends_with(NULL, ""));
	assert_false(text_ends_with(NULL, "a"));
	assert_true(text_starts_with("billing", "bill"));
	assert_false(text_starts_with("bill", "billing"));
	assert_true(text_ends_with("home.html", ".html"));
	assert_false(text_ends_with("html", ".html"));
}

static void numbers_are_digits_within_bounds(void **state)
{
	(void)state;
	uint64_t value = 7;
	static const char *const refused[] = { "",
					       " 1",
					       "1 ",
					       "+1",
					       "-1",
					       "0x1",
					       "1.0",
					       "18446744073709551616",
					       "99999999999999999999999" };
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_false(text_parse_u64(refused[i], 0, UINT64_MAX, &value));
	}
	assert_false(text_parse_u64(NULL, 0, 9, &value));
	assert_int_equal(value, 7);
	assert_true(
		text_parse_u64("18446744073709551615", 0, UINT64_MAX, &value));
	assert_true(value == UINT64_MAX);
	assert_false(text_parse_u64("4", 5, 6, &value));
	assert_true(text_parse_u64("5", 5, 6, &value));
	assert_true(text_parse_u64("6", 5, 6, &value));
	assert_false(text_parse_u64("7", 5, 6, &value));
}

static void signed_numbers_reach_both_ends(void **state)
{
	(void)state;
	int64_t value = 7;
	static const char *const refused[] = { "-",
					       "--1",
					       "- 1",
					       "-0",
					       "9223372036854775808",
					       "-9223372036854775809" };
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_false(text_parse_i64(refused[i], INT64_MIN, INT64_MAX,
					    &value));
	}
	assert_int_equal(value, 7);
	assert_true(text_parse_i64("-9223372036854775808", INT64_MIN, INT64_MAX,
				   &value));
	assert_true(value == INT64_MIN);
	assert_true(text_parse_i64("9223372036854775807", INT64_MIN, INT64_MAX,
				   &value));
	assert_true(value == INT64_MAX);
	assert_true(text_parse_i64("-2", -2, -1, &value));
	assert_true(value == -2);
	assert_false(text_parse_i64("0", -2, -1, &value));
	assert_false(text_parse_i64(NULL, -2, 2, &value));
}

static void copies_fit_or_are_empty(void **state)
{
	(void)state;
	char dst[4] = "old";
	assert_true(text_copy(dst, sizeof(dst), "abc"));
	assert_string_equal(dst, "abc");
	assert_false(text_copy(dst, sizeof(dst), "abcd"));
	assert_string_equal(dst, "");
	assert_true(text_copy(dst, sizeof(dst), NULL));
	assert_string_equal(dst, "");
	assert_false(text_copy(dst, 1, "x"));
}

static void a_size_is_short_and_never_none_for_something(void **state)
{
	(void)state;
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0 kB" },
		{ 1, "1 kB" },
		{ 1000, "1 kB" },
		{ 1001, "2 kB" },
		{ 999000, "999 kB" },
		{ 999001, "1 MB" },
		{ 1099999, "1.1 MB" },
		{ 1400000, "1.4 MB" },
		{ 17179869184, "17.1 GB" },
		{ 34359738368, "34.3 GB" },
		{ 5000000000000000, "5000 TB" },
		{ UINT64_MAX, "18446744 TB" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char dst[TEXT_SIZE_SIZE];
		assert_string_equal(text_size(dst, rows[i].bytes),
				    rows[i].text);
	}
}

static void thousands_are_set_apart(void **state)
{
	(void)state;
	char dst[28];
	assert_string_equal(text_thousands(dst, sizeof(dst), 0), "0");
	assert_string_equal(text_thousands(dst, sizeof(dst), 999), "999");
	assert_string_equal(text_thousands(dst, sizeof(dst), 1204), "1,204");
	assert_string_equal(text_thousands(dst, sizeof(dst), 100000),
			    "100,000");
	assert_string_equal(text_thousands(dst, sizeof(dst), UINT64_MAX),
			    "18,446,744,073,709,551,615");
}

static void what_nobody_sees_is_found(void **state)
{
	static const char *const unseen[] = {
		"a\xd8\x9c",    "\xe1\xa0\x8e",   "\xe2\x80\x8b",
		"\xe2\x80\x8e", "x\xe2\x80\x8fy", "\xe2\x80\xa8",
		"\xe2\x80\xae", "\xe2\x81\xa0",   "\xe2\x81\xaf",
		"\xef\xbb\xbf",
	};
	static const char *const seen[] = {
		"",
		"plain",
		"caf\xc3\xa9",
		"\xe2\x80\x94",
		"\xe2\x82\xac",
		"\xe2\x80\x8c",
		"\xd8\x9b",
		"\xef\xbb\xbe",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
		assert_true(text_is_one_line(unseen[i], strlen(unseen[i])));
		assert_false(text_is_shown(unseen[i], strlen(unseen[i])));
	}
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		assert_true(text_is_shown(seen[i], strlen(seen[i])));
	}
	/* Nor what is no line at all; only so much is looked at. */
	assert_false(text_is_shown("a\tb", 3));
	assert_false(text_is_shown("a\0b", 3));
	assert_false(text_is_shown("a\xff", 2));
	assert_true(text_is_shown("a\xe2\x80\xae", 1));
}

static void words_of_others_are_shown_as_one_line(void **state)
{
	static const char words[] = "a\tb\nc\x1b[2J\xe2\x80\xae"
				    "d\xff\0\xef\xbb\xbf\xc3\xa9";
	struct buf out = BUF_INIT;
	(void)state;
	text_put_shown(&out, words, sizeof(words) - 1);
	assert_string_equal(buf_str(&out), "a\xef\xbf\xbd"
					   "b\xef\xbf\xbd"
					   "c\xef\xbf\xbd[2J"
					   "\xef\xbf\xbd"
					   "d\xef\xbf\xbd\xef\xbf\xbd"
					   "\xef\xbf\xbd\xc3\xa9");
	assert_true(text_is_shown(buf_str(&out), out.len));
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_size_is_short_and_never_none_for_something),
		cmocka_unit_test(only_shortest_utf8_is_valid),
		cmocka_unit_test(nul_inside_is_never_valid),
		cmocka_unit_test(cleaning_replaces_what_cannot_be_shown),
		cmocka_unit_test(null_counts_as_empty),
		cmocka_unit_test(numbers_are_digits_within_bounds),
		cmocka_unit_test(signed_numbers_reach_both_ends),
		cmocka_unit_test(copies_fit_or_are_empty),
		cmocka_unit_test(thousands_are_set_apart),
		cmocka_unit_test(what_nobody_sees_is_found),
		cmocka_unit_test(words_of_others_are_shown_as_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
