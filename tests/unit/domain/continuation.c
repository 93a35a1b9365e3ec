/*
 * The owner's word on a log conflict (src/domain/continuation.c): only when
 * there is one, an entry each, for ever, and over only by the server's word.
 */
#include "domain/continuation.h"

#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "domain/witnessed.h"
#include "tests/unit/domain/people.h"

static void append(struct db *db, int count)
{
	for (int i = 0; i < count; i++) {
		struct ledger_entry entry = { .at = NOW,
					      .kind = LEDGER_SENT,
					      .actor = "test",
					      .result = "ok",
					      .text = "something" };
		assert_done(ledger_append(db, &entry, err));
	}
}

static struct continuation last(struct db *db)
{
	struct continuation c;
	assert_done(continuation_last(db, &c, err));
	return c;
}

static struct witnessed witness(struct db *db)
{
	struct witnessed w;
	assert_done(witnessed_read(db, &w, err));
	return w;
}

/* Five entries here; the server keeps a head of 57. */
static void conflict(struct db *db)
{
	append(db, 5);
	assert_done(witnessed_keep(db, 3, "the head of 3\n", NOW, err));
	assert_done(witnessed_told(db, 57, "conflict", NOW, NOW, err));
}

static void acknowledge(struct db *db)
{
	assert_done(continuation_acknowledge(db, "frontdesk", NOW + 10, err));
}

static void without_a_conflict_there_is_nothing_to_say(void **state)
{
	struct temporary_db *t = *state;
	assert_fails(ERR_NOT_FOUND,
		     continuation_acknowledge(t->db, "anna", NOW, err));
	append(t->db, 5);
	assert_done(witnessed_told(t->db, 57, "proof", NOW, NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     continuation_acknowledge(t->db, "anna", NOW, err));
	assert_fails(ERR_NOT_FOUND, continuation_may(t->db, err));
	assert_int_equal(last(t->db).size, 0);
	assert_int_equal(entries(t->db, LEDGER_CONTINUED), 0);
}

static void the_entry_is_the_last_one_of_the_log_that_goes_on(void **state)
{
	struct temporary_db *t = *state;
	struct checkin_continuation s = { .had = 0 };
	struct ledger_head head;
	char root[65];
	conflict(t->db);
	assert_done(continuation_may(t->db, err));
	acknowledge(t->db);
	assert_last_entry(t->db, LEDGER_CONTINUED,
			  "continues after a loss, acknowledged by frontdesk");
	assert_last_entry(t->db, LEDGER_CONTINUED, "the server has 57");
	assert_done(ledger_head(t->db, &head, err));
	assert_true(last(t->db).size == head.size);
	assert_true(last(t->db).had == 57);
	assert_int_equal(last(t->db).at, NOW + 10);
	assert_string_equal(last(t->db).by, "frontdesk");
	assert_int_equal(last(t->db).accepted_at, 0);
	assert_done(continuation_statement(t->db, &s, err));
	hex_encode(root, head.root, sizeof(head.root));
	assert_string_equal(s.root, root);
	assert_true(s.size == head.size && s.had == 57);
	assert_int_equal(s.at, NOW + 10);
	/* What was countersigned before stays beside it. */
	assert_int_equal(temporary_db_number(t->db,
					     "SELECT count(*) FROM "
					     "log_continuations WHERE head = "
					     "'the head of 3\n'"),
			 1);
	assert_ledger_whole(t->db);
}

static void it_clears_nothing_by_itself_and_is_said_once(void **state)
{
	char at[CLOCK_TEXT_SIZE];
	struct temporary_db *t = *state;
	conflict(t->db);
	acknowledge(t->db);
	assert_string_equal(witness(t->db).problem, "conflict");
	struct err again = { .kind = ERR_NONE };
	assert_false(continuation_acknowledge(t->db, "anna", NOW, &again));
	assert_string_equal(err_kind_name(again.kind),
			    err_kind_name(ERR_DENIED));
	clock_format(at, NOW + 10);
	assert_non_null(strstr(again.text, at));
	assert_non_null(strstr(again.text, "frontdesk"));
	assert_int_equal(entries(t->db, LEDGER_CONTINUED), 1);
	/* The server keeps its head: it is the same conflict. */
	assert_done(witnessed_told(t->db, 57, NULL, NOW, NOW, err));
	assert_string_equal(witness(t->db).problem, "conflict");
	assert_int_equal(last(t->db).accepted_at, 0);
	struct continuation c = { .size = 6, .had = 57 };
	assert_true(continuation_waits(&c, 57));
	assert_false(continuation_waits(&c, 58));
	c.accepted_at = NOW; /* the next one needs a word of its own */
	assert_false(continuation_waits(&c, 57));
	c = (struct continuation){ .had = 57 };
	assert_false(continuation_waits(&c, 57));
}

static void the_server_accepts_it_by_keeping_what_was_said(void **state)
{
	struct temporary_db *t = *state;
	struct continuation c;
	struct buf text = BUF_INIT, want = BUF_INIT;
	char on[CLOCK_WORDS_SIZE], accepted[CLOCK_WORDS_SIZE];
	conflict(t->db);
	acknowledge(t->db);
	c = last(t->db);
	continuation_put(&text, &c);
	assert_non_null(strstr(buf_str(&text), "by frontdesk"));
	assert_non_null(strstr(buf_str(&text), "has to accept it"));
	append(t->db, 2);
	assert_done(
		witnessed_told(t->db, c.size, NULL, NOW + 500, NOW + 501, err));
	assert_string_equal(witness(t->db).problem, "");
	assert_true(witness(t->db).told == c.size);
	assert_int_equal(last(t->db).accepted_at, NOW + 500);
	assert_last_entry(t->db, LEDGER_CONTINUED, "the server accepted");
	/* Once. */
	assert_done(
		witnessed_told(t->db, c.size, "", NOW + 600, NOW + 601, err));
	assert_int_equal(last(t->db).accepted_at, NOW + 500);
	assert_int_equal(entries(t->db, LEDGER_CONTINUED), 2);
	/* It is told for ever. */
	c = last(t->db);
	buf_reset(&text);
	continuation_put(&text, &c);
	buf_reset(&want);
	clock_minute(on, NOW + 10);
	clock_minute(accepted, NOW + 500);
	buf_printf(&want,
		   "Log conflict acknowledged on %s by frontdesk: this log "
		   "continues with %d entries, the server had 57. The server "
		   "accepted it on %s.",
		   on, (int)c.size, accepted);
	assert_string_equal(buf_str(&text), buf_str(&want));
	buf_clear(&want);
	assert_ledger_whole(t->db);
	buf_clear(&text);
}

/* Restored once more before anybody accepted: a word of its own. */
static void another_conflict_needs_another_word(void **state)
{
	struct temporary_db *t = *state;
	conflict(t->db);
	acknowledge(t->db);
	assert_done(witnessed_told(t->db, 80, "conflict", NOW, NOW, err));
	acknowledge(t->db);
	assert_true(last(t->db).had == 80);
	assert_int_equal(
		temporary_db_number(t->db,
				    "SELECT count(*) FROM log_continuations"),
		2);
	/* One of before is accepted by nobody any more. */
	assert_done(witnessed_told(t->db, 6, NULL, NOW, NOW, err));
	assert_int_equal(last(t->db).accepted_at, 0);
}

static void its_note_is_kept_once(void **state)
{
	struct temporary_db *t = *state;
	struct buf note = BUF_INIT;
	struct checkin_continuation s;
	assert_fails(ERR_NOT_FOUND, continuation_statement(t->db, &s, err));
	assert_fails(ERR_NOT_FOUND, continuation_note(t->db, &note, err));
	conflict(t->db);
	acknowledge(t->db);
	assert_fails(ERR_NOT_FOUND, continuation_note(t->db, &note, err));
	uint64_t size = last(t->db).size;
	assert_done(continuation_keep_note(t->db, size, "one\n", err));
	assert_done(continuation_keep_note(t->db, size, "two\n", err));
	assert_done(continuation_note(t->db, &note, err));
	assert_string_equal(buf_str(&note), "one\n");
	assert_true(last(t->db).is_signed);
	buf_clear(&note);
}

static void nobody_takes_it_back(void **state)
{
	struct temporary_db *t = *state;
	static const char *const tries[] = {
		"DELETE FROM log_continuations",
		"UPDATE log_continuations SET by = 'nobody'",
		"UPDATE log_continuations SET had = 6",
		"UPDATE log_continuations SET head = ''",
		"UPDATE log_continuations SET note = ''",
		"UPDATE log_continuations SET accepted_at = 0",
	};
	conflict(t->db);
	acknowledge(t->db);
	assert_done(
		continuation_keep_note(t->db, last(t->db).size, "one\n", err));
	assert_done(
		witnessed_told(t->db, last(t->db).size, NULL, NOW, NOW, err));
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct err err = { 0 };
		if (!temporary_db_refuses(t->db, tries[i], &err)) {
			fail_msg("%s", tries[i]);
		}
	}
}

