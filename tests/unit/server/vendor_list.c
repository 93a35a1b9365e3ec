/*
 * The list of recipients at the server: only the vendor's, only newer ones.
 */
#include "server/vendor_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "tests/support/vendor.h"
#include "tests/unit/server/samples.h"

#define DAY_S (24 * 60 * 60)

static void trust(const struct samples *s,
		  void (*which)(struct note_verifier *verifier))
{
	struct note_verifier vendor;
	struct buf text = BUF_INIT;
	which(&vendor);
	note_verifier_put(&text, &vendor);
	assert_true(files_write(s->config.vendor_verifier, text.data, text.len,
				0644, NULL));
	buf_clear(&text);
}

static bool publish(struct samples *s, const struct buf *note,
		    struct recipients *list, struct err *err)
{
	return vendor_list_publish(&s->server, "root", buf_str(note), note->len,
				   SAMPLES_NOW, list, err);
}

static void assert_refused(struct samples *s, const struct buf *note,
			   enum err_kind kind, const char *words)
{
	struct err err = { 0 };
	size_t before = samples_entries(s, 0);
	assert_false(publish(s, note, NULL, &err));
	assert_int_equal(kind, err.kind);
	assert_non_null(strstr(err.text, words));
	assert_int_equal(before, samples_entries(s, 0));
}

static void assert_held(const struct samples *s, const struct buf *note)
{
	struct buf held = BUF_INIT;
	char *path = server_config_state_path(&s->config, SERVER_RECIPIENTS);
	assert_true(files_read(path, NOTE_MAX_BYTES, &held, NULL));
	assert_string_equal(buf_str(note), buf_str(&held));
	mem_free(path);
	buf_clear(&held);
}

static void make_note(uint64_t number, int64_t made, struct buf *note)
{
	struct recipients list;
	vendor_list(&list, number, made);
	buf_reset(note);
	vendor_sign(&list, note);
}

static void a_list_is_published_once(void **state)
{
	struct samples *s = *state;
	struct recipients list;
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	trust(s, vendor_verifier);
	make_note(7, SAMPLES_NOW, &note);
	assert_true(publish(s, &note, &list, &err));
	assert_int_equal(7, list.number);
	assert_held(s, &note);
	assert_int_equal(1, samples_entries(s, LEDGER_CONFIGURATION));
	assert_true(publish(s, &note, NULL, &err));
	assert_int_equal(1, samples_entries(s, LEDGER_CONFIGURATION));
	make_note(8, SAMPLES_NOW, &note);
	assert_true(publish(s, &note, NULL, &err));
	assert_held(s, &note);
	buf_clear(&note);
}

static void what_is_wrong_changes_nothing(void **state)
{
	struct samples *s = *state;
	struct recipients list;
	struct buf note = BUF_INIT, good = BUF_INIT;
	struct err err = { 0 };
	make_note(7, SAMPLES_NOW, &good);
	assert_refused(s, &good, ERR_NOT_FOUND, s->config.vendor_verifier);
	trust(s, vendor_verifier);
	assert_true(publish(s, &good, NULL, &err));
	make_note(6, SAMPLES_NOW, &note);
	assert_refused(s, &note, ERR_DENIED, "number 6");
	make_note(8, SAMPLES_NOW - 30 * DAY_S, &note);
	assert_refused(s, &note, ERR_DENIED, "expired at");
	make_note(8, SAMPLES_NOW + DAY_S, &note);
	assert_refused(s, &note, ERR_DENIED, "still to come");
	vendor_list(&list, 8, SAMPLES_NOW);
	buf_reset(&note);
	vendor_other_sign(&list, &note);
	assert_refused(s, &note, ERR_DENIED, "list of recipients");
	list.of[0].is_desk = false;
	list.number = 7;
	buf_reset(&note);
	vendor_sign(&list, &note);
	assert_refused(s, &note, ERR_DENIED, "Another list");
	assert_held(s, &good);
	buf_clear(&note);
	buf_clear(&good);
}

static void a_new_key_of_the_vendor_starts_anew(void **state)
{
	struct samples *s = *state;
	struct recipients list;
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	trust(s, vendor_verifier);
	make_note(900, SAMPLES_NOW, &note);
	assert_true(publish(s, &note, NULL, &err));
	trust(s, vendor_other_verifier);
	vendor_list(&list, 8, SAMPLES_NOW);
	buf_reset(&note);
	vendor_other_sign(&list, &note);
	assert_true(publish(s, &note, NULL, &err));
	assert_held(s, &note);
	buf_clear(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_list_is_published_once),
		SAMPLES_TEST(what_is_wrong_changes_nothing),
		SAMPLES_TEST(a_new_key_of_the_vendor_starts_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
