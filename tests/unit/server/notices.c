/*
 * Notices are numbered for each device, never change, and are given signed.
 */
#include "server/notices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "formats/notices.h"
#include "server/receipt.h"
#include "tests/unit/server/sealed_samples.h"

static void add(struct samples *s, enum notice_kind kind,
		const struct sealed *item, const char *who)
{
	struct err err = { 0 };
	if (!notices_add(s->server.db, kind, item->device, item->transaction,
			 SAMPLES_NOW, who, &err)) {
		fail_msg("%s", err.text);
	}
}

/* The text of the note, after its signature was checked. */
static void open_note(struct samples *s, const char *device, int64_t after,
		      struct buf *text)
{
	struct note_signer signer = { s->server.signer, &s->server.key };
	struct note_verifier verifier;
	struct note_opened opened;
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	assert_true(notices_write(s->server.db, device, after, &signer, &note,
				  &err));
	assert_true(note_verifier_of(s->server.signer, s->server.key.public_key,
				     &verifier, &err));
	assert_true(note_open(buf_str(&note), note.len, &verifier, 1, &opened,
			      &err));
	buf_reset(text);
	buf_put(text, opened.text, opened.text_len);
	buf_clear(&note);
}

static void a_device_is_told_in_order(void **state)
{
	struct samples *s = *state;
	struct sealed one, other;
	struct buf text = BUF_INIT;
	sealed_receive(s, SAMPLES_DEVICE, 1, 100, SAMPLES_NOW, &one);
	sealed_receive(s, SAMPLES_OTHER, 2, 100, SAMPLES_NOW, &other);
	open_note(s, SAMPLES_DEVICE, 0, &text);
	assert_string_equal("sluice.notices/v1\ndevice " SAMPLES_DEVICE
			    "\nafter 0\nlast 0\n",
			    buf_str(&text));
	add(s, NOTICE_OPENED, &one, "desk");
	add(s, NOTICE_OPENED, &other, "colour-desk");
	add(s, NOTICE_EXPIRED, &one, "");
	open_note(s, SAMPLES_DEVICE, 0, &text);
	assert_string_equal("sluice.notices/v1\ndevice " SAMPLES_DEVICE "\n"
			    "after 0\nlast 2\n"
			    "notice 1\nkind opened\n"
			    "transaction 0193594e-7a11-7c3e-9d54-000000000001\n"
			    "at 2026-11-23T14:00:00Z\nwho desk\n"
			    "notice 2\nkind expired\n"
			    "transaction 0193594e-7a11-7c3e-9d54-000000000001\n"
			    "at 2026-11-23T14:00:00Z\n",
			    buf_str(&text));
	open_note(s, SAMPLES_DEVICE, 1, &text);
	assert_null(strstr(buf_str(&text), "notice 1\n"));
	assert_non_null(strstr(buf_str(&text), "after 1\nlast 2\nnotice 2\n"));
	open_note(s, SAMPLES_DEVICE, 77, &text);
	assert_non_null(strstr(buf_str(&text), "after 77\nlast 77\n"));
	open_note(s, SAMPLES_OTHER, 0, &text);
	assert_non_null(strstr(buf_str(&text), "last 1\nnotice 1\n"));
	assert_null(strstr(buf_str(&text), "who desk\n"));
	buf_clear(&text);
}

static void a_note_holds_so_many_and_no_more(void **state)
{
	struct samples *s = *state;
	struct sealed one;
	struct buf text = BUF_INIT;
	sealed_receive(s, SAMPLES_DEVICE, 1, 100, SAMPLES_NOW, &one);
	for (int i = 0; i < NOTICES_MAX + 2; i++) {
		add(s, NOTICE_OPENED, &one, "desk");
	}
	open_note(s, SAMPLES_DEVICE, 0, &text);
	assert_non_null(strstr(buf_str(&text), "last 50\n"));
	open_note(s, SAMPLES_DEVICE, 50, &text);
	assert_non_null(strstr(buf_str(&text), "last 52\n"));
	buf_clear(&text);
}

static void names_are_lines(void **state)
{
	struct samples *s = *state;
	struct sealed one;
	struct err err = { 0 };
	char much[200];
	memset(much, 'a', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	const char *const bad[] = { "a\nnotice 9", "\x1b[2J", "\xff", much };
	sealed_receive(s, SAMPLES_DEVICE, 1, 100, SAMPLES_NOW, &one);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_reset(&err);
		assert_false(notices_add(s->server.db, NOTICE_OPENED,
					 one.device, one.transaction,
					 SAMPLES_NOW, bad[i], &err));
		assert_int_equal(ERR_INVALID, err.kind);
	}
}

static bool run(struct samples *s, const char *sql)
{
	struct stmt q;
	struct err err = { 0 };
	return db_query(s->server.db, &q, sql, &err) && db_run(&q, &err);
}

static void they_never_change(void **state)
{
	struct samples *s = *state;
	struct sealed one;
	sealed_receive(s, SAMPLES_DEVICE, 1, 100, SAMPLES_NOW, &one);
	add(s, NOTICE_OPENED, &one, "desk");
	assert_false(run(s, "UPDATE notices SET who = 'nobody'"));
	assert_false(run(s, "DELETE FROM notices"));
	assert_false(run(s, "INSERT INTO notices SELECT device, 3, kind, id, "
			    "at, who FROM notices"));
	assert_true(run(s, "INSERT INTO notices SELECT device, 2, kind, id, "
			   "at, who FROM notices"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_device_is_told_in_order),
		SAMPLES_TEST(a_note_holds_so_many_and_no_more),
		SAMPLES_TEST(names_are_lines),
		SAMPLES_TEST(they_never_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
