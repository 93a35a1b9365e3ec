/*
 * The table of states (src/domain/outbox_ways.c): every way that is not in it
 * is refused, by the program and by the database alone.
 */
#include "domain/outbox_parts.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/domain/people.h"

#define FIRST OUTBOX_SAMPLE
#define LAST OUTBOX_CANCELLED

/* Rows from, columns to: sample staged queued sending sent failed cancelled */
static const char *const expected[] = {
	[OUTBOX_SAMPLE] = "......x",    [OUTBOX_STAGED] = "..x...x",
	[OUTBOX_QUEUED] = "...x.xx",    [OUTBOX_SENDING] = "..x.xx.",
	[OUTBOX_SENT] = ".......",      [OUTBOX_FAILED] = ".......",
	[OUTBOX_CANCELLED] = ".......",
};

static bool is_legal(int from, int to)
{
	return expected[from][to - FIRST] == 'x';
}

static int with_grants(void **state)
{
	temporary_db_device(state);
	struct temporary_db *t = *state;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	return 0;
}

/* A new item, brought to this state by legal ways. */
static void bring_to(struct db *db, enum outbox_state state,
		     struct outbox_item *item)
{
	if (state == OUTBOX_SAMPLE) {
		stage_item(db, METERING, true, NULL, NOW, item);
		return;
	}
	stage_item(db, METERING, false, NULL, NOW, item);
	if (state == OUTBOX_CANCELLED) {
		assert_done(outbox_cancel(db, "otto", item->transaction, "no",
					  NOW, err));
	}
	if (state >= OUTBOX_QUEUED && state <= OUTBOX_FAILED) {
		assert_done(outbox_approve(db, "otto", item->transaction,
					   item->sha256, NOW, err));
	}
	if (state >= OUTBOX_SENDING && state <= OUTBOX_FAILED) {
		assert_done(
			outbox_begin(db, item->transaction, "peer", NOW, err));
	}
	if (state == OUTBOX_SENT) {
		assert_done(outbox_sent(db, item->transaction, "note", NOW, NOW,
					err));
	}
	if (state == OUTBOX_FAILED) {
		assert_done(outbox_fail(db, item->transaction, "refused", NOW,
					err));
	}
	assert_done(outbox_get(db, item->transaction, item, err));
	assert_int_equal(state, item->state);
}

static void the_program_knows_the_table(void **state)
{
	(void)state;
	for (int from = FIRST; from <= LAST; from++) {
		for (int to = FIRST; to <= LAST; to++) {
			assert_int_equal(is_legal(from, to),
					 outbox_legal((enum outbox_state)from,
						      (enum outbox_state)to));
		}
		assert_false(
			outbox_legal((enum outbox_state)from, OUTBOX_UNSET));
		assert_false(
			outbox_legal(OUTBOX_UNSET, (enum outbox_state)from));
	}
	assert_false(outbox_legal((enum outbox_state)99, OUTBOX_SENT));
	assert_false(outbox_legal(OUTBOX_SENDING, (enum outbox_state)31));
}

static void the_database_knows_the_same_table(void **state)
{
	struct temporary_db *t = *state;
	for (int from = FIRST; from <= LAST; from++) {
		struct outbox_item item;
		bring_to(t->db, (enum outbox_state)from, &item);
		for (int to = FIRST; to <= LAST; to++) {
			struct stmt q;
			if (from == to) {
				continue;
			}
			assert_done(db_begin(t->db, err));
			assert_done(db_query(
				t->db, &q,
				"UPDATE transmissions "
				"SET state = ?, approved_at = max(1, "
				"approved_at), approved_sha256 = sha256 "
				"WHERE id = ?",
				err));
			db_bind_text(&q, 1,
				     outbox_state_name((enum outbox_state)to));
			db_bind_text(&q, 2, item.transaction);
			if (db_run(&q, NULL) != is_legal(from, to)) {
				fail_msg("%s to %s",
					 outbox_state_name(
						 (enum outbox_state)from),
					 outbox_state_name(
						 (enum outbox_state)to));
			}
			db_rollback(t->db);
		}
	}
}

enum { APPROVE, CANCEL, BEGIN, PROGRESS, SENT, RETRY, FAIL, CALLS };

static bool call(struct db *db, int which, const struct outbox_item *item,
		 struct err *err)
{
	const char *id = item->transaction;
	switch (which) {
	case APPROVE:
		return outbox_approve(db, "otto", id, item->sha256, NOW, err);
	case CANCEL:
		return outbox_cancel(db, "otto", id, "no", NOW, err);
	case BEGIN:
		return outbox_begin(db, id, "peer", NOW, err);
	case PROGRESS:
		return outbox_progress(db, id, STAGE_UPLOADING, err);
	case SENT:
		return outbox_sent(db, id, "note", NOW, NOW, err);
	case RETRY:
		return outbox_retry(db, id, "late", NOW, NOW, err);
	default:
		return outbox_fail(db, id, "refused", NOW, err);
	}
}

