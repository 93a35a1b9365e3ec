/*
 * Values of agents as values of fields.
 */
#include "collectors/snmp_fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent.h"

/* What is written for a value, or "" for nothing. */
static const char *put(const struct field *field, const struct snmp_value *v,
		       enum snmp_form form, const struct snmp_word *words)
{
	static char text[4096];
	struct collected_writer *w = collected_writer_new("snmp", 1);
	struct buf xml = BUF_INIT;

	collected_writer_document(w, DOCUMENT_STATUS);
	snmp_field_put(w, field, v, form, words, NULL);
	collected_writer_finish(w, &xml);
	text[0] = '\0';
	const char *from = strstr(buf_str(&xml), "source=\"1.2.3\">");
	if (from != NULL) {
		from += strlen("source=\"1.2.3\">");
		snprintf(text, sizeof(text), "%.*s", (int)strcspn(from, "<"),
			 from);
	}
	buf_clear(&xml);
	return text;
}

static const char *put_number(const char *path, const struct document *document,
			      int64_t number, enum snmp_form form,
			      const struct snmp_word *words)
{
	const struct snmp_value value = { .name = "1.2.3",
					  .kind = SNMP_KIND_NUMBER,
					  .number = number };
	return put(document_field(document, path), &value, form, words);
}

static const char *put_bytes(const char *path, const char *bytes, size_t len,
			     enum snmp_form form, const struct snmp_word *words)
{
	struct snmp_values values = { .count = 0 };
	const struct field *field = document_field(&document_status, path);

	snmp_values_add(&values, "1.2.3", SNMP_KIND_BYTES, 0, bytes, len);
	const char *text = put(field, &values.at[0], form, words);
	snmp_values_clear(&values);
	return text;
}

#define LEVEL(number)                                                  \
	put_number("Supply/Level", &document_supplies_usage, (number), \
		   SNMP_FORM_LEVEL, NULL)
#define COUNT(number)                                           \
	put_number("PrinterUpTime", &document_status, (number), \
		   SNMP_FORM_COUNT, NULL)
#define TEXT(bytes) \
	put_bytes("ConsoleText", bytes, sizeof(bytes) - 1, SNMP_FORM_TEXT, NULL)

static void levels_below_zero_have_their_meanings(void **state)
{
	(void)state;
	assert_string_equal(LEVEL(0), "0");
	assert_string_equal(LEVEL(57), "57");
	assert_string_equal(LEVEL(-1), "other");
	assert_string_equal(LEVEL(-2), "unknown");
	assert_string_equal(LEVEL(-3), "some");
	assert_string_equal(LEVEL(-4), "unknown");
	assert_string_equal(LEVEL(INT64_MIN), "unknown");
}

static void counts_below_zero_are_unknown_and_not_zero(void **state)
{
	(void)state;
	assert_string_equal(COUNT(0), "0");
	assert_string_equal(COUNT(4294967295), "4294967295");
	assert_string_equal(COUNT(-1), "unknown");
	assert_string_equal(put_number("Fault/Location", &document_faults, -2,
				       SNMP_FORM_INTEGER, NULL),
			    "-2");
}

static void words_stand_for_numbers(void **state)
{
	(void)state;
	assert_string_equal(put_number("DeviceStatus", &document_status, 5,
				       SNMP_FORM_WORD,
				       snmp_words_device_states),
			    "down");
	assert_string_equal(put_number("DeviceStatus", &document_status, 99,
				       SNMP_FORM_WORD,
				       snmp_words_device_states),
			    "unknown");
	assert_string_equal(put_number("Fault/Code", &document_faults, 8,
				       SNMP_FORM_CODE, snmp_words_alert_codes),
			    "jam");
	assert_string_equal(put_number("Fault/Code", &document_faults, 30208,
				       SNMP_FORM_CODE, snmp_words_alert_codes),
			    "code-30208");
	assert_string_equal(put_number("Fault/Code", &document_faults, -8,
				       SNMP_FORM_CODE, snmp_words_alert_codes),
			    "");
}

static void wrong_types_are_unknown_or_nothing(void **state)
{
	const struct snmp_value number = { .name = "1.2.3",
					   .kind = SNMP_KIND_NUMBER };
	const struct snmp_value other = { .name = "1.2.3",
					  .kind = SNMP_KIND_OTHER };
	const struct field *severity =
		document_field(&document_faults, "Fault/SeverityLevel");

	(void)state;
	assert_string_equal(put_bytes("PrinterUpTime", "50", 2, SNMP_FORM_COUNT,
				      NULL),
			    "unknown");
	assert_string_equal(put_bytes("PrinterStatus", "idle", 4,
				      SNMP_FORM_WORD,
				      snmp_words_printer_states),
			    "unknown");
	/* It may not be "unknown", so it is the word for all others. */
	assert_string_equal(put(severity, &other, SNMP_FORM_WORD,
				snmp_words_severities),
			    "other");
	assert_string_equal(put(document_field(&document_status, "ConsoleText"),
				&number, SNMP_FORM_TEXT, NULL),
			    "");
	assert_string_equal(
		put(severity, NULL, SNMP_FORM_WORD, snmp_words_severities), "");
}

static void strings_become_clean_lines(void **state)
{
	(void)state;
	assert_string_equal(TEXT(" Ready \r\n"), "Ready");
	assert_string_equal(TEXT("a\tb\r\nc"), "a b  c");
	assert_string_equal(TEXT("K\xc3\xb6ln"), "K\xc3\xb6ln");
	assert_string_equal(TEXT("K\xf6ln"), "K\xef\xbf\xbdln");
	assert_string_equal(TEXT("a\0b"), "a\xef\xbf\xbd"
					  "b");
	/* Padding: the same serial number with it is no other printer. */
	assert_string_equal(TEXT("EX7\0\0\0"), "EX7");
	assert_string_equal(TEXT("\0\0"), "");
	assert_string_equal(TEXT(""), "");
	assert_string_equal(TEXT("\x1b[1m"), "\xef\xbf\xbd[1m");
	/* Good UTF-8 and no XML */
	assert_string_equal(TEXT("a\xef\xbf\xbf"), "a\xef\xbf\xbd");
}

static void strings_are_cut_between_characters(void **state)
{
	struct snmp_values values = { .count = 0 };
	struct buf text = BUF_INIT;
	char latin[255];

	(void)state;
	memset(latin, 0xe9, sizeof(latin));
	snmp_values_add(&values, "1.2.3", SNMP_KIND_BYTES, 0, latin,
			sizeof(latin));
	snmp_field_text(&text, &values.at[0], 255);
	assert_int_equal(text.len, 255);
	buf_reset(&text);
	snmp_field_text(&text, &values.at[0], 256);
	assert_int_equal(text.len, 255);
	buf_reset(&text);
	snmp_field_text(&text, &values.at[0], 2);
	assert_int_equal(text.len, 0);
	buf_clear(&text);
	snmp_values_clear(&values);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_below_zero_have_their_meanings),
		cmocka_unit_test(counts_below_zero_are_unknown_and_not_zero),
		cmocka_unit_test(words_stand_for_numbers),
		cmocka_unit_test(wrong_types_are_unknown_or_nothing),
		cmocka_unit_test(strings_become_clean_lines),
		cmocka_unit_test(strings_are_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
