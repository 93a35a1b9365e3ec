/*
 * Which form a line has, and where its parts begin and end. The forms of the
 * catalogue are tested with their document, engineering.c.
 */
#include "documents/log_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#define AT "2026-11-23T13:00:00Z "

#define SEVEN_SLOTS \
	"{time} {number} {number} {number} {number} {number} {number}"

static bool fits(const char *form, const char *text, struct log_line *line)
{
	const char *const forms[] = { form, NULL };
	return log_line_match(forms, text, line);
}

/* "class:text|class:text" of all slots behind the time; "-" = no fit. */
static const char *parts(struct buf *out, const char *form, const char *text)
{
	struct log_line line;

	buf_reset(out);
	if (!fits(form, text, &line)) {
		return "-";
	}
	for (size_t i = 1; i < line.count; i++) {
		buf_printf(out, "%s%s:%.*s", i > 1 ? "|" : "",
			   field_class_name(line.slots[i].class),
			   (int)line.slots[i].len, line.slots[i].at);
	}
	return buf_str(out);
}

struct row {
	const char *form, *text, *parts;
};

static void expect_rows(const struct row *rows, size_t count)
{
	struct buf form = BUF_INIT, text = BUF_INIT, have = BUF_INIT;

	for (size_t i = 0; i < count; i++) {
		buf_reset(&form);
		buf_reset(&text);
		buf_printf(&form, "{time} %s", rows[i].form);
		buf_printf(&text, AT "%s", rows[i].text);
		const char *got = parts(&have, buf_str(&form), buf_str(&text));
		if (strcmp(got, rows[i].parts) != 0) {
			fail_msg("%s of %s: %s, not %s", rows[i].text,
				 rows[i].form, got, rows[i].parts);
		}
	}
	buf_clear(&form);
	buf_clear(&text);
	buf_clear(&have);
}

static void slots_of_the_machine_take_their_kind_alone(void **state)
{
	static const struct row rows[] = {
		{ "a {number}.", "a 7.", "machine:7" },
		{ "a {number}", "a -7.25", "machine:-7.25" },
		{ "a {number}", "a 123456789012345",
		  "machine:123456789012345" },
		{ "a {number}", "a 1234567890123456", "-" },
		{ "a {number}", "a 1.1234567", "-" },
		{ "a {number}", "a 1.", "-" },
		{ "a {number}", "a -", "-" },
		{ "a {number}", "a +1", "-" },
		{ "a {number}", "a Jane", "-" },
		{ "a {number}", "a ", "-" },
		{ "a {number}", "a", "-" },
		{ "a {hex}", "a 0x0aF9", "machine:0x0aF9" },
		{ "a {hex}", "a 0x12345678", "machine:0x12345678" },
		{ "a {hex}", "a 0x123456789", "-" },
		{ "a {hex}", "a 0x", "-" },
		{ "a {hex}", "a 0xJane", "-" },
		{ "a {hex}", "a 1f", "-" },
		{ "a {version}", "a 7.2.1", "machine:7.2.1" },
		{ "a {version}", "a 7.2.1-jane", "-" },
		{ "a {version}", "a 12345678.1234567",
		  "machine:12345678.1234567" },
		{ "a {version}", "a 12345678.12345678", "-" },
		{ "a {one:open|closed}", "a open", "machine:open" },
		{ "a {one:open|closed}", "a closed", "machine:closed" },
		{ "a {one:open|closed}", "a opened", "-" },
		{ "a {one:open|closed}", "a clo", "-" },
		{ "a {one:open|closed}", "a open|closed", "-" },
		{ "a {one:in|input}", "a input", "machine:input" },
		{ "a {one:in|input} b", "a in b", "machine:in" },
		{ "a {one:in}", "a ", "-" },
	};

	(void)state;
	expect_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void slots_of_a_class_go_to_what_follows(void **state)
{
	static const struct row rows[] = {
		{ "in {personal}", "in Jane Doe", "personal:Jane Doe" },
		{ "in {personal}", "in ", "-" },
		{ "in {personal}", "in", "-" },
		{ "in {personal} out", "in Jane out", "personal:Jane" },
		{ "in {personal} out", "in Jane", "-" },
		{ "in {personal} out", "in  out", "-" },
		{ "in {personal} out", "in Jane out out", "-" },
		{ "in {personal} out", "in Jane out x", "-" },
		{ "for {network} s", "for fe80::1%eth0 s",
		  "network:fe80::1%eth0" },
		{ "{job} took {number} ms", "a b.pdf took 7 ms",
		  "job:a b.pdf|machine:7" },
		/* The first place counts: a name that holds it has no form. */
		{ "{job} took {number} ms", "x took y took 7 ms", "-" },
		{ "{job} took {number} ms", "x took 7 ms took 7 ms", "-" },
		{ "{personal} by {job} on {network}", "a by b on c",
		  "personal:a|job:b|network:c" },
		{ "{personal} by {job} on {network}", "a by b on c by d on e",
		  "personal:a|job:b|network:c by d on e" },
		{ "key {secret}", "key hunter2", "secret:hunter2" },
		{ "in {personal}", "in [personal]", "personal:[personal]" },
		{ "in {personal}", "in {personal}", "personal:{personal}" },
	};

	(void)state;
	expect_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void the_whole_line_must_fit_from_its_time_on(void **state)
{
	static const char form[] = "{time} door {number}";
	static const char *const bad[] = {
		"",
		" ",
		"door 7",
		"2026-11-23T13:00:00Z",
		"2026-11-23T13:00:00Zdoor 7",
		"2026-11-23 13:00:00 door 7",
		"2026-11-23T13:00:00+01:00 door 7",
		"2026-02-30T13:00:00Z door 7",
		"unknown door 7",
		" " AT "door 7",
		AT "door 7 ",
		AT "door 7 of Jane",
		AT "Door 7",
		AT "door  7",
		AT "door\t7",
		AT "door 7\n" AT "door 7",
	};
	struct log_line line = { .form = "untouched" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (fits(form, bad[i], &line)) {
			fail_msg("%s", bad[i]);
		}
	}
	assert_string_equal(line.form, "untouched");
	assert_true(fits(form, AT "door 7", &line));
	assert_ptr_equal(line.form, form);
	assert_int_equal(line.count, 2);
	assert_int_equal(line.slots[0].len, 20);
}

static void the_first_form_that_fits_counts(void **state)
{
	const char *const forms[] = { "{time} a {number}", "{time} a {job}",
				      "{time} a {personal}", NULL };
	const char *const none[] = { NULL };
	struct log_line line;

	(void)state;
	assert_true(log_line_match(forms, AT "a 7", &line));
	assert_ptr_equal(line.form, forms[0]);
	assert_true(log_line_match(forms, AT "a Jane", &line));
	assert_ptr_equal(line.form, forms[1]);
	assert_false(log_line_match(none, AT "a 7", &line));
	assert_false(log_line_match(NULL, AT "a 7", &line));
}

static void very_long_lines_are_read_to_their_end(void **state)
{
	static char text[100000];
	struct log_line line;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, AT "in ", strlen(AT "in "));
	assert_true(fits("{time} in {personal}", text, &line));
	assert_int_equal(line.slots[1].len, sizeof(text) - 1 - 24);
	assert_false(fits("{time} in {personal} out", text, &line));
	memset(text + 24, '1', sizeof(text) - 25);
	assert_false(fits("{time} in {number}", text, &line));
	assert_false(fits("{time} in {version}", text, &line));
	assert_false(fits("{time} in {hex}", text, &line));
}

static void a_form_that_is_none_fits_nothing(void **state)
{
	static const char *const forms[] = {
		"{time} a {number",
		"{time} a {",
		"{",
		"{time",
		"{time} a {unheard}",
		"{time} a {}",
		SEVEN_SLOTS " {number} {number}",
	};
	struct log_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_false(fits(forms[i], AT "a 1", &line));
		assert_false(fits(forms[i], AT "1 1 1 1 1 1 1 1", &line));
		assert_false(log_line_form_ok(forms[i]));
	}
}