/*
 * Where each call leads from each state; OUTBOX_UNSET = it is DENIED
 * and nothing changes.
 */
static const enum outbox_state leads[][CALLS] = {
	[OUTBOX_SAMPLE] = { [CANCEL] = OUTBOX_CANCELLED },
	[OUTBOX_STAGED] = { [APPROVE] = OUTBOX_QUEUED,
			    [CANCEL] = OUTBOX_CANCELLED },
	[OUTBOX_QUEUED] = { [APPROVE] = OUTBOX_QUEUED,
			    [CANCEL] = OUTBOX_CANCELLED,
			    [BEGIN] = OUTBOX_SENDING,
			    [RETRY] = OUTBOX_QUEUED,
			    [FAIL] = OUTBOX_FAILED },
	[OUTBOX_SENDING] = { [APPROVE] = OUTBOX_SENDING,
			     [PROGRESS] = OUTBOX_SENDING,
			     [SENT] = OUTBOX_SENT,
			     [RETRY] = OUTBOX_QUEUED,
			     [FAIL] = OUTBOX_FAILED },
	[OUTBOX_SENT] = { [APPROVE] = OUTBOX_SENT },
	[OUTBOX_FAILED] = { OUTBOX_UNSET },
	[OUTBOX_CANCELLED] = { OUTBOX_UNSET },
};

static void every_call_keeps_to_the_table(void **state)
{
	struct temporary_db *t = *state;
	for (int from = FIRST; from <= LAST; from++) {
		for (int which = 0; which < CALLS; which++) {
			struct outbox_item item;
			struct err why = { .kind = ERR_NONE };
			bring_to(t->db, (enum outbox_state)from, &item);
			int64_t before = entries(t->db, LEDGER_UNSET);
			bool ok = call(t->db, which, &item, &why);
			int to = (int)leads[from][which];
			if (ok != (to != OUTBOX_UNSET)) {
				fail_msg("call %d from %d: %s", which, from,
					 why.text);
			}
			assert_int_equal(ok ? to : from,
					 state_of(t->db, item.transaction));
			if (!ok) {
				assert_int_equal(ERR_DENIED, why.kind);
				assert_int_equal(before,
						 entries(t->db, LEDGER_UNSET));
			}
		}
	}
	assert_ledger_whole(t->db);
}

/* Change of state and entry are one: without the entry there is no change. */
static void without_an_entry_there_is_no_change(void **state)
{
	struct temporary_db *t = *state;
	for (int from = FIRST; from <= LAST; from++) {
		for (int which = 0; which < CALLS; which++) {
			struct outbox_item item;
			int to = (int)leads[from][which];
			if (to == OUTBOX_UNSET || to == from) {
				continue;
			}
			bring_to(t->db, (enum outbox_state)from, &item);
			temporary_db_run(
				t->db,
				"CREATE TRIGGER full BEFORE "
				"INSERT ON ledger BEGIN SELECT RAISE(ABORT, "
				"'no'); END");
			assert_fails(ERR_INVALID,
				     call(t->db, which, &item, err));
			assert_int_equal(from,
					 state_of(t->db, item.transaction));
			temporary_db_run(t->db, "DROP TRIGGER full");
		}
	}
}

static void what_a_transmission_holds_is_fixed(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	static const char *const refused[] = {
		"UPDATE transmissions SET sha256 = printf('%064d', 1)",
		"UPDATE transmissions SET services = 6",
		"UPDATE transmissions SET grants = 'x'",
		"UPDATE transmissions SET bytes = 1",
		"UPDATE transmissions SET created_by = 'eve'",
		"UPDATE transmissions SET state = 'queued'",
		"DELETE FROM transmissions",
		"INSERT OR REPLACE INTO transmissions SELECT * FROM "
		"transmissions",
		"INSERT INTO transmissions (id, state, stage, services, "
		"grants, sha256, bytes, created_at, created_by) VALUES ("
		"printf('%036d', 1), 'queued', 1, 2, 'g', "
		"printf('%064d', 1), 1, 1, 'eve')",
	};
	stage_item(t->db, METERING, false, NULL, NOW, &item);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct err why = { .kind = ERR_NONE };
		if (!temporary_db_refuses(t->db, refused[i], &why)) {
			fail_msg("not refused: %s", refused[i]);
		}
	}
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, with_grants, temporary_db_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_program_knows_the_table),
		T(the_database_knows_the_same_table),
		T(every_call_keeps_to_the_table),
		T(without_an_entry_there_is_no_change),
		T(what_a_transmission_holds_is_fixed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