/* A head that cannot be read is evidence that would be lost. */
static void unreadable_evidence_stops_it(void **state)
{
	struct temporary_db *t = *state;
	conflict(t->db);
	temporary_db_run(t->db, "ALTER TABLE witnessed RENAME COLUMN note TO "
				"was_note");
	assert_fails(ERR_BUG,
		     continuation_acknowledge(t->db, "anna", NOW, err));
	assert_int_equal(entries(t->db, LEDGER_CONTINUED), 0);
}

/* With no head of before there is none to keep. */
static void a_log_without_any_head_is_acknowledged_too(void **state)
{
	struct temporary_db *t = *state;
	append(t->db, 5);
	assert_done(witnessed_told(t->db, 57, "conflict", NOW, NOW, err));
	acknowledge(t->db);
	assert_true(last(t->db).had == 57);
}

static void a_full_disk_says_nothing(void **state)
{
	struct temporary_db *t = *state;
	conflict(t->db);
	temporary_db_refuse(t->db, "INSERT ON log_continuations");
	assert_fails(ERR_INVALID,
		     continuation_acknowledge(t->db, "anna", NOW, err));
	assert_int_equal(entries(t->db, LEDGER_CONTINUED), 0);
	assert_int_equal(witness(t->db).size, 3);
	assert_ledger_whole(t->db);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(without_a_conflict_there_is_nothing_to_say),
		T(the_entry_is_the_last_one_of_the_log_that_goes_on),
		T(it_clears_nothing_by_itself_and_is_said_once),
		T(the_server_accepts_it_by_keeping_what_was_said),
		T(another_conflict_needs_another_word),
		T(its_note_is_kept_once),
		T(nobody_takes_it_back),
		T(unreadable_evidence_stops_it),
		T(a_log_without_any_head_is_acknowledged_too),
		T(a_full_disk_says_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
