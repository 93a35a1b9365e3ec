/*
 * IPP values of every kind as text.
 */
#include "collectors/ipp_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "answers.h"

static const char *text_of(ipp_attribute_t *attr, int n)
{
	static char text[IPP_VALUE_SIZE];
	return ipp_value_text(attr, n, text) ? text : NULL;
}

static void each_kind_has_its_text(void **state)
{
	ipp_t *ipp = answers_new();
	(void)state;
	assert_string_equal(text_of(ippAddInteger(ipp, IPP_TAG_PRINTER,
						  IPP_TAG_INTEGER, "a", -7),
				    0),
			    "-7");
	assert_string_equal(text_of(ippAddInteger(ipp, IPP_TAG_PRINTER,
						  IPP_TAG_ENUM, "b", 3),
				    0),
			    "3");
	assert_string_equal(text_of(ippAddBoolean(ipp, IPP_TAG_PRINTER, "c", 1),
				    0),
			    "true");
	assert_string_equal(text_of(ippAddBoolean(ipp, IPP_TAG_PRINTER, "d", 0),
				    0),
			    "false");
	assert_string_equal(
		text_of(ippAddOctetString(ipp, IPP_TAG_PRINTER, "f", "x=1;", 4),
			0),
		"x=1;");
	assert_string_equal(text_of(ippAddString(ipp, IPP_TAG_PRINTER,
						 IPP_TAG_URI, "g", NULL,
						 "ipp://x/"),
				    0),
			    "ipp://x/");
	ippDelete(ipp);
}

/* The printer's zone counts, which stands in the date; not this machine's. */
static void dates_are_utc_whatever_the_zone(void **state)
{
	static const struct {
		ipp_uchar_t date[11];
		const char *text;
	} rows[] = {
		{ { 7, 0xea, 11, 23, 15, 2, 7, 0, '+', 1, 0 },
		  "2026-11-23T14:02:07Z" },
		{ { 7, 0xea, 12, 31, 21, 30, 0, 9, '-', 3, 30 },
		  "2027-01-01T01:00:00Z" },
		{ { 7, 0xec, 2, 29, 0, 0, 0, 0, '+', 5, 30 },
		  "2028-02-28T18:30:00Z" },
		{ { 7, 0xea, 6, 30, 23, 59, 60, 0, '+', 0, 0 },
		  "2026-06-30T23:59:59Z" },
		{ { 7, 0xea, 2, 29, 0, 0, 0, 0, '+', 0, 0 }, "unknown" },
		{ { 7, 0xea, 11, 23, 24, 0, 0, 0, '+', 0, 0 }, "unknown" },
		{ { 7, 0xea, 11, 23, 15, 2, 7, 0, ' ', 0, 0 }, "unknown" },
		{ { 7, 0xea, 11, 23, 15, 2, 7, 0, '+', 15, 0 }, "unknown" },
		{ { 0, 0, 0, 0, 0, 0, 0, 0, '+', 0, 0 }, "unknown" },
		{ { 7, 0xb2, 1, 1, 0, 0, 0, 0, '+', 1, 0 }, "unknown" },
		{ { 0xff, 0xff, 1, 1, 0, 0, 0, 0, '+', 0, 0 }, "unknown" },
		{ { 0x27, 0x0f, 12, 31, 23, 0, 0, 0, '-', 9, 0 }, "unknown" },
	};
	static const char *const zones[] = { "UTC0", "EAST-5:30", "WEST3:30" };
	ipp_t *ipp = answers_new();

	(void)state;
	for (size_t z = 0; z < sizeof(zones) / sizeof(zones[0]); z++) {
		assert_int_equal(0, setenv("TZ", zones[z], 1));
		tzset();
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			assert_string_equal(
				text_of(ippAddDate(ipp, IPP_TAG_PRINTER, "e",
						   rows[i].date),
					0),
				rows[i].text);
		}
	}
	ippDelete(ipp);
}

static void out_of_band_values_are_unknown(void **state)
{
	ipp_t *ipp = answers_new();

	(void)state;
	assert_string_equal(text_of(ippAddOutOfBand(ipp, IPP_TAG_PRINTER,
						    IPP_TAG_UNKNOWN, "a"),
				    0),
			    "unknown");
	assert_string_equal(text_of(ippAddOutOfBand(ipp, IPP_TAG_PRINTER,
						    IPP_TAG_NOVALUE, "b"),
				    0),
			    "unknown");
	ippDelete(ipp);
}

static void what_is_not_there_has_no_text(void **state)
{
	ipp_t *ipp = answers_new();
	ipp_t *col = ippNew();

	(void)state;
	assert_null(text_of(NULL, 0));
	assert_null(text_of(ippAddInteger(ipp, IPP_TAG_PRINTER, IPP_TAG_INTEGER,
					  "a", 1),
			    1));
	assert_null(
		text_of(ippAddCollection(ipp, IPP_TAG_PRINTER, "b", col), 0));
	assert_int_equal(ipp_value_count(NULL), 0);
	ippDelete(col);
	ippDelete(ipp);
}

static void a_string_longer_than_the_buffer_is_cut(void **state)
{
	static char big[3 * IPP_VALUE_SIZE];
	ipp_t *ipp = answers_new();

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	answers_text(ipp, "a", big);
	assert_int_equal(strlen(text_of(ipp_value_find(ipp, "a"), 0)),
			 IPP_VALUE_SIZE - 1);
	ippDelete(ipp);
}

static void levels_below_zero_have_their_meanings(void **state)
{
	static const struct {
		const char *given, *got;
	} rows[] = { { "0", "0" },          { "57", "57" },
		     { "-1", "other" },     { "-2", "unknown" },
		     { "-3", "some" },      { "-4", "unknown" },
		     { "full", "unknown" }, { "", "unknown" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collected_writer *w = collected_writer_new("ipp", 1);
		struct buf xml = BUF_INIT;
		char wanted[64];
		collected_writer_document(w, DOCUMENT_SUPPLIES_USAGE);
		ipp_put_level(w, "Level", rows[i].given, "percent", NULL);
		ipp_put_level(w, "LowLevel", NULL, "percent", NULL);
		collected_writer_finish(w, &xml);
		snprintf(wanted, sizeof(wanted), ">%s</Level>", rows[i].got);
		assert_non_null(strstr(buf_str(&xml), wanted));
		assert_null(strstr(buf_str(&xml), "LowLevel"));
		buf_clear(&xml);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_text),
		cmocka_unit_test(dates_are_utc_whatever_the_zone),
		cmocka_unit_test(out_of_band_values_are_unknown),
		cmocka_unit_test(what_is_not_there_has_no_text),
		cmocka_unit_test(a_string_longer_than_the_buffer_is_cut),
		cmocka_unit_test(levels_below_zero_have_their_meanings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
