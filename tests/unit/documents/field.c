/*
 * What a value of each type may be.
 */
#include "documents/field.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static bool takes(enum field_type type, const char *text)
{
	const struct field f = { .path = "A/B",
				 .type = type,
				 .class = CLASS_MACHINE };
	struct err err = { 0 };
	bool yes = field_check(&f, text, NULL, &err);

	assert_int_equal(err.kind, yes ? ERR_NONE : ERR_INVALID);
	return yes;
}

static void a_counter_is_a_whole_number_or_unknown(void **state)
{
	(void)state;
	assert_true(takes(TYPE_COUNTER, "0"));
	assert_true(takes(TYPE_COUNTER, "9223372036854775807"));
	assert_true(takes(TYPE_COUNTER, "unknown"));
	assert_false(takes(TYPE_COUNTER, "9223372036854775808"));
	assert_false(takes(TYPE_COUNTER, "-1"));
	assert_false(takes(TYPE_COUNTER, "-0"));
	assert_false(takes(TYPE_COUNTER, "+1"));
	assert_false(takes(TYPE_COUNTER, "01"));
	assert_false(takes(TYPE_COUNTER, "1.0"));
	assert_false(takes(TYPE_COUNTER, " 1"));
	assert_false(takes(TYPE_COUNTER, "other"));
	assert_false(takes(TYPE_COUNTER, ""));
	assert_false(takes(TYPE_COUNTER, NULL));
}

static void a_level_knows_the_three_special_meanings(void **state)
{
	(void)state;
	assert_true(takes(TYPE_LEVEL, "0"));
	assert_true(takes(TYPE_LEVEL, "100"));
	assert_true(takes(TYPE_LEVEL, "other"));
	assert_true(takes(TYPE_LEVEL, "unknown"));
	assert_true(takes(TYPE_LEVEL, "some"));
	assert_false(takes(TYPE_LEVEL, "-3"));
	assert_false(takes(TYPE_LEVEL, "low"));
}

static void an_integer_may_be_below_zero(void **state)
{
	(void)state;
	assert_true(takes(TYPE_INTEGER, "-9223372036854775808"));
	assert_true(takes(TYPE_INTEGER, "-7"));
	assert_true(takes(TYPE_INTEGER, "unknown"));
	assert_false(takes(TYPE_INTEGER, "-07"));
	assert_false(takes(TYPE_INTEGER, "--7"));
	assert_false(takes(TYPE_INTEGER, "-"));
}

static void text_is_one_clean_line_of_bounded_length(void **state)
{
	char line[FIELD_TEXT_MAX + 2];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[FIELD_TEXT_MAX + 1] = '\0';
	assert_false(takes(TYPE_TEXT, line));
	line[FIELD_TEXT_MAX] = '\0';
	assert_true(takes(TYPE_TEXT, line));
	assert_false(takes(TYPE_TOKEN, line));
	line[FIELD_TOKEN_MAX] = '\0';
	assert_true(takes(TYPE_TOKEN, line));
	assert_true(takes(TYPE_TOKEN, "J\xc3\xbcrgen's <printer> & co"));
	assert_false(takes(TYPE_TOKEN, ""));
	assert_false(takes(TYPE_TOKEN, " x"));
	assert_false(takes(TYPE_TOKEN, "x "));
	assert_false(takes(TYPE_TOKEN, "two\nlines"));
	assert_false(takes(TYPE_TOKEN, "tab\there"));
	assert_false(takes(TYPE_TOKEN, "bell\x07"));
	assert_false(takes(TYPE_TOKEN, "c1 \xc2\x9b"));
	assert_false(takes(TYPE_TOKEN, "bad \xff utf-8"));
	assert_false(takes(TYPE_TOKEN, "no XML \xef\xbf\xbf"));
}

static void a_time_is_utc_in_one_spelling(void **state)
{
	(void)state;
	assert_true(takes(TYPE_TIME, "2026-11-23T14:02:07Z"));
	assert_true(takes(TYPE_TIME, "unknown"));
	assert_false(takes(TYPE_TIME, "2026-11-23 14:02:07"));
	assert_false(takes(TYPE_TIME, "2026-11-23T14:02:07+01:00"));
	assert_false(takes(TYPE_TIME, "2026-02-30T14:02:07Z"));
}

