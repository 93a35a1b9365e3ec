/*
 * What devices answer: kept as they said it, once; what is final stays, what
 * nobody asked for is not kept, and a log that was rewritten is noticed.
 */
#include "server/instructions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "tests/unit/server/instructions_samples.h"
#include "tests/unit/store/temporary_db.h"

static void report(struct samples *s, uint64_t number, const char *result,
		   const char *text)
{
	struct err err = { 0 };
	struct checkin_outcome outcome = { .number = number,
					   .at = SAMPLES_NOW };
	assert_true(text_copy(outcome.result, sizeof(outcome.result), result));
	assert_true(text_copy(outcome.text, sizeof(outcome.text), text));
	if (!instructions_heard(s->server.db, SAMPLES_DEVICE, &outcome,
				SAMPLES_NOW + 9, &err)) {
		fail_msg("%s", err.text);
	}
}

static void an_answer_is_kept_and_told_once(void **state)
{
	struct samples *s = *state;
	(void)instruction_make(s, INSTRUCTION_SEND);
	report(s, 1, "waiting", "It waits for a person at the device.");
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 2);
	report(s, 1, "waiting", "It waits for a person at the device.");
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 2);
	struct instruction_made made = instruction_answer(s, 1);
	assert_string_equal(made.result, "waiting");
	assert_int_equal(made.reported_at, SAMPLES_NOW + 9);
	report(s, 1, "person", "Somebody at the device said no.");
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 3);
	made = instruction_answer(s, 1);
	assert_string_equal(made.result, "person");
	assert_string_equal(made.outcome, "Somebody at the device said no.");
	assert_int_equal(made.is.kind, INSTRUCTION_SEND);
	assert_string_equal(made.is.reason,
			    "A fault was reported by telephone.");
	/* The end. */
	report(s, 1, "done", "After all.");
	assert_string_equal(instruction_answer(s, 1).result, "person");
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 3);
}

/* All that staff see of one, and what is left of it when its note is gone. */
static void every_column_comes_back(void **state)
{
	struct samples *s = *state;
	(void)instruction_make(s, INSTRUCTION_SEND);
	struct instruction_made made = instruction_answer(s, 1);
	assert_string_equal(made.device, SAMPLES_DEVICE);
	assert_true(made.number == 1);
	assert_string_equal(made.kind, "send");
	assert_int_equal(made.made_at, SAMPLES_NOW);
	assert_int_equal(made.expires_at, made.is.expires_at);
	assert_string_equal(made.made_by, "anna");
	assert_int_equal(made.fetched_at, 0);
	assert_string_equal(made.result, "");
	temporary_db_drop_triggers(s->server.db);
	temporary_db_run(s->server.db, "UPDATE instructions SET note = 'x', "
				       "fetched_at = 77");
	made = instruction_answer(s, 1);
	assert_int_equal(made.is.kind, INSTRUCTION_UNSET);
	assert_true(made.is.number == 1);
	assert_string_equal(made.kind, "send");
	assert_int_equal(made.fetched_at, 77);
}

/* A report that cannot be kept, with its entry, is one that was not heard. */
static void what_cannot_be_kept_is_told(void **state)
{
	static const char *const writes[] = { "UPDATE ON instructions",
					      "UPDATE ON devices",
					      "INSERT ON ledger" };
	struct samples *s = *state;
	struct db *db = s->server.db;
	struct checkin_outcome outcome = { .number = 1, .at = SAMPLES_NOW };
	(void)strcpy(outcome.result, "done");
	(void)strcpy(outcome.text, "Checks in every hour from now on.");
	(void)instruction_make(s, INSTRUCTION_INTERVAL);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		temporary_db_refuse(db, writes[i]);
		assert_done(db_begin(db, err));
		assert_fails(ERR_INVALID,
			     instructions_heard(db, SAMPLES_DEVICE, &outcome,
						SAMPLES_NOW, err));
		db_rollback(db);
		assert_string_equal(instruction_answer(s, 1).result, "");
	}
	temporary_db_refuse(db, NULL);
	assert_done(instructions_heard(db, SAMPLES_DEVICE, &outcome,
				       SAMPLES_NOW, err));
	assert_string_equal(instruction_answer(s, 1).result, "done");
}

static void every_refusal_can_be_told(void **state)
{
	struct samples *s = *state;
	for (unsigned r = 1; r < INSTRUCTION_REFUSALS; r++) {
		enum instruction_refusal refusal = (enum instruction_refusal)r;
		(void)instruction_make(s, INSTRUCTION_RENEW);
		report(s, r, instruction_refusal_name(refusal),
		       instruction_refusal_title(refusal));
		assert_string_equal(instruction_answer(s, r).result,
				    instruction_refusal_name(refusal));
	}
}

static void what_was_never_made_is_passed_over(void **state)
{
	struct samples *s = *state;
	report(s, 1, "done", "I did it.");
	report(s, 0, "done", "I did it.");
	report(s, UINT64_MAX, "done", "I did it.");
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 0);
}

static void what_a_device_says_is_one_clean_line(void **state)
{
	struct samples *s = *state;
	(void)instruction_make(s, INSTRUCTION_RENEW);
	report(s, 1, "done", "a\nkind grant\xff\x1b[31m");
	struct instruction_made made = instruction_answer(s, 1);
	assert_true(text_is_one_line(made.outcome, strlen(made.outcome)));
}

