/*
 * The way of an instruction (src/domain/instructions.c): each step once, each
 * an entry, and no way back to what was ended.
 */
#include "domain/instructions.h"

#include <string.h>

#include "base/text.h"
#include "tests/unit/domain/instructions_fixture.h"

static void take(struct db *db, uint64_t number, enum instruction_kind kind,
		 enum instruction_state expected)
{
	const struct instruction is = instruction_of(number, kind);
	assert_int_equal(take_instruction(db, &is, NOW), expected);
	assert_int_equal(instruction_now(db, number).state, expected);
}

static void what_is_asked_waits_for_a_person(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	assert_last_entry(t->db, LEDGER_INSTRUCTION, "instruction 1: Sends");
	assert_last_entry(t->db, LEDGER_INSTRUCTION, "Asked by desk: A fault");
	assert_last_entry(t->db, LEDGER_INSTRUCTION, "Waits for a person.");
	struct instruction_row row = instruction_now(t->db, 1);
	assert_string_equal(row.decided_by, "");
	assert_string_equal(row.is.services, "metering supplies");
	assert_false(row.reported);
	assert_fails(ERR_NOT_FOUND, instructions_next(t->db, &row, err));
	assert_done(instructions_decide(t->db, "carla", 1, true, NOW + 5, err));
	assert_last_entry(t->db, LEDGER_INSTRUCTION, "allowed, this time");
	assert_done(instructions_next(t->db, &row, err));
	assert_int_equal(row.state, INSTRUCTION_APPROVED);
	assert_string_equal(row.decided_by, "carla");
	assert_int_equal(row.decided_at, NOW + 5);
	assert_done(instructions_finish(t->db, 1, INSTRUCTION_REFUSAL_NONE,
					"Sent as 0193.", NOW + 6, err));
	assert_last_entry(t->db, LEDGER_INSTRUCTION, "Sent as 0193.");
	row = instruction_now(t->db, 1);
	assert_int_equal(row.state, INSTRUCTION_DONE);
	assert_int_equal(row.ended_at, NOW + 6);
	assert_string_equal(row.decided_by, "carla");
	assert_string_equal(row.outcome, "Sent as 0193.");
	assert_fails(ERR_NOT_FOUND, instructions_next(t->db, &row, err));
	assert_int_equal(entries(t->db, LEDGER_INSTRUCTION), 3);
	assert_ledger_whole(t->db);
}

static void a_no_is_told_without_a_name(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_LEDGER, INSTRUCTION_ASKED);
	assert_done(
		instructions_decide(t->db, "carla", 1, false, NOW + 5, err));
	struct instruction_row row = instruction_now(t->db, 1);
	assert_int_equal(row.state, INSTRUCTION_REFUSED);
	assert_int_equal(row.refusal, INSTRUCTION_REFUSAL_PERSON);
	assert_string_equal(row.decided_by, "carla");
	assert_true(row.outcome[0] != '\0');
	assert_null(strstr(row.outcome, "carla"));
	assert_fails(ERR_NOT_FOUND, instructions_next(t->db, &row, err));
}

static void the_same_answer_twice_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	take(t->db, 2, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	assert_done(instructions_decide(t->db, "carla", 1, true, NOW, err));
	assert_done(instructions_decide(t->db, "carla", 2, false, NOW, err));
	int64_t before = entries(t->db, LEDGER_INSTRUCTION);
	assert_done(instructions_decide(t->db, "otto", 1, true, NOW, err));
	assert_done(instructions_decide(t->db, "otto", 2, false, NOW, err));
	assert_string_equal(instruction_now(t->db, 1).decided_by, "carla");
	/* Another answer comes too late. */
	assert_fails(ERR_DENIED,
		     instructions_decide(t->db, "otto", 1, false, NOW, err));
	assert_fails(ERR_DENIED,
		     instructions_decide(t->db, "otto", 2, true, NOW, err));
	assert_done(instructions_finish(t->db, 1, INSTRUCTION_REFUSAL_NONE,
					"Done.", NOW, err));
	assert_done(instructions_decide(t->db, "otto", 1, true, NOW, err));
	assert_int_equal(entries(t->db, LEDGER_INSTRUCTION), before + 1);
}

