/*
 * Bodies of notes: fixed order in, the same values out.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/note_fields.h"

#include <string.h>

static const struct note_format format = {
	.kind = "sluice.test/v1",
	.fields = {
		{ "device", NOTE_FIELD_ONE },
		{ "reason", NOTE_FIELD_OPTIONAL },
		{ "bytes", NOTE_FIELD_ONE },
		{ "note", NOTE_FIELD_OPTIONAL },
		{ NULL, NOTE_FIELD_UNSET },
	},
};

#define WHOLE "sluice.test/v1\ndevice EX7 4\nreason because\nbytes 12\nnote x\n"

static bool read_text(const char *text, struct note_values *values,
		      struct err *err)
{
	return note_fields_read(&format, text, strlen(text), values, err);
}

static void what_is_written_is_read_again(void **state)
{
	static const char *const given[] = { "EX7 4", "because", "12", "x" };
	struct note_values values = NOTE_VALUES_INIT;
	struct buf out = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	assert_true(note_fields_write(&format, given, &out, &err));
	assert_string_equal(buf_str(&out), WHOLE);
	assert_true(read_text(buf_str(&out), &values, &err));
	assert_string_equal(note_values_get(&format, &values, "device"),
			    "EX7 4");
	assert_string_equal(note_values_get(&format, &values, "note"), "x");
	assert_null(note_values_get(&format, &values, "other"));
	note_values_clear(&values);
	assert_null(values.value[0]);
	buf_clear(&out);
}

static void optional_fields_may_be_left_out(void **state)
{
	static const char *const given[] = { "EX7", NULL, "12", NULL };
	struct note_values values = NOTE_VALUES_INIT;
	struct buf out = BUF_INIT;

	(void)state;
	assert_true(note_fields_write(&format, given, &out, NULL));
	assert_string_equal(buf_str(&out),
			    "sluice.test/v1\ndevice EX7\nbytes 12\n");
	assert_true(read_text(buf_str(&out), &values, NULL));
	assert_null(note_values_get(&format, &values, "reason"));
	assert_string_equal(values.value[2], "12");
	note_values_clear(&values);
	buf_clear(&out);
}

static void anything_else_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"sluice.test/v1",
		"sluice.test/v1\n",
		"sluice.test/v2\ndevice a\nbytes 1\n",
		"sluice.test/v1 \ndevice a\nbytes 1\n",
		"sluice.test/v\ndevice a\nbytes 1\n",
		"\ndevice a\nbytes 1\n",
		"sluice.test/v1\ndevice a\nbytes 1\nnote x",
		"\nsluice.test/v1\ndevice a\nbytes 1\n",
		"sluice.test/v1\nbytes 1\n",
		"sluice.test/v1\ndevice a\n",
		"sluice.test/v1\ndevice a\nbytes 1",
		"sluice.test/v1\nbytes 1\ndevice a\n",
		"sluice.test/v1\ndevice a\ndevice a\nbytes 1\n",
		"sluice.test/v1\ndevice a\nbytes 1\nbytes 1\n",
		"sluice.test/v1\ndevice a\nbytes 1\nreason x\n",
		"sluice.test/v1\ndevice a\nbytes 1\nunknown x\n",
		"sluice.test/v1\ndevice a\nbytes 1\n\n",
		"sluice.test/v1\ndevice a\n\nbytes 1\n",
		"sluice.test/v1\ndevice \nbytes 1\n",
		"sluice.test/v1\ndevice\nbytes 1\n",
		"sluice.test/v1\ndevice\ta\nbytes 1\n",
		"sluice.test/v1\nDevice a\nbytes 1\n",
		"sluice.test/v1\ndevice a\r\nbytes 1\n",
		"sluice.test/v1\ndevice \xff\nbytes 1\n",
		"sluice.test/v1\ndevices a\nbytes 1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct note_values values = NOTE_VALUES_INIT;
		struct err err = { 0 };
		if (read_text(bad[i], &values, &err)) {
			print_error("accepted: %s\n", bad[i]);
			fail();
		}
		assert_int_equal(err.kind, ERR_INVALID);
		assert_null(values.value[0]);
	}
}

static void values_that_are_no_line_are_not_written(void **state)
{
	static const char *const bad[] = { NULL,   "",     "a\nb", "a\rb",
					   "\xff", "a\tb", "a\x7f" };
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *given[] = { bad[i], NULL, "12", NULL };
		struct err err = { 0 };
		assert_false(note_fields_write(&format, given, &out, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_int_equal(out.len, 0);
	}
}

static void values_are_bounded(void **state)
{
	static char value[NOTE_FIELDS_VALUE_MAX + 2];
	const char *given[] = { value, NULL, "12", NULL };
	struct buf out = BUF_INIT;

	(void)state;
	memset(value, 'v', NOTE_FIELDS_VALUE_MAX + 1);
	assert_false(note_fields_write(&format, given, &out, NULL));
	value[NOTE_FIELDS_VALUE_MAX] = '\0';
	assert_true(note_fields_write(&format, given, &out, NULL));
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(optional_fields_may_be_left_out),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(values_that_are_no_line_are_not_written),
		cmocka_unit_test(values_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