static void numbers_have_one_space_between_and_a_bound(void **state)
{
	char line[FIELD_TEXT_MAX + 3];

	(void)state;
	assert_true(takes(TYPE_NUMBERS, "0"));
	assert_true(takes(TYPE_NUMBERS, "-0.5 12 3.25"));
	assert_true(takes(TYPE_NUMBERS, "123456789012345678"));
	assert_true(takes(TYPE_NUMBERS, "0.12345678901234567"));
	assert_false(takes(TYPE_NUMBERS, "1234567890123456789"));
	assert_false(takes(TYPE_NUMBERS, "12.12345678901234567"));
	assert_false(takes(TYPE_NUMBERS, ""));
	assert_false(takes(TYPE_NUMBERS, NULL));
	assert_false(takes(TYPE_NUMBERS, " 1"));
	assert_false(takes(TYPE_NUMBERS, "1 "));
	assert_false(takes(TYPE_NUMBERS, "1  2"));
	assert_false(takes(TYPE_NUMBERS, "1\t2"));
	assert_false(takes(TYPE_NUMBERS, "1,2"));
	assert_false(takes(TYPE_NUMBERS, "-"));
	assert_false(takes(TYPE_NUMBERS, "--1"));
	assert_false(takes(TYPE_NUMBERS, "+1"));
	assert_false(takes(TYPE_NUMBERS, "1-2"));
	assert_false(takes(TYPE_NUMBERS, "1."));
	assert_false(takes(TYPE_NUMBERS, ".5"));
	assert_false(takes(TYPE_NUMBERS, "1.2.3"));
	assert_false(takes(TYPE_NUMBERS, "1e5"));
	assert_false(takes(TYPE_NUMBERS, "0x1f"));
	assert_false(takes(TYPE_NUMBERS, "1 Jane"));
	assert_false(takes(TYPE_NUMBERS, "unknown"));
	assert_false(takes(TYPE_NUMBERS, "\xd9\xa1"));
	for (size_t i = 0; i < sizeof(line); i++) {
		line[i] = i % 2 == 0 ? '7' : ' ';
	}
	line[FIELD_TEXT_MAX] = '\0';
	assert_true(takes(TYPE_NUMBERS, line));
	line[FIELD_TEXT_MAX] = ' ';
	line[FIELD_TEXT_MAX + 2] = '\0';
	assert_false(takes(TYPE_NUMBERS, line));
}

static void a_digest_is_64_digits_and_nothing_else(void **state)
{
	static const char right[] = "0123456789abcdef0123456789abcdef"
				    "0123456789abcdef0123456789abcdef";
	char wrong[80];

	(void)state;
	assert_true(takes(TYPE_DIGEST, right));
	assert_false(takes(TYPE_DIGEST, right + 1));
	strcpy(wrong, right);
	strcat(wrong, "0");
	assert_false(takes(TYPE_DIGEST, wrong));
	strcpy(wrong, right);
	wrong[63] = 'F';
	assert_false(takes(TYPE_DIGEST, wrong));
	wrong[63] = 'g';
	assert_false(takes(TYPE_DIGEST, wrong));
	assert_false(takes(TYPE_DIGEST, "unknown"));
	assert_false(takes(TYPE_DIGEST, ""));
}

static void a_line_is_text_until_its_form_is_asked(void **state)
{
	(void)state;
	assert_true(takes(TYPE_LINE, "any line"));
	assert_false(takes(TYPE_LINE, "two\nlines"));
	assert_false(takes(TYPE_LINE, " x"));
	assert_false(takes(TYPE_LINE, ""));
}

static void a_keyword_is_one_of_its_words(void **state)
{
	const struct field f = { .path = "X",
				 .type = TYPE_KEYWORD,
				 .class = CLASS_MACHINE,
				 .choices = "idle processing stopped" };

	(void)state;
	assert_true(field_check(&f, "idle", NULL, NULL));
	assert_true(field_check(&f, "stopped", NULL, NULL));
	assert_false(field_check(&f, "stop", NULL, NULL));
	assert_false(field_check(&f, "idle processing", NULL, NULL));
	assert_false(field_check(&f, "", NULL, NULL));
	assert_true(takes(TYPE_KEYWORD, "media-jam-error"));
	assert_true(takes(TYPE_KEYWORD, "com.example_x"));
	assert_false(takes(TYPE_KEYWORD, "Jane Doe"));
	assert_false(takes(TYPE_KEYWORD, ""));
}