static int64_t number_of(struct samples *s, const char *sql)
{
	struct stmt q;
	assert_true(db_query(s->server.db, &q, sql, NULL));
	int64_t n = db_row(&q) ? db_int(&q, 0) : 0;
	assert_true(db_done(&q, NULL));
	return n;
}

#define WANTED \
	"SELECT wanted_interval FROM devices WHERE id = '" SAMPLES_DEVICE "'"

static void an_interval_is_wished_once_it_was_taken(void **state)
{
	struct samples *s = *state;
	(void)instruction_make(s, INSTRUCTION_INTERVAL);
	(void)instruction_make(s, INSTRUCTION_INTERVAL);
	assert_int_equal(number_of(s, WANTED), 0);
	report(s, 1, "limits", "Outside the limits.");
	assert_int_equal(number_of(s, WANTED), 0);
	report(s, 2, "done", "Checks in every 30 minutes from now on.");
	assert_int_equal(number_of(s, WANTED), 1800);
}

/* ---- rows of the log ---- */

static bool report_row(struct samples *s, uint64_t sequence, char fill,
		       struct err *err)
{
	struct checkin_row row = { .sequence = sequence, .bytes = 2048 };
	memset(row.leaf, fill, 64);
	strcpy(row.kind, "sent");
	strcpy(row.result, "ok");
	samples_transaction(row.transaction, 7);
	memset(row.sha256, 'a', 64);
	return instructions_heard_row(s->server.db, SAMPLES_DEVICE, &row,
				      SAMPLES_NOW, err);
}

static void rows_that_were_asked_for_are_kept(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	struct ledger_row_reported *list = NULL;
	size_t count = 0;
	(void)instruction_make(s, INSTRUCTION_LEDGER); /* 10 to 19 */
	assert_true(report_row(s, 10, 'b', &err));
	assert_true(report_row(s, 19, 'c', &err));
	assert_true(report_row(s, 9, 'b', &err));
	assert_true(report_row(s, 20, 'b', &err));
	assert_true(report_row(s, 10, 'b', &err));
	assert_true(instructions_reported_rows(s->server.db, SAMPLES_DEVICE, 9,
					       &list, &count, &err));
	assert_int_equal(count, 2);
	assert_int_equal(list[0].row.sequence, 19);
	assert_int_equal(list[1].row.sequence, 10);
	assert_string_equal(list[1].row.kind, "sent");
	assert_true(list[1].row.bytes == 2048);
	assert_string_equal(list[1].row.result, "ok");
	char id[UUID_TEXT_SIZE];
	samples_transaction(id, 7);
	assert_string_equal(list[1].row.transaction, id);
	assert_int_equal(strspn(list[1].row.leaf, "b"), 64);
	assert_int_equal(strspn(list[1].row.sha256, "a"), 64);
	assert_int_equal(list[1].at, SAMPLES_NOW);
	mem_free(list);
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 1);
}

static void a_rewritten_log_is_noticed(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	(void)instruction_make(s, INSTRUCTION_LEDGER);
	assert_true(report_row(s, 10, 'b', &err));
	assert_true(report_row(s, 10, 'c', &err));
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 2);
	assert_int_equal(number_of(s, "SELECT count(*) FROM ledger WHERE "
				      "result = 'refused' AND text LIKE "
				      "'%rewritten%'"),
			 1);
	/* What was said first stays. */
	assert_int_equal(number_of(s, "SELECT count(*) FROM ledger_reports "
				      "WHERE leaf LIKE 'bbb%'"),
			 1);
}

static void a_row_that_is_none_is_refused(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	struct checkin_row row = { .sequence = 10 };
	(void)instruction_make(s, INSTRUCTION_LEDGER);
	assert_false(instructions_heard_row(s->server.db, SAMPLES_DEVICE, &row,
					    SAMPLES_NOW, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_false(report_row(s, UINT64_MAX, 'b', NULL));
}

/* What another device was asked, or this one in another way, opens nothing. */
static void rows_that_another_was_asked_for_are_not_kept(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	struct instruction is = instruction_sample(INSTRUCTION_LEDGER);
	strcpy(is.device, SAMPLES_OTHER);
	assert_true(instructions_make(s->server.db, &s->config, &is, "anna",
				      SAMPLES_NOW, &err));
	(void)instruction_make(s, INSTRUCTION_MESSAGE);
	assert_true(report_row(s, 10, 'b', &err));
	assert_int_equal(
		temporary_db_number(s->server.db,
				    "SELECT count(*) FROM ledger_reports"),
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(an_answer_is_kept_and_told_once),
		SAMPLES_TEST(every_column_comes_back),
		SAMPLES_TEST(what_cannot_be_kept_is_told),
		SAMPLES_TEST(every_refusal_can_be_told),
		SAMPLES_TEST(what_was_never_made_is_passed_over),
		SAMPLES_TEST(what_a_device_says_is_one_clean_line),
		SAMPLES_TEST(an_interval_is_wished_once_it_was_taken),
		SAMPLES_TEST(rows_that_were_asked_for_are_kept),
		SAMPLES_TEST(a_rewritten_log_is_noticed),
		SAMPLES_TEST(a_row_that_is_none_is_refused),
		SAMPLES_TEST(rows_that_another_was_asked_for_are_not_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
