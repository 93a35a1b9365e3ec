/*
 * How a log goes on after a loss: by a statement under the log's key and
 * somebody of staff, never by one of them, and with the head of before kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/log_breaks.h"

#include "base/encoding.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "server/witness.h"
#include "tests/unit/server/log_samples.h"
#include "tests/unit/store/temporary_db.h"

/* A log whose head of 20 entries is kept, then a copy of 8, and one more. */
struct scene {
	struct samples *s;
	struct log_sample before, after;
	int64_t now;
};

static struct checkin_answer take(struct scene *scene,
				  const struct checkin_request *request)
{
	struct samples *s = scene->s;
	struct checkin_answer answer = { .time = ++scene->now };
	struct fleet_device device = log_sample_device(s);
	struct err err = { 0 };
	bool ok = db_begin(s->server.db, &err) &&
		  db_finish(s->server.db,
			    witness_take(&s->server, &device, request,
					 scene->now, &answer, &err),
			    &err);
	if (!ok) {
		fail_msg("%s", err.text);
	}
	return answer;
}

static struct checkin_answer offer(struct scene *scene,
				   const struct log_sample *log,
				   uint64_t old_size, uint64_t size)
{
	struct checkin_request *r = log_sample_request();
	log_sample_head(log, old_size, size, r);
	log_sample_key(log, r);
	struct checkin_answer answer = take(scene, r);
	mem_free(r);
	return answer;
}

/* Says with the next check-in that the log goes on from size. */
static struct checkin_answer say_as(struct scene *scene,
				    const struct log_sample *log,
				    const char *device, uint64_t had,
				    uint64_t size)
{
	struct checkin_request *r = log_sample_request();
	log_sample_statement(log, device, had, size, r);
	struct checkin_answer answer = take(scene, r);
	mem_free(r);
	return answer;
}

static struct checkin_answer say(struct scene *scene, uint64_t had,
				 uint64_t size)
{
	return say_as(scene, &scene->after, SAMPLES_DEVICE, had, size);
}

static void begin(struct scene *scene, struct samples *s)
{
	*scene = (struct scene){ .s = s, .now = SAMPLES_NOW };
	log_sample_make(&scene->before, 1, 20);
	log_sample_make(&scene->after, 1, 20);
	log_sample_fork(&scene->after, 8);
	(void)offer(scene, &scene->before, 0, 20);
}

static void begin_in_conflict(struct scene *scene, struct samples *s)
{
	begin(scene, s);
	struct checkin_answer a = offer(scene, &scene->after, 0, 9);
	assert_string_equal(a.witness_problem, "conflict");
}

static struct db *db_of(struct scene *scene)
{
	return scene->s->server.db;
}

static size_t breaks(struct scene *scene, struct log_break *newest)
{
	struct log_break *rows = NULL;
	size_t count = 0;
	struct err err = { 0 };
	if (!log_breaks_list(db_of(scene), SAMPLES_DEVICE, 10, &rows, &count,
			     &err)) {
		fail_msg("%s", err.text);
	}
	if (count > 0 && newest != NULL) {
		*newest = rows[0];
	}
	mem_free(rows);
	return count;
}

/* One such entry is here. */
static void expect_entry(struct scene *scene, const char *actor,
			 const char *result, const char *text)
{
	struct stmt q;
	assert_true(db_query(db_of(scene), &q,
			     "SELECT count(*) FROM ledger WHERE actor = ? AND "
			     "result = ? AND text = ?",
			     NULL));
	db_bind_text(&q, 1, actor);
	db_bind_text(&q, 2, result);
	db_bind_text(&q, 3, text);
	assert_true(db_row(&q));
	assert_int_equal(db_int(&q, 0), 1);
	assert_true(db_done(&q, NULL));
}

static struct witness_row kept(struct scene *scene)
{
	struct witness_row row;
	assert_true(witness_get(db_of(scene), SAMPLES_DEVICE, &row, NULL));
	return row;
}

static bool accept(struct scene *scene, struct err *err)
{
	return log_breaks_accept(db_of(scene), SAMPLES_DEVICE, "desk",
				 ++scene->now, err);
}