static void nobody_and_nothing_decides(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	assert_fails(ERR_INVALID,
		     instructions_decide(t->db, "", 1, true, NOW, err));
	assert_fails(ERR_INVALID,
		     instructions_decide(t->db, NULL, 1, true, NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     instructions_decide(t->db, "carla", 2, true, NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     instructions_decide(t->db, "carla", UINT64_MAX, true, NOW,
					 err));
	/* Its time is over. */
	assert_fails(ERR_DENIED, instructions_decide(t->db, "carla", 1, true,
						     NOW + WEEK_S, err));
	assert_int_equal(instruction_now(t->db, 1).state, INSTRUCTION_ASKED);
}

static void a_number_is_taken_once(void **state)
{
	struct temporary_db *t = *state;
	enum instruction_state now = INSTRUCTION_DONE;
	const struct instruction is = instruction_of(1, INSTRUCTION_RENEW);
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	int64_t before = entries(t->db, LEDGER_INSTRUCTION);
	assert_fails(ERR_DENIED,
		     instructions_take(t->db, &is, "note", NOW, &now, err));
	assert_int_equal(now, INSTRUCTION_DONE);
	assert_fails(ERR_DENIED,
		     instructions_take_refused(t->db, 1, NULL, NULL,
					       INSTRUCTION_REFUSAL_FORM, "x",
					       NOW, err));
	assert_int_equal(instruction_now(t->db, 1).is.kind, INSTRUCTION_SEND);
	assert_int_equal(entries(t->db, LEDGER_INSTRUCTION), before);
}

static void a_policy_decides_at_once(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_MESSAGE, INSTRUCTION_APPROVED);
	assert_string_equal(instruction_now(t->db, 1).decided_by, "policy");
	assert_done(instruction_rule_set(t->db, "carla", INSTRUCTION_MESSAGE,
					 INSTRUCTION_NEVER, 0, NOW, err));
	take(t->db, 2, INSTRUCTION_MESSAGE, INSTRUCTION_REFUSED);
	struct instruction_row row = instruction_now(t->db, 2);
	assert_int_equal(row.refusal, INSTRUCTION_REFUSAL_POLICY);
	assert_string_equal(row.decided_by, "policy");
	assert_last_entry(t->db, LEDGER_INSTRUCTION, "never allows this kind");
}

/* Whatever comes, it is kept, told, and never carried out. */
static void what_cannot_be_taken_is_kept_as_refused(void **state)
{
	struct temporary_db *t = *state;
	struct instruction is = instruction_of(99, INSTRUCTION_SEND);
	uint64_t last = 0;
	for (unsigned r = 1; r < INSTRUCTION_REFUSALS; r++) {
		assert_done(instructions_take_refused(
			t->db, r, r % 2 == 0 ? &is : NULL, NULL,
			(enum instruction_refusal)r, "It was wrong.", NOW,
			err));
		struct instruction_row row = instruction_now(t->db, r);
		assert_int_equal(row.state, INSTRUCTION_REFUSED);
		assert_int_equal(row.refusal, r);
		assert_true(row.is.number == r);
		assert_string_equal(row.outcome, "It was wrong.");
		assert_int_equal(row.ended_at, NOW);
		assert_string_equal(row.is.by, r % 2 == 0 ? "desk" : "");
		assert_last_entry(t->db, LEDGER_INSTRUCTION, "It was wrong.");
		assert_fails(ERR_DENIED, instructions_decide(t->db, "carla", r,
							     true, NOW, err));
		assert_fails(ERR_NOT_FOUND,
			     instructions_next(t->db, &row, err));
	}
	assert_done(instructions_last(t->db, &last, err));
	assert_int_equal(last, INSTRUCTION_REFUSALS - 1);
	assert_fails(ERR_INVALID,
		     instructions_take_refused(t->db, 0, NULL, NULL,
					       INSTRUCTION_REFUSAL_FORM, "x",
					       NOW, err));
	assert_fails(ERR_INVALID,
		     instructions_take_refused(t->db, 50, NULL, NULL,
					       INSTRUCTION_REFUSAL_NONE, "x",
					       NOW, err));
}

static void what_an_older_copy_forgot_is_not_taken_again(void **state)
{
	struct temporary_db *t = *state;
	uint64_t last = 0;
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	take(t->db, 2, INSTRUCTION_RENEW, INSTRUCTION_APPROVED);
	assert_done(instructions_pass_over(t->db, 7, NOW, err));
	assert_done(instructions_last(t->db, &last, err));
	assert_int_equal(last, 7);
	/* What was open in the copy may be done already. */
	for (uint64_t n = 1; n <= 2; n++) {
		struct instruction_row row = instruction_now(t->db, n);
		assert_int_equal(row.state, INSTRUCTION_REFUSED);
		assert_int_equal(row.refusal, INSTRUCTION_REFUSAL_REPLAY);
	}
	int64_t logged = entries(t->db, LEDGER_INSTRUCTION);
	assert_int_equal(logged, 5);
	/* Said again, or less than is here: nothing new. */
	assert_done(instructions_pass_over(t->db, 7, NOW, err));
	assert_done(instructions_pass_over(t->db, 3, NOW, err));
	assert_done(instructions_last(t->db, &last, err));
	assert_int_equal(last, 7);
	assert_int_equal(entries(t->db, LEDGER_INSTRUCTION), logged);
	/* The next one is taken as ever. */
	take(t->db, 8, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	assert_done(instructions_last(t->db, &last, err));
	assert_int_equal(last, 8);
	assert_ledger_whole(t->db);
}

static void hostile_texts_stay_lines(void **state)
{
	struct temporary_db *t = *state;
	uint64_t number = 1;
	for (size_t i = 0; hostile_texts[i] != NULL; i++, number++) {
		assert_done(instructions_take_refused(
			t->db, number, NULL, hostile_texts[i],
			INSTRUCTION_REFUSAL_FORM, hostile_texts[i], NOW, err));
		struct instruction_row row = instruction_now(t->db, number);
		assert_true(text_is_one_line(row.outcome, strlen(row.outcome)));
		assert_int_equal(row.is.kind, INSTRUCTION_UNSET);
	}
	assert_ledger_whole(t->db);
}

static void what_waits_too_long_ends(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	take(t->db, 2, INSTRUCTION_RENEW, INSTRUCTION_APPROVED);
	take(t->db, 3, INSTRUCTION_MESSAGE, INSTRUCTION_APPROVED);
	assert_done(instructions_finish(t->db, 3, INSTRUCTION_REFUSAL_NONE,
					"Shown.", NOW, err));
	int64_t before = entries(t->db, LEDGER_INSTRUCTION);
	assert_done(instructions_expire(t->db, NOW + WEEK_S - 1, err));
	assert_int_equal(entries(t->db, LEDGER_INSTRUCTION), before);
	assert_done(instructions_expire(t->db, NOW + WEEK_S, err));
	assert_int_equal(entries(t->db, LEDGER_INSTRUCTION), before + 2);
	for (uint64_t n = 1; n <= 2; n++) {
		struct instruction_row row = instruction_now(t->db, n);
		assert_int_equal(row.state, INSTRUCTION_REFUSED);
		assert_int_equal(row.refusal, INSTRUCTION_REFUSAL_EXPIRED);
	}
	assert_int_equal(instruction_now(t->db, 3).state, INSTRUCTION_DONE);
}

static void only_what_is_approved_is_finished(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	assert_fails(ERR_DENIED,
		     instructions_finish(t->db, 1, INSTRUCTION_REFUSAL_NONE,
					 "x", NOW, err));
	take(t->db, 2, INSTRUCTION_RENEW, INSTRUCTION_APPROVED);
	assert_done(instructions_finish(t->db, 2, INSTRUCTION_REFUSAL_FAILED,
					"It did not work.", NOW, err));
	assert_int_equal(instruction_now(t->db, 2).refusal,
			 INSTRUCTION_REFUSAL_FAILED);
	/* Done once. */
	assert_fails(ERR_DENIED,
		     instructions_finish(t->db, 2, INSTRUCTION_REFUSAL_NONE,
					 "x", NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     instructions_finish(t->db, 3, INSTRUCTION_REFUSAL_NONE,
					 "x", NOW, err));
}

static void a_policy_that_ended_asks_again(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_RENEW, INSTRUCTION_APPROVED);
	take(t->db, 2, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	assert_done(instructions_ask_again(t->db, 1, NOW + 1, err));
	struct instruction_row row = instruction_now(t->db, 1);
	assert_int_equal(row.state, INSTRUCTION_ASKED);
	assert_string_equal(row.decided_by, "");
	assert_int_equal(row.decided_at, 0);
	assert_last_entry(t->db, LEDGER_INSTRUCTION, "waits for a person");
	/* A person's word is not asked for twice. */
	assert_done(instructions_decide(t->db, "carla", 2, true, NOW, err));
	assert_fails(ERR_DENIED, instructions_ask_again(t->db, 2, NOW, err));
	assert_fails(ERR_DENIED, instructions_ask_again(t->db, 1, NOW, err));
	/* Nor for what was carried out. */
	take(t->db, 3, INSTRUCTION_MESSAGE, INSTRUCTION_APPROVED);
	assert_done(instructions_finish(t->db, 3, INSTRUCTION_REFUSAL_NONE,
					"Shown.", NOW, err));
	assert_fails(ERR_DENIED, instructions_ask_again(t->db, 3, NOW, err));
	assert_int_equal(instruction_now(t->db, 3).state, INSTRUCTION_DONE);
}

/* How far one is stands with it, as long as it is being carried out. */
static void a_mark_stands_with_the_one_that_is_carried_out(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	take(t->db, 2, INSTRUCTION_RENEW, INSTRUCTION_APPROVED);
	take(t->db, 3, INSTRUCTION_MESSAGE, INSTRUCTION_APPROVED);
	for (uint64_t n = 1; n <= 2; n++) {
		assert_done(instructions_begin(t->db, n, "asking", err));
	}
	assert_string_equal(instruction_now(t->db, 1).outcome, "");
	assert_string_equal(instruction_now(t->db, 2).outcome, "asking");
	assert_string_equal(instruction_now(t->db, 3).outcome, "");
	temporary_db_refuse(t->db, "UPDATE ON instructions");
	assert_fails(ERR_INVALID, instructions_begin(t->db, 2, "x", err));
}

/* Numbers of a device begin anywhere: what is kept has the one that it had. */
static void a_number_is_kept_as_it_is(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 4711, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	assert_true(instruction_now(t->db, 4711).is.number == 4711);
	assert_done(instructions_take_refused(t->db, INT64_MAX, NULL, NULL,
					      INSTRUCTION_REFUSAL_FORM, "x",
					      NOW, err));
	assert_fails(ERR_INVALID,
		     instructions_take_refused(t->db, UINT64_C(1) << 63, NULL,
					       NULL, INSTRUCTION_REFUSAL_FORM,
					       "x", NOW, err));
	/* Nobody is known who asked for that. */
	assert_int_equal(temporary_db_number(t->db,
					     "SELECT count(*) FROM ledger "
					     "WHERE entry LIKE '%Asked by%'"),
			 1);
}

/* The word of each entry that says how it went. */
static void entries_say_how_it_went(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_RENEW, INSTRUCTION_APPROVED);
	take(t->db, 2, INSTRUCTION_RENEW, INSTRUCTION_APPROVED);
	assert_done(instructions_finish(t->db, 1, INSTRUCTION_REFUSAL_FAILED,
					"It did not work.", NOW, err));
	assert_int_equal(results(t->db, LEDGER_INSTRUCTION, "refused"), 1);
	assert_done(instructions_finish(t->db, 2, INSTRUCTION_REFUSAL_NONE,
					"Renewed.", NOW, err));
	assert_int_equal(results(t->db, LEDGER_INSTRUCTION, "refused"), 1);
}

/* A step that cannot be written down is none. */
static void no_step_is_taken_that_cannot_be_kept(void **state)
{
	static const char *const writes[] = { "UPDATE ON instructions",
					      "INSERT ON ledger" };
	struct temporary_db *t = *state;
	enum instruction_state now = INSTRUCTION_DONE;
	const struct instruction is = instruction_of(9, INSTRUCTION_RENEW);
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	take(t->db, 2, INSTRUCTION_RENEW, INSTRUCTION_APPROVED);
	take(t->db, 3, INSTRUCTION_MESSAGE, INSTRUCTION_APPROVED);
	assert_done(instructions_finish(t->db, 3, INSTRUCTION_REFUSAL_NONE,
					"Shown.", NOW, err));
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		temporary_db_refuse(t->db, writes[i]);
		assert_fails(ERR_INVALID, instructions_decide(t->db, "carla", 1,
							      true, NOW, err));
		assert_fails(ERR_INVALID, instructions_decide(t->db, "carla", 1,
							      false, NOW, err));
		assert_fails(ERR_INVALID,
			     instructions_finish(t->db, 2,
						 INSTRUCTION_REFUSAL_NONE, "x",
						 NOW, err));
		assert_fails(ERR_INVALID,
			     instructions_ask_again(t->db, 2, NOW, err));
		assert_fails(ERR_INVALID,
			     instructions_seen(t->db, "carla", 3, NOW, err));
		assert_fails(ERR_INVALID,
			     instructions_expire(t->db, NOW + WEEK_S, err));
		assert_int_equal(instruction_now(t->db, 1).state,
				 INSTRUCTION_ASKED);
		assert_int_equal(instruction_now(t->db, 2).state,
				 INSTRUCTION_APPROVED);
		assert_int_equal(instruction_now(t->db, 3).seen_at, 0);
	}
	assert_fails(ERR_INVALID,
		     instructions_take(t->db, &is, "note", NOW, &now, err));
	temporary_db_refuse(t->db, "INSERT ON instructions");
	assert_fails(ERR_INVALID,
		     instructions_take(t->db, &is, "note", NOW, &now, err));
	assert_int_equal(now, INSTRUCTION_DONE);
	struct instruction_row row;
	assert_fails(ERR_NOT_FOUND, instructions_get(t->db, 9, &row, err));
	assert_ledger_whole(t->db);
}

static void messages_are_shown_until_somebody_read_them(void **state)
{
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_MESSAGE, INSTRUCTION_APPROVED);
	take(t->db, 2, INSTRUCTION_RENEW, INSTRUCTION_APPROVED);
	assert_fails(ERR_DENIED,
		     instructions_seen(t->db, "carla", 1, NOW, err));
	for (uint64_t n = 1; n <= 2; n++) {
		assert_done(instructions_finish(
			t->db, n, INSTRUCTION_REFUSAL_NONE, "ok", NOW, err));
	}
	assert_fails(ERR_DENIED,
		     instructions_seen(t->db, "carla", 2, NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     instructions_seen(t->db, "carla", 3, NOW, err));
	assert_fails(ERR_INVALID, instructions_seen(t->db, "", 1, NOW, err));
	assert_fails(ERR_INVALID, instructions_seen(t->db, NULL, 1, NOW, err));
	assert_done(instructions_seen(t->db, "carla", 1, NOW + 9, err));
	assert_last_entry(t->db, LEDGER_INSTRUCTION, "marked as read");
	int64_t before = entries(t->db, LEDGER_INSTRUCTION);
	assert_done(instructions_seen(t->db, "otto", 1, NOW + 10, err));
	assert_int_equal(entries(t->db, LEDGER_INSTRUCTION), before);
	struct instruction_row row = instruction_now(t->db, 1);
	assert_string_equal(row.seen_by, "carla");
	assert_int_equal(row.seen_at, NOW + 9);
	/* A package is told of in the same way. */
	take(t->db, 5, INSTRUCTION_PACKAGE, INSTRUCTION_APPROVED);
	assert_done(instructions_finish(t->db, 5, INSTRUCTION_REFUSAL_NONE,
					"ok", NOW, err));
	assert_done(instructions_seen(t->db, "carla", 5, NOW + 11, err));
	assert_int_equal(instruction_now(t->db, 5).seen_at, NOW + 11);
}

#define DONE_AT_ONCE                                                      \
	"INSERT INTO instructions (number, kind, note, taken_at, state) " \
	"VALUES (2, 'send', '', 1, 'done')"

/* Somebody with another tool cannot bring one back either. */
static void the_table_keeps_the_way(void **state)
{
	static const char *const bad[] = {
		"DELETE FROM instructions",
		"UPDATE instructions SET state = 'approved', refusal = ''",
		"UPDATE instructions SET state = 'asked', refusal = ''",
		"UPDATE instructions SET note = 'x'",
		"UPDATE instructions SET number = 9",
		"UPDATE instructions SET expires_at = expires_at + 1",
		DONE_AT_ONCE,
		"UPDATE instructions_gone SET number = -1",
		"DELETE FROM instructions_gone",
		"INSERT OR REPLACE INTO instructions_gone VALUES (1, -1)",
	};
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_SEND, INSTRUCTION_ASKED);
	assert_done(instructions_decide(t->db, "carla", 1, false, NOW, err));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = { .kind = ERR_NONE };
		assert_true(temporary_db_refuses(t->db, bad[i], &err));
	}
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		TEST(what_is_asked_waits_for_a_person),
		TEST(a_no_is_told_without_a_name),
		TEST(the_same_answer_twice_changes_nothing),
		TEST(nobody_and_nothing_decides),
		TEST(a_number_is_taken_once),
		TEST(a_policy_decides_at_once),
		TEST(what_cannot_be_taken_is_kept_as_refused),
		TEST(what_an_older_copy_forgot_is_not_taken_again),
		TEST(hostile_texts_stay_lines),
		TEST(what_waits_too_long_ends),
		TEST(only_what_is_approved_is_finished),
		TEST(a_policy_that_ended_asks_again),
		TEST(messages_are_shown_until_somebody_read_them),
		TEST(a_mark_stands_with_the_one_that_is_carried_out),
		TEST(a_number_is_kept_as_it_is),
		TEST(entries_say_how_it_went),
		TEST(no_step_is_taken_that_cannot_be_kept),
		TEST(the_table_keeps_the_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
