/* Times against the C library's calendar, and texts that are no times. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

static void known_times_have_known_texts(void **state)
{
	(void)state;
	static const struct {
		int64_t utc;
		const char *text;
	} known[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 1234567890, "2009-02-13T23:31:30Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char text[CLOCK_TEXT_SIZE];
		int64_t utc = -1;
		clock_format(text, known[i].utc);
		assert_string_equal(text, known[i].text);
		assert_true(clock_parse(text, &utc));
		assert_true(utc == known[i].utc);
	}
}

static void every_week_agrees_with_the_library(void **state)
{
	(void)state;
	for (int64_t utc = 12345; utc < INT64_C(8000000000); utc += 604799) {
		char expected[64];
		char text[CLOCK_TEXT_SIZE];
		time_t seconds = (time_t)utc;
		struct tm parts;
		int64_t back = -1;
		assert_non_null(gmtime_r(&seconds, &parts));
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ",
			 &parts);
		clock_format(text, utc);
		assert_string_equal(text, expected);
		assert_true(clock_parse(text, &back));
		assert_true(back == utc);
	}
}

static void times_out_of_range_are_held_at_the_ends(void **state)
{
	(void)state;
	char text[CLOCK_TEXT_SIZE];
	clock_format(text, -5);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	clock_format(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void other_texts_are_no_times(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"",
		"2026-11-23",
		"2026-11-23T14:02:07",
		"2026-11-23T14:02:07z",
		"2026-11-23t14:02:07Z",
		"2026-11-23 14:02:07Z",
		"2026-11-23T14:02:07+00:00",
		"2026-11-23T14:02:07.0Z",
		"2026-11-23T24:00:00Z",
		"2026-11-23T14:60:07Z",
		"2026-11-23T14:02:60Z",
		"2026-00-23T14:02:07Z",
		"2026-13-23T14:02:07Z",
		"2026-11-00T14:02:07Z",
		"2026-11-31T14:02:07Z",
		"2026-02-29T14:02:07Z",
		"2100-02-29T14:02:07Z",
		"1969-12-31T23:59:59Z",
		"+026-11-23T14:02:07Z",
		"2026-1 -23T14:02:07Z",
		"2026-11-23T14:02:07ZZ",
	};
	int64_t utc = 42;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_false(clock_parse(refused[i], &utc));
	}
	assert_false(clock_parse(NULL, &utc));
	assert_true(utc == 42);
}

static void times_are_told_in_words(void **state)
{
	(void)state;
	char text[CLOCK_WORDS_SIZE];
	clock_day(text, 951782400);
	assert_string_equal(text, "29 February 2000");
	clock_minute(text, 1234567890);
	assert_string_equal(text, "13 February 2009, 23:31 UTC");
	clock_minute(text, INT64_C(253400659199));
	assert_string_equal(text, "12 December 9999, 23:59 UTC");
	clock_second(text, 1234567890);
	assert_string_equal(text, "13 February 2009, 23:31:30 UTC");
	/* The longest. */
	clock_second(text, INT64_C(253394265599));
	assert_string_equal(text, "29 September 9999, 23:59:59 UTC");
	clock_day(text, -1);
	assert_string_equal(text, "1 January 1970");
}

static void moments_in_a_sentence_are_told_in_words(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "" },
		{ "2026-11-23T14:02:07Z", "23 November 2026, 14:02:07 UTC" },
		{ "from 2026-09-01T00:00:00Z.",
		  "from 1 September 2026, 00:00:00 UTC." },
		{ "(2026-11-23T14:02:07Z, 2026-11-23T14:02:08Z)",
		  "(23 November 2026, 14:02:07 UTC, "
		  "23 November 2026, 14:02:08 UTC)" },
		{ "T 2000-02-29T23:59:59Z T",
		  "T 29 February 2000, 23:59:59 UTC T" },
		/* Parts of names, and what is no moment, stay as they are. */
		{ "log-2026-11-23T14:02:07Z", "log-2026-11-23T14:02:07Z" },
		{ "2026-11-23T14:02:07Z_a", "2026-11-23T14:02:07Z_a" },
		{ "12026-11-23T14:02:07Z", "12026-11-23T14:02:07Z" },
		{ "2026-13-23T14:02:07Z", "2026-13-23T14:02:07Z" },
		{ "2026-11-23T14:02:07", "2026-11-23T14:02:07" },
		{ "2026-11-23T", "2026-11-23T" },
		{ "until 2026-11-23", "until 2026-11-23" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT;
		clock_put_words(&out, cases[i].text);
		assert_string_equal(buf_str(&out), cases[i].words);
		buf_clear(&out);
	}
}

static void the_clocks_do_not_run_backwards(void **state)
{
	(void)state;
	int64_t first = clock_monotonic_ms();
	assert_true(clock_monotonic_ms() >= first);
	assert_true(clock_utc_now_ms() / 1000 >= clock_utc_now() - 1);
	assert_true(clock_utc_now() > 1700000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_times_have_known_texts),
		cmocka_unit_test(every_week_agrees_with_the_library),
		cmocka_unit_test(times_out_of_range_are_held_at_the_ends),
		cmocka_unit_test(other_texts_are_no_times),
		cmocka_unit_test(times_are_told_in_words),
		cmocka_unit_test(moments_in_a_sentence_are_told_in_words),
		cmocka_unit_test(the_clocks_do_not_run_backwards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