static void refuse_to_accept(struct scene *scene)
{
	struct err err = { 0 };
	assert_false(accept(scene, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_true(kept(scene).size == 20);
}

static void it_takes_both_sides(void **state)
{
	struct scene scene;
	struct log_break b;
	begin_in_conflict(&scene, *state);
	/* Staff alone: no. */
	refuse_to_accept(&scene);
	/* The device alone: no. */
	struct checkin_answer a = say(&scene, 20, 9);
	assert_true(a.witnessed == 20);
	assert_int_equal(breaks(&scene, &b), 1);
	assert_true(b.kept_size == 20 && b.size == 9);
	assert_int_equal(b.accepted_at, 0);
	struct witness_row row = kept(&scene);
	assert_true(log_breaks_waits(&b, &row));
	a = offer(&scene, &scene.after, 0, 10);
	assert_string_equal(a.witness_problem, "conflict");
	assert_int_equal(samples_entries(scene.s, LEDGER_CONTINUED), 1);
	expect_entry(&scene, SAMPLES_DEVICE, "waiting",
		     "The owner of device " SAMPLES_DEVICE
		     " acknowledged that its log continues after a loss, with "
		     "9 entries; the head of 20 that we keep stays until staff "
		     "accept it.");
	/* Both: the log goes on from there, and only from there. */
	assert_true(accept(&scene, NULL));
	assert_int_equal(samples_entries(scene.s, LEDGER_CONTINUED), 2);
	expect_entry(&scene, "desk", "ok",
		     "The log of device " SAMPLES_DEVICE
		     " continues from 9 entries on, as its owner acknowledged; "
		     "the head of 20 entries stays as evidence.");
	assert_true(kept(&scene).size == 9);
	assert_int_equal(kept(&scene).conflict_at, 0);
	a = offer(&scene, &scene.after, 9, 12);
	assert_string_equal(a.witness_problem, "");
	assert_true(a.witnessed == 12 && a.cosignature[0] != '\0');
	/* The line of before has no way back by itself. */
	a = offer(&scene, &scene.before, 12, 20);
	assert_string_equal(a.witness_problem, "conflict");
	assert_true(kept(&scene).size == 12);
}

static void who_said_what_and_the_old_head_stay(void **state)
{
	struct scene scene;
	struct log_break b;
	begin_in_conflict(&scene, *state);
	(void)say(&scene, 20, 9);
	assert_true(accept(&scene, NULL));
	assert_int_equal(breaks(&scene, &b), 1);
	assert_string_equal(b.accepted_by, "desk");
	assert_int_equal(b.accepted_at, scene.now);
	assert_true(b.kept_size == 20 && b.conflict_at > b.kept_at);
	/* Its bytes, and those of what did not fit. */
	struct stmt q;
	assert_true(db_query(db_of(&scene), &q,
			     "SELECT kept_note, conflict, statement FROM "
			     "log_breaks",
			     NULL));
	assert_true(db_row(&q));
	assert_memory_equal(db_text(&q, 0), "sluice/" SAMPLES_DEVICE "\n20\n",
			    strlen("sluice/" SAMPLES_DEVICE "\n20\n"));
	assert_memory_equal(db_text(&q, 1), "sluice/" SAMPLES_DEVICE "\n9\n",
			    strlen("sluice/" SAMPLES_DEVICE "\n9\n"));
	assert_memory_equal(db_text(&q, 2), "sluice.continuation/v1\n", 23);
	assert_true(db_done(&q, NULL));
	static const char *const tries[] = {
		"DELETE FROM log_breaks",
		"UPDATE log_breaks SET kept_note = 'x'",
		"UPDATE log_breaks SET accepted_by = 'nobody'",
		"UPDATE log_breaks SET accepted_at = 0, accepted_by = ''",
		"UPDATE log_breaks SET statement = 'x'",
		"DELETE FROM witnessed",
	};
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct err err = { 0 };
		if (!temporary_db_refuses(db_of(&scene), tries[i], &err)) {
			fail_msg("%s", tries[i]);
		}
	}
}

static void the_same_again_is_one_row_and_one_entry(void **state)
{
	struct scene scene;
	begin_in_conflict(&scene, *state);
	(void)say(&scene, 20, 9);
	(void)say(&scene, 20, 9);
	assert_int_equal(breaks(&scene, NULL), 1);
	assert_int_equal(samples_entries(scene.s, LEDGER_CONTINUED), 1);
	assert_true(accept(&scene, NULL));
	/* An answer was lost: it is said again, of a conflict that is over. */
	(void)say(&scene, 20, 9);
	assert_int_equal(breaks(&scene, NULL), 1);
	struct err err = { 0 };
	assert_false(accept(&scene, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void what_is_not_about_this_conflict_is_nothing(void **state)
{
	struct scene scene;
	struct log_sample stranger;
	begin(&scene, *state);
	/* No conflict stands. */
	(void)say(&scene, 20, 9);
	assert_int_equal(breaks(&scene, NULL), 0);
	(void)offer(&scene, &scene.after, 0, 9);
	/* Another head, another device, another key, no statement. */
	(void)say(&scene, 19, 9);
	(void)say_as(&scene, &scene.after, "other-1", 20, 9);
	log_sample_make(&stranger, 2, 20);
	(void)say_as(&scene, &stranger, SAMPLES_DEVICE, 20, 9);
	struct checkin_request *r = log_sample_request();
	(void)strcpy(r->continuation, "sluice.continuation/v1\n");
	(void)take(&scene, r);
	mem_free(r);
	assert_int_equal(breaks(&scene, NULL), 0);
	assert_int_equal(samples_entries(scene.s, LEDGER_CONTINUED), 0);
	refuse_to_accept(&scene);
}

static void the_head_and_the_word_can_come_together(void **state)
{
	struct scene scene;
	begin(&scene, *state);
	struct checkin_request *r = log_sample_request();
	log_sample_head(&scene.after, 0, 9, r);
	log_sample_statement(&scene.after, SAMPLES_DEVICE, 20, 9, r);
	struct checkin_answer a = take(&scene, r);
	assert_string_equal(a.witness_problem, "conflict");
	assert_int_equal(breaks(&scene, NULL), 1);
	mem_free(r);
}

/* The right log was put back meanwhile: there is nothing to accept. */
static void a_log_that_fits_again_needs_no_acceptance(void **state)
{
	struct scene scene;
	struct log_break b;
	begin_in_conflict(&scene, *state);
	(void)say(&scene, 20, 9);
	struct checkin_answer a = offer(&scene, &scene.before, 20, 20);
	assert_string_equal(a.witness_problem, "");
	refuse_to_accept(&scene);
	/* That it was said stays. */
	assert_int_equal(breaks(&scene, &b), 1);
	assert_int_equal(b.accepted_at, 0);
}

/* Each of it: not accepted yet, of the head that is kept, and a conflict. */
static void what_waits_is_about_the_head_that_is_kept(void **state)
{
	struct log_break b = { .kept_size = 20, .kept_at = 100 };
	struct witness_row row = { .size = 20, .at = 100, .conflict_at = 101 };
	(void)state;
	assert_true(log_breaks_waits(&b, &row));
	b.accepted_at = 102;
	assert_false(log_breaks_waits(&b, &row));
	b.accepted_at = 0;
	b.kept_size = 19;
	assert_false(log_breaks_waits(&b, &row));
	b.kept_size = 20;
	b.kept_at = 99;
	assert_false(log_breaks_waits(&b, &row));
	b.kept_at = 100;
	row.conflict_at = 100;
	assert_false(log_breaks_waits(&b, &row));
}

/* Nothing is kept of this device: there is nothing to go on from. */
static void a_word_without_any_head_is_nothing(void **state)
{
	struct scene scene = { .s = *state, .now = SAMPLES_NOW };
	log_sample_make(&scene.after, 1, 20);
	struct checkin_request *r = log_sample_request();
	log_sample_statement(&scene.after, SAMPLES_DEVICE, 20, 9, r);
	log_sample_key(&scene.after, r);
	(void)take(&scene, r);
	mem_free(r);
	assert_int_equal(breaks(&scene, NULL), 0);
}

/* As many as were asked for, the newest first. */
static void a_list_has_an_end(void **state)
{
	struct scene scene;
	struct log_break *rows = NULL;
	size_t count = 9;
	begin_in_conflict(&scene, *state);
	(void)say(&scene, 20, 9);
	(void)say(&scene, 20, 11);
	assert_true(log_breaks_list(db_of(&scene), SAMPLES_DEVICE, 1, &rows,
				    &count, NULL));
	assert_int_equal(count, 1);
	assert_true(rows[0].size == 11);
	mem_free(rows);
}

/* Of two words the newer one counts. */
static void a_newer_word_takes_the_place_of_the_older(void **state)
{
	struct scene scene;
	begin_in_conflict(&scene, *state);
	(void)say(&scene, 20, 9);
	(void)say(&scene, 20, 11);
	assert_true(accept(&scene, NULL));
	assert_true(kept(&scene).size == 11);
	assert_int_equal(breaks(&scene, NULL), 2);
}

/* One statement after the other, each signed: the disk does not fill. */
static void a_device_cannot_go_on_and_on(void **state)
{
	struct scene scene;
	size_t count = 0;
	begin_in_conflict(&scene, *state);
	for (uint64_t i = 0; i < 1000; i++) {
		struct checkin_request *r = log_sample_request();
		log_sample_statement_at(&scene.after, SAMPLES_DEVICE, 20, 9,
					(int64_t)i, r);
		(void)take(&scene, r);
		mem_free(r);
	}
	struct log_break *rows = NULL;
	assert_true(log_breaks_list(db_of(&scene), SAMPLES_DEVICE, 1000, &rows,
				    &count, NULL));
	assert_in_range(count, 1, 200);
	assert_true(accept(&scene, NULL));
	mem_free(rows);
}

/* As a new enrolment does. */
static void forget_key(struct scene *scene)
{
	temporary_db_run(db_of(scene), "UPDATE devices SET ledger_key = ''");
}

static void a_new_enrolment_keeps_the_old_head_as_well(void **state)
{
	struct scene scene;
	struct log_sample other;
	struct log_break b;
	begin(&scene, *state);
	forget_key(&scene);
	log_sample_make(&other, 2, 20);
	log_sample_fork(&other, 0);
	for (int i = 0; i < 3; i++) {
		struct checkin_answer a = offer(&scene, &other, 0, 4);
		assert_string_equal(a.witness_problem, "");
		assert_int_equal(breaks(&scene, &b), 2 * i + 1);
		assert_int_equal(b.size, 0);
		assert_string_equal(b.accepted_by, "enrolment");
		/* And back: the same heads are no other evidence. */
		forget_key(&scene);
		a = offer(&scene, &scene.before, 4, 20);
		assert_string_equal(a.witness_problem, "");
		forget_key(&scene);
	}
	assert_int_equal(breaks(&scene, NULL), 6);
}

static void nothing_is_half_accepted(void **state)
{
	struct scene scene;
	struct log_break b;
	struct err err = { 0 };
	begin_in_conflict(&scene, *state);
	(void)say(&scene, 20, 9);
	temporary_db_refuse(db_of(&scene), "INSERT ON ledger");
	assert_false(accept(&scene, &err));
	assert_int_equal(breaks(&scene, &b), 1);
	assert_int_equal(b.accepted_at, 0);
	assert_true(kept(&scene).size == 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(it_takes_both_sides),
		SAMPLES_TEST(who_said_what_and_the_old_head_stay),
		SAMPLES_TEST(the_same_again_is_one_row_and_one_entry),
		SAMPLES_TEST(what_is_not_about_this_conflict_is_nothing),
		SAMPLES_TEST(the_head_and_the_word_can_come_together),
		SAMPLES_TEST(a_log_that_fits_again_needs_no_acceptance),
		SAMPLES_TEST(a_newer_word_takes_the_place_of_the_older),
		SAMPLES_TEST(a_device_cannot_go_on_and_on),
		SAMPLES_TEST(a_new_enrolment_keeps_the_old_head_as_well),
		cmocka_unit_test(what_waits_is_about_the_head_that_is_kept),
		SAMPLES_TEST(a_word_without_any_head_is_nothing),
		SAMPLES_TEST(a_list_has_an_end),
		SAMPLES_TEST(nothing_is_half_accepted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
