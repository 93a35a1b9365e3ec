/*
 * The statement that a log goes on after a loss: the text that the
 * documentation has, under the log's key alone, and nothing unknown in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/checkin.h"

#include <string.h>

#include "tests/support/vendor.h"

/* The key of tests/support/vendor.c stands for the log's here. */
#define ROOT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD "sluice.continuation/v1\ndevice ex7-004211\n"
#define REST "root " ROOT "\nat 2025-11-26T07:00:00Z\n"
#define TEXT HEAD "had 57\nsize 41\n" REST

static struct checkin_continuation made(void)
{
	struct checkin_continuation c = {
		.had = 57, .size = 41, .root = ROOT, .at = 1764140400
	};
	strcpy(c.device, "ex7-004211");
	return c;
}

static bool read_note(const struct buf *note, struct checkin_continuation *c,
		      struct err *err)
{
	struct note_verifier log;
	vendor_verifier(&log);
	return checkin_continuation_read(buf_str(note), note->len, &log, c,
					 err);
}

static void
what_is_written_is_the_documented_text_and_is_read_again(void **state)
{
	struct checkin_continuation c = made(), found;
	struct buf text = BUF_INIT, note = BUF_INIT;
	(void)state;
	memset(&found, 0, sizeof(found));
	assert_true(checkin_continuation_put(&text, &c, NULL));
	assert_string_equal(buf_str(&text), TEXT);
	vendor_sign_text(buf_str(&text), &note);
	assert_true(read_note(&note, &found, NULL));
	assert_string_equal(found.device, c.device);
	assert_string_equal(found.root, c.root);
	assert_true(found.had == 57 && found.size == 41);
	assert_int_equal(found.at, c.at);
	/* It fits where a check-in carries it, whatever the numbers. */
	c.had = c.size = INT64_MAX;
	memset(c.device, 'd', sizeof(c.device) - 1);
	buf_reset(&text);
	buf_reset(&note);
	assert_true(checkin_continuation_put(&text, &c, NULL));
	vendor_sign_text(buf_str(&text), &note);
	assert_true(note.len < CHECKIN_CONTINUATION_SIZE);
	/* The least that they can be. */
	c.had = c.size = 1;
	buf_reset(&text);
	buf_reset(&note);
	assert_true(checkin_continuation_put(&text, &c, NULL));
	vendor_sign_text(buf_str(&text), &note);
	assert_true(read_note(&note, &found, NULL));
	assert_true(found.had == 1 && found.size == 1);
	buf_clear(&note);
	buf_clear(&text);
}

static void refuse_to_put(const struct checkin_continuation *c)
{
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	assert_false(checkin_continuation_put(&text, c, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(text.len, 0);
}

static void what_no_reader_takes_is_not_written(void **state)
{
	struct checkin_continuation c = made();
	(void)state;
	c.had = 0;
	refuse_to_put(&c);
	c = made();
	c.size = 0;
	refuse_to_put(&c);
	c = made();
	c.size = UINT64_MAX;
	refuse_to_put(&c);
	c = made();
	c.root[63] = '\0';
	refuse_to_put(&c);
	c = made();
	c.at = -1;
	refuse_to_put(&c);
	c = made();
	strcpy(c.device, "a\nhad 1");
	refuse_to_put(&c);
}

static void what_is_unknown_or_out_of_place_is_refused(void **state)
{
	static const char *const bad[] = {
		"sluice.continuation/v2\ndevice a\n",
		HEAD,
		HEAD "size 41\nhad 57\n" REST,
		HEAD "had 0\nsize 41\n" REST,
		HEAD "had 57\nsize 0\n" REST,
		HEAD "had 057\nsize 41\n" REST,
		HEAD "had -57\nsize 41\n" REST,
		HEAD "had 57\nsize 41\nroot 0011\nat 2025-11-26T07:00:00Z\n",
		HEAD "had 57\nsize 41\nroot " ROOT "\nat yesterday\n",
		TEXT "by anna\n",
		"sluice.checkin/v1\ndevice ex7-004211\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct checkin_continuation c = { .had = 99 };
		struct buf note = BUF_INIT;
		struct err err = { .kind = ERR_NONE };
		vendor_sign_text(bad[i], &note);
		if (read_note(&note, &c, &err)) {
			fail_msg("accepted: %s", bad[i]);
		}
		assert_int_equal(err.kind, ERR_INVALID);
		assert_true(c.had == 99);
		buf_clear(&note);
	}
}

static void another_key_or_text_is_no_statement(void **state)
{
	struct checkin_continuation c = { .had = 99 };
	struct note_verifier other;
	struct buf note = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	(void)state;
	vendor_sign_text(TEXT, &note);
	vendor_other_verifier(&other);
	assert_false(checkin_continuation_read(buf_str(&note), note.len, &other,
					       &c, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	*strstr((char *)note.data, "41") = '5';
	err_reset(&err);
	assert_false(read_note(&note, &c, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_true(c.had == 99);
	buf_clear(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_is_written_is_the_documented_text_and_is_read_again),
		cmocka_unit_test(what_no_reader_takes_is_not_written),
		cmocka_unit_test(what_is_unknown_or_out_of_place_is_refused),
		cmocka_unit_test(another_key_or_text_is_no_statement),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
