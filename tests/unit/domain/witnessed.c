/* Heads of the log that the server countersigned, and when one is sent. */
#include "domain/witnessed.h"

#include <stdio.h>
#include <string.h>

#include "domain/settings.h"
#include "tests/unit/domain/people.h"

static void append(struct db *db, enum ledger_kind kind)
{
	struct ledger_entry entry = { .at = NOW,
				      .kind = kind,
				      .actor = "test",
				      .result = "ok",
				      .text = "something" };
	assert_done(ledger_append(db, &entry, err));
}

static bool due(struct db *db, int64_t now)
{
	bool due = false;
	assert_done(witnessed_due(db, now, &due, err));
	return due;
}

static struct witnessed read_all(struct db *db)
{
	struct witnessed w;
	assert_done(witnessed_read(db, &w, err));
	return w;
}

/* A head of that size went, and the server took it. */
static void taken(struct db *db, uint64_t size, int64_t now)
{
	assert_done(witnessed_keep(db, size, "note\n", now, err));
	assert_done(witnessed_told(db, size, "", now, now, err));
}

static void the_first_head_is_due(void **state)
{
	struct temporary_db *t = *state;
	struct buf note = BUF_INIT;
	assert_true(due(t->db, NOW));
	assert_int_equal(read_all(t->db).size, 0);
	assert_int_equal(read_all(t->db).told, 0);
	assert_fails(ERR_NOT_FOUND, witnessed_note(t->db, &note, err));
}

static void check_ins_alone_wait_for_the_day(void **state)
{
	struct temporary_db *t = *state;
	append(t->db, LEDGER_GRANT);
	taken(t->db, 1, NOW);
	assert_false(due(t->db, NOW + 10));
	for (int i = 0; i < 20; i++) {
		append(t->db, LEDGER_CHECK_IN);
	}
	assert_false(due(t->db, NOW + WITNESSED_EVERY_S - 1));
	assert_true(due(t->db, NOW + WITNESSED_EVERY_S));
	/* Anything else does not. */
	append(t->db, LEDGER_SENT);
	assert_true(due(t->db, NOW + 10));
	taken(t->db, 22, NOW + 10);
	assert_false(due(t->db, NOW + 20));
}

static void a_clock_that_was_set_back_does_not_hold_it(void **state)
{
	struct temporary_db *t = *state;
	append(t->db, LEDGER_GRANT);
	taken(t->db, 1, NOW + 1000000);
	assert_true(due(t->db, NOW));
}

static void the_newest_head_is_kept_and_old_ones_go(void **state)
{
	struct temporary_db *t = *state;
	struct buf note = BUF_INIT;
	for (uint64_t size = 1; size <= WITNESSED_KEPT + 5; size++) {
		assert_done(witnessed_keep(t->db, size, "old\n", NOW, err));
	}
	assert_done(witnessed_keep(t->db, WITNESSED_KEPT + 5, "new\n", NOW + 9,
				   err));
	temporary_db_reopen(t);
	assert_int_equal(read_all(t->db).size, WITNESSED_KEPT + 5);
	assert_int_equal(read_all(t->db).at, NOW + 9);
	assert_done(witnessed_note(t->db, &note, err));
	assert_string_equal(buf_str(&note), "new\n");
	buf_clear(&note);
	assert_int_equal(temporary_db_number(t->db, "SELECT min(size) FROM "
						    "witnessed"),
			 6);
	assert_fails(ERR_INVALID, witnessed_keep(t->db, 0, "note\n", NOW, err));
	assert_fails(ERR_INVALID, witnessed_keep(t->db, 7, "", NOW, err));
}

static void a_conflict_is_one_entry_and_asked_once_a_day(void **state)
{
	struct temporary_db *t = *state;
	append(t->db, LEDGER_GRANT);
	assert_done(witnessed_told(t->db, 4711, "conflict", NOW, NOW, err));
	assert_last_entry(t->db, LEDGER_CHECK_IN, "4711 entries");
	assert_done(
		witnessed_told(t->db, 4711, "conflict", NOW + 5, NOW + 5, err));
	assert_int_equal(entries(t->db, LEDGER_CHECK_IN), 1);
	append(t->db, LEDGER_SENT);
	assert_false(due(t->db, NOW + 10));
	assert_true(due(t->db, NOW + 5 + WITNESSED_EVERY_S));
	struct witnessed w = read_all(t->db);
	assert_true(witnessed_conflict(&w));
	assert_int_equal(w.told, 4711);
	/* An answer to a request without a head says nothing about it. */
	assert_done(witnessed_told(t->db, 4712, NULL, NOW + 20, NOW + 20, err));
	assert_string_equal(read_all(t->db).problem, "conflict");
	assert_int_equal(read_all(t->db).told, 4712);
	assert_done(witnessed_told(t->db, 4712, "", NOW + 30, NOW + 30, err));
	w = read_all(t->db);
	assert_string_equal(w.problem, "");
	assert_false(witnessed_conflict(&w));
}