static void a_unit_is_the_preset_or_one_of_the_units(void **state)
{
	const struct field one = { .path = "X",
				   .type = TYPE_COUNTER,
				   .class = CLASS_MACHINE,
				   .unit = "sheets" };
	const struct field many = { .path = "X",
				    .type = TYPE_COUNTER,
				    .class = CLASS_MACHINE,
				    .unit = "percent",
				    .units = "percent sheets" };
	struct err err = { 0 };

	(void)state;
	assert_true(field_check(&one, "1", "sheets", NULL));
	assert_false(field_check(&one, "1", "percent", &err));
	assert_string_equal(err.text, "X has a unit that it may not have");
	assert_false(field_check(&one, "1", NULL, NULL));
	assert_true(field_check(&many, "1", "sheets", NULL));
	assert_false(field_check(&many, "1", "shee", NULL));
	assert_false(takes(TYPE_GROUP, "x"));
	assert_false(takes(TYPE_UNSET, "x"));
	const struct field none = { .path = "X",
				    .type = TYPE_COUNTER,
				    .class = CLASS_MACHINE };
	assert_false(field_check(&none, "1", "sheets", NULL));
}

static void an_error_names_the_field_and_never_the_value(void **state)
{
	const struct field f = { .path = "Supply/Level",
				 .type = TYPE_LEVEL,
				 .class = CLASS_MACHINE };
	struct err err = { 0 };

	(void)state;
	assert_false(field_check(&f, "Jane Doe", NULL, &err));
	assert_string_equal(err.text, "Supply/Level is not a level");
}

static void a_source_is_a_name_and_cannot_carry_text(void **state)
{
	(void)state;
	assert_true(field_source_ok("printer-supply[2]"));
	assert_true(field_source_ok("1.3.6.1.2.1.43.10.2.1.4.1.1"));
	assert_true(field_source_ok("printer-contact-col/contact-name"));
	assert_false(field_source_ok(""));
	assert_false(field_source_ok("Jane Doe"));
	assert_false(field_source_ok("jane@example.org"));
}

static void names_and_places_of_paths(void **state)
{
	const struct field deep = { .path = "Supply/Level" };
	const struct field flat = { .path = "Supply" };

	(void)state;
	assert_string_equal(field_name(&deep), "Level");
	assert_string_equal(field_name(&flat), "Supply");
	assert_true(field_is_below(&flat, ""));
	assert_false(field_is_below(&deep, ""));
	assert_true(field_is_below(&deep, "Supply"));
	assert_false(field_is_below(&deep, "Supp"));
	assert_string_equal(field_class_name(CLASS_PERSONAL), "personal");
	assert_string_equal(field_class_name((enum field_class)99), "unset");
	assert_string_equal(field_type_name(TYPE_LEVEL), "level");
	assert_string_equal(field_type_name(TYPE_NUMBERS), "numbers");
	assert_string_equal(field_type_name(TYPE_DIGEST), "digest");
	assert_string_equal(field_type_name(TYPE_LINE), "line");
	assert_string_equal(field_type_name((enum field_type)99), "unset");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_is_a_whole_number_or_unknown),
		cmocka_unit_test(a_level_knows_the_three_special_meanings),
		cmocka_unit_test(an_integer_may_be_below_zero),
		cmocka_unit_test(text_is_one_clean_line_of_bounded_length),
		cmocka_unit_test(a_time_is_utc_in_one_spelling),
		cmocka_unit_test(numbers_have_one_space_between_and_a_bound),
		cmocka_unit_test(a_digest_is_64_digits_and_nothing_else),
		cmocka_unit_test(a_line_is_text_until_its_form_is_asked),
		cmocka_unit_test(a_keyword_is_one_of_its_words),
		cmocka_unit_test(a_unit_is_the_preset_or_one_of_the_units),
		cmocka_unit_test(an_error_names_the_field_and_never_the_value),
		cmocka_unit_test(a_source_is_a_name_and_cannot_carry_text),
		cmocka_unit_test(names_and_places_of_paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