static void forms_are_held_to_their_rules(void **state)
{
	static const char *const good[] = {
		"{time} a",
		"{time} a {number}",
		"{time} {job} took {one:a|b}",
		SEVEN_SLOTS " {number}",
	};
	static const char *const bad[] = {
		"",
		"a",
		"a {time}",
		"{time}",
		"{time}a {number}",
		"{time} ",
		"{time} a ",
		"{time} {number}{number}",
		"{time} {personal}{number}",
		"{time} a {one:}",
		"{time} a {one:|a}",
		"{time} a {one:a|}",
		"{time} a {one:a||b}",
		"{time} a {one}",
		"{time} a } b",
		"{time} a {number}}",
		"{time} a {num{ber}",
		"{time} a\tb",
		"{time} a\n",
	};
	char far[200];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!log_line_form_ok(good[i])) {
			fail_msg("%s", good[i]);
		}
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (log_line_form_ok(bad[i])) {
			fail_msg("%s", bad[i]);
		}
	}
	/* More text between two slots than is looked for. */
	snprintf(far, sizeof(far), "{time} {job}%0127d", 0);
	assert_true(log_line_form_ok(far));
	snprintf(far, sizeof(far), "{time} {job}%0128d", 0);
	assert_false(log_line_form_ok(far));
}

static void marks_name_the_class(void **state)
{
	(void)state;
	assert_string_equal(log_line_mark(CLASS_NETWORK), "[network]");
	assert_string_equal(log_line_mark(CLASS_PERSONAL), "[personal]");
	assert_string_equal(log_line_mark(CLASS_JOB), "[job]");
	assert_string_equal(log_line_mark(CLASS_SECRET), "[secret]");
	assert_string_equal(log_line_mark(CLASS_MACHINE), "[withheld]");
	assert_string_equal(log_line_mark(CLASS_UNSET), "[withheld]");
	assert_string_equal(log_line_mark((enum field_class)99), "[withheld]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_of_the_machine_take_their_kind_alone),
		cmocka_unit_test(slots_of_a_class_go_to_what_follows),
		cmocka_unit_test(the_whole_line_must_fit_from_its_time_on),
		cmocka_unit_test(the_first_form_that_fits_counts),
		cmocka_unit_test(very_long_lines_are_read_to_their_end),
		cmocka_unit_test(a_form_that_is_none_fits_nothing),
		cmocka_unit_test(forms_are_held_to_their_rules),
		cmocka_unit_test(marks_name_the_class),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