/* The answer to one was lost, or the database is an older copy. */
static void another_head_at_the_server_is_answered(void **state)
{
	struct temporary_db *t = *state;
	append(t->db, LEDGER_GRANT);
	taken(t->db, 1, NOW);
	assert_false(due(t->db, NOW + 5));
	assert_done(witnessed_told(t->db, 4711, NULL, NOW + 5, NOW + 5, err));
	assert_true(due(t->db, NOW + 6));
}

static void a_proof_from_another_size_is_made_again(void **state)
{
	struct temporary_db *t = *state;
	append(t->db, LEDGER_GRANT);
	taken(t->db, 1, NOW);
	assert_done(witnessed_told(t->db, 1, "proof", NOW + 5, NOW + 5, err));
	assert_true(due(t->db, NOW + 6));
	assert_int_equal(entries(t->db, LEDGER_CHECK_IN), 0);
}

static void damaged_settings_count_as_never_set(void **state)
{
	struct temporary_db *t = *state;
	taken(t->db, 1, NOW);
	assert_done(settings_set(t->db, "witness_size", "-3", err));
	assert_done(settings_set(t->db, "witness_at", "soon", err));
	assert_int_equal(read_all(t->db).told, 0);
	assert_int_equal(read_all(t->db).sent_at, 0);
	assert_true(due(t->db, NOW + 5));
}

/* What the server said is kept whole, with its entry, or not at all. */
static void what_cannot_be_kept_is_told(void **state)
{
	static const char *const writes[] = {
		"INSERT ON settings WHEN NEW.name = 'witness_size'",
		"INSERT ON settings WHEN NEW.name = 'witness_at'",
		"INSERT ON settings WHEN NEW.name = 'witness_problem'",
		"INSERT ON ledger",
	};
	struct temporary_db *t = *state;
	append(t->db, LEDGER_GRANT);
	taken(t->db, 1, NOW);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		temporary_db_refuse(t->db, writes[i]);
		assert_fails(ERR_INVALID,
			     witnessed_told(t->db, 4711, "conflict", NOW + 5,
					    NOW + 5, err));
		assert_int_equal(read_all(t->db).told, 1);
		assert_int_equal(read_all(t->db).sent_at, NOW);
		assert_string_equal(read_all(t->db).problem, "");
	}
	temporary_db_refuse(t->db, "INSERT ON witnessed");
	assert_fails(ERR_INVALID, witnessed_keep(t->db, 2, "note\n", NOW, err));
	temporary_db_refuse(t->db, NULL);
	for (uint64_t size = 2; size <= WITNESSED_KEPT; size++) {
		assert_done(witnessed_keep(t->db, size, "note\n", NOW, err));
	}
	temporary_db_refuse(t->db, "DELETE ON witnessed");
	assert_fails(ERR_INVALID, witnessed_keep(t->db, WITNESSED_KEPT + 1,
						 "note\n", NOW, err));
	assert_int_equal(read_all(t->db).size, WITNESSED_KEPT);
	assert_fails(ERR_INVALID, witnessed_keep(t->db, UINT64_C(1) << 63,
						 "note\n", NOW, err));
}

static void what_cannot_be_read_is_told(void **state)
{
	static const char *const tables[] = { "ledger", "settings",
					      "witnessed" };
	struct temporary_db *t = *state;
	struct witnessed w = { .size = 77 };
	struct buf note = BUF_INIT;
	bool is_due = false;
	temporary_db_drop_triggers(t->db);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		char sql[64];
		snprintf(sql, sizeof(sql), "DROP TABLE %s", tables[i]);
		temporary_db_run(t->db, sql);
		assert_fails(ERR_BUG, witnessed_due(t->db, NOW, &is_due, err));
		if (i > 0) {
			assert_fails(ERR_BUG, witnessed_read(t->db, &w, err));
			assert_fails(ERR_BUG, witnessed_told(t->db, 1, "", NOW,
							     NOW, err));
		}
	}
	assert_fails(ERR_BUG, witnessed_note(t->db, &note, err));
	assert_fails(ERR_BUG, witnessed_keep(t->db, 2, "note\n", NOW, err));
	assert_false(is_due);
	assert_int_equal(w.size, 77);
	assert_int_equal(note.len, 0);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(the_first_head_is_due),
		T(check_ins_alone_wait_for_the_day),
		T(a_clock_that_was_set_back_does_not_hold_it),
		T(the_newest_head_is_kept_and_old_ones_go),
		T(a_conflict_is_one_entry_and_asked_once_a_day),
		T(another_head_at_the_server_is_answered),
		T(a_proof_from_another_size_is_made_again),
		T(damaged_settings_count_as_never_set),
		T(what_cannot_be_kept_is_told),
		T(what_cannot_be_read_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
