/*
 * How long instructions stay (src/domain/instructions_kept.c): a table that is
 * bounded, and no number that comes twice, whatever was deleted.
 */
#include <string.h>

#include "tests/unit/domain/instructions_fixture.h"

/* Takes one, and says that it is done and told. */
static void take_one(struct db *db, uint64_t number, bool end, bool tell)
{
	const struct instruction is =
		instruction_of(number, INSTRUCTION_MESSAGE);
	assert_int_equal(take_instruction(db, &is, NOW), INSTRUCTION_APPROVED);
	if (end) {
		assert_done(instructions_finish(
			db, number, INSTRUCTION_REFUSAL_NONE, "ok", NOW, err));
	}
	if (tell) {
		assert_done(instructions_reported(db, number, INSTRUCTION_DONE,
						  err));
	}
}

static void take_up_to(struct db *db, uint64_t first, uint64_t last)
{
	for (uint64_t n = first; n <= last; n++) {
		take_one(db, n, true, true);
	}
}

static int64_t rows(struct db *db)
{
	return temporary_db_number(db, "SELECT count(*) FROM instructions");
}

/* Nothing of that number gets in, by whichever way. */
static void assert_taken(struct db *db, uint64_t number)
{
	enum instruction_state now = INSTRUCTION_DONE;
	const struct instruction is = instruction_of(number, INSTRUCTION_RENEW);
	int64_t before = rows(db);
	int64_t logged = entries(db, LEDGER_INSTRUCTION);
	assert_fails(ERR_DENIED,
		     instructions_take(db, &is, "note", NOW, &now, err));
	assert_fails(ERR_DENIED,
		     instructions_take_refused(db, number, NULL, NULL,
					       INSTRUCTION_REFUSAL_FORM, "x",
					       NOW, err));
	assert_int_equal(rows(db), before);
	assert_int_equal(entries(db, LEDGER_INSTRUCTION), logged);
}

static uint64_t last_of(struct db *db)
{
	uint64_t last = 0;
	assert_done(instructions_last(db, &last, err));
	return last;
}

static void the_newest_stay_and_no_number_comes_again(void **state)
{
	struct temporary_db *t = *state;
	struct instruction_row row;
	take_up_to(t->db, 1, INSTRUCTIONS_KEPT);
	assert_int_equal(rows(t->db), INSTRUCTIONS_KEPT);
	take_up_to(t->db, INSTRUCTIONS_KEPT + 1, INSTRUCTIONS_KEPT + 40);
	assert_int_equal(rows(t->db), INSTRUCTIONS_KEPT);
	assert_fails(ERR_NOT_FOUND, instructions_get(t->db, 40, &row, err));
	assert_done(instructions_get(t->db, 41, &row, err));
	for (uint64_t n = 1; n <= INSTRUCTIONS_KEPT + 40; n += 13) {
		assert_taken(t->db, n);
	}
	assert_taken(t->db, 40);
	assert_taken(t->db, 41);
	assert_int_equal(last_of(t->db), INSTRUCTIONS_KEPT + 40);
	/* Each of them still stands in the log. */
	assert_int_equal(entries(t->db, LEDGER_INSTRUCTION),
			 2 * (INSTRUCTIONS_KEPT + 40));
	assert_ledger_whole(t->db);
}

/* What somebody waits for is never among them. */
static void what_is_open_or_not_told_stays(void **state)
{
	struct temporary_db *t = *state;
	struct instruction_row row;
	const struct instruction asked = instruction_of(2, INSTRUCTION_SEND);
	take_one(t->db, 1, false, false);
	assert_int_equal(take_instruction(t->db, &asked, NOW),
			 INSTRUCTION_ASKED);
	/* The server knows that it waits; that is no end. */
	assert_done(instructions_reported(t->db, 2, INSTRUCTION_ASKED, err));
	take_one(t->db, 3, true, false);
	take_up_to(t->db, 4, INSTRUCTIONS_KEPT + 20);
	for (uint64_t n = 1; n <= 3; n++) {
		assert_done(instructions_get(t->db, n, &row, err));
	}
	assert_fails(ERR_NOT_FOUND, instructions_get(t->db, 4, &row, err));
	assert_int_equal(rows(t->db), INSTRUCTIONS_KEPT + 3);
	/* Older than one that was deleted, they go their way. */
	assert_done(instructions_next(t->db, &row, err));
	assert_int_equal(row.is.number, 1);
	assert_done(instructions_finish(t->db, 1, INSTRUCTION_REFUSAL_NONE,
					"ok", NOW, err));
	assert_done(instructions_decide(t->db, "carla", 2, false, NOW, err));
	for (uint64_t n = 1; n <= 3; n++) {
		row = instruction_now(t->db, n);
		assert_done(instructions_reported(t->db, n, row.state, err));
	}
	take_one(t->db, INSTRUCTIONS_KEPT + 21, true, true);
	assert_int_equal(rows(t->db), INSTRUCTIONS_KEPT);
	for (uint64_t n = 1; n <= 3; n++) {
		assert_taken(t->db, n);
	}
}

/* However the rows went: also by another tool, and all of them. */
static void an_empty_table_takes_nothing_again(void **state)
{
	struct temporary_db *t = *state;
	struct err why = { .kind = ERR_NONE };
	take_up_to(t->db, 1, 5);
	temporary_db_run(t->db, "DELETE FROM instructions");
	assert_int_equal(rows(t->db), 0);
	assert_int_equal(last_of(t->db), 5);
	for (uint64_t n = 1; n <= 5; n++) {
		assert_taken(t->db, n);
	}
	assert_true(temporary_db_refuses(
		t->db,
		"INSERT INTO instructions (number, kind, note, taken_at, "
		"state) VALUES (5, 'send', '', 1, 'asked')",
		&why));
	err_reset(&why);
	take_one(t->db, 6, false, false);
	assert_true(
		temporary_db_refuses(t->db, "DELETE FROM instructions", &why));
	assert_int_equal(last_of(t->db), 6);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(the_newest_stay_and_no_number_comes_again),
		T(what_is_open_or_not_told_stays),
		T(an_empty_table_takes_nothing_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
