/*
 * What people see of the certificate and of the code that waits
 * (src/domain/enrolment.c): who may ask, what a try leaves behind, when the
 * code is forgotten, and the countdown to the end of a certificate.
 */
#include "domain/enrolment.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "crypto/p256.h"
#include "formats/certs.h"
#include "tests/unit/domain/grants.h"

#define CODE "K7QPM-3ZD9R-01XYT-W8B4C"

static struct enrolment now_is(struct db *db)
{
	struct enrolment e;
	assert_done(enrolment_read(db, &e, err));
	return e;
}

static void ask(struct db *db, const char *code)
{
	assert_done(enrolment_ask(db, "ada", code, NOW, err));
}

static void expect_code(struct db *db, const char *code)
{
	struct buf found = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	bool ok = enrolment_code(db, &found, &why);
	assert_string_equal(buf_str(&found), code);
	assert_int_equal(why.kind, code[0] == '\0' ? ERR_NOT_FOUND : ERR_NONE);
	assert_int_equal(ok, code[0] != '\0');
	buf_burn(&found);
}

/* A certificate with a key of its own. */
static void make(struct buf *der, int64_t from, int64_t to)
{
	struct p256_key key;
	const struct certs_names names = { .common_name = "ex7-004211" };
	p256_generate(&key);
	assert_done(certs_self_signed(&key, &names, from, to, der, err));
}

static void use(struct db *db, int64_t from, int64_t to)
{
	struct buf der = BUF_INIT;
	make(&der, from, to);
	assert_done(enrolment_certificate(db, "daemon", der.data, der.len, NOW,
					  err));
	buf_clear(&der);
}

static void tried(struct db *db, enum enrolment_state state,
		  const char *problem)
{
	assert_done(
		enrolment_begin(db, "ada", "comms.test is asked", NOW, err));
	assert_done(
		enrolment_tried(db, state, "ada", problem, NOW + 60, NOW, err));
}

static void a_new_device_has_no_certificate_and_no_code(void **state)
{
	struct temporary_db *t = *state;
	struct enrolment e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_NONE);
	assert_string_equal(e.sha256, "");
	assert_int_equal(enrolment_days_left(&e, NOW), INT_MAX);
	expect_code(t->db, "");
	assert_fails(ERR_NOT_FOUND, enrolment_cancel(t->db, "ada", NOW, err));
	assert_done(enrolment_countdown(t->db, NOW, err));
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 0);
}

static void a_code_is_kept_as_typed_but_for_spaces_at_its_ends(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	ask(t->db, "  " CODE " ");
	struct enrolment e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_ASKED);
	assert_string_equal(e.asked_by, "ada");
	assert_int_equal(e.asked_at, NOW);
	assert_int_equal(e.next_try_at, 0);
	temporary_db_reopen(t);
	expect_code(t->db, CODE);
	ask(t->db, "pass word-2");
	expect_code(t->db, "pass word-2");
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 2);
	assert_ledger_whole(t->db);
}

static void the_code_stands_in_no_entry(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	ask(t->db, CODE);
	tried(t->db, ENROLMENT_ASKED, "The server cannot be reached.");
	tried(t->db, ENROLMENT_REFUSED, "The server answered 401.");
	assert_int_equal(temporary_db_number(t->db,
					     "SELECT count(*) FROM ledger "
					     "WHERE entry LIKE '%K7QPM%'"),
			 0);
}

static void what_is_no_code_is_refused(void **state)
{
	struct temporary_db *t = *state;
	char longest[ENROLMENT_CODE_MAX + 2];
	static const char *const bad[] = { NULL,       "",        "   ",
					   "a\nb",     "a\tb",    "\x7f",
					   "\xff\xfe", "\xc2\x85" };
	allow_services(t->db, 0, NOW);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_fails(ERR_INVALID,
			     enrolment_ask(t->db, "ada", bad[i], NOW, err));
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_fails(ERR_INVALID,
		     enrolment_ask(t->db, "ada", longest, NOW, err));
	assert_int_equal(now_is(t->db).state, ENROLMENT_NONE);
	longest[ENROLMENT_CODE_MAX] = '\0';
	ask(t->db, longest);
	expect_code(t->db, longest);
}

static void without_remote_services_no_code_is_taken(void **state)
{
	struct temporary_db *t = *state;
	assert_fails(ERR_DENIED, enrolment_ask(t->db, "ada", CODE, NOW, err));
	allow_services(t->db, METERING, NOW);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_UNSET, NOW, NULL,
				     err));
	assert_fails(ERR_DENIED, enrolment_ask(t->db, "ada", CODE, NOW, err));
	expect_code(t->db, "");
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 0);
}

static void a_try_is_written_down_before_and_after(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	ask(t->db, CODE);
	assert_done(
		enrolment_begin(t->db, "ada", "comms.test is asked", NOW, err));
	assert_last_entry(t->db, LEDGER_ENROLMENT, "comms.test is asked");
	assert_done(enrolment_tried(t->db, ENROLMENT_ASKED, "ada",
				    "It cannot be reached.", NOW + 60, NOW,
				    err));
	assert_last_entry(t->db, LEDGER_ENROLMENT, "It cannot be reached.");
	struct enrolment e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_ASKED);
	assert_int_equal(e.attempts, 1);
	assert_int_equal(e.next_try_at, NOW + 60);
	assert_string_equal(e.problem, "It cannot be reached.");
	expect_code(t->db, CODE);
	tried(t->db, ENROLMENT_PENDING, "Somebody there has to agree.");
	e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_PENDING);
	assert_int_equal(e.attempts, 2);
	expect_code(t->db, CODE);
	assert_int_equal(results(t->db, LEDGER_ENROLMENT, "failed"), 1);
	/* Whoever has to agree may say no. */
	tried(t->db, ENROLMENT_REFUSED, "Nobody knows this device.");
	assert_int_equal(now_is(t->db).state, ENROLMENT_REFUSED);
	expect_code(t->db, "");
	ask(t->db, CODE);
	tried(t->db, ENROLMENT_PENDING, "Somebody there has to agree.");
	assert_done(enrolment_cancel(t->db, "ada", NOW, err));
	e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_NONE);
	assert_int_equal(e.attempts, 0);
	assert_int_equal(e.next_try_at, 0);
	expect_code(t->db, "");
	assert_ledger_whole(t->db);
}

static void a_refused_code_is_forgotten_and_the_reason_stays(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	ask(t->db, CODE);
	tried(t->db, ENROLMENT_REFUSED, "It has run out.");
	struct enrolment e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_REFUSED);
	assert_string_equal(e.problem, "It has run out.");
	assert_int_equal(e.next_try_at, 0);
	expect_code(t->db, "");
	assert_int_equal(results(t->db, LEDGER_ENROLMENT, "refused"), 1);
	int64_t before = entries(t->db, LEDGER_ENROLMENT);
	assert_done(enrolment_cancel(t->db, "ada", NOW, err));
	e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_NONE);
	assert_string_equal(e.problem, "");
	assert_int_equal(e.attempts, 0);
	/* It was taken back by nobody. */
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), before);
}

static void a_code_typed_twice_leaves_the_certificate_as_it_is(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	use(t->db, NOW, NOW + 365 * DAY_S);
	ask(t->db, CODE);
	/* one that was not tried yet is another one */
	assert_done(enrolment_kept(t->db, "ada", NOW, err));
	assert_int_equal(now_is(t->db).state, ENROLMENT_ASKED);
	expect_code(t->db, CODE);
	assert_done(enrolment_begin(t->db, "ada", "asked", NOW, err));
	assert_done(enrolment_kept(t->db, "ada", NOW, err));
	struct enrolment e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_ENROLLED);
	assert_string_equal(e.problem, "");
	assert_int_equal(e.attempts, 0);
	assert_int_equal(strlen(e.sha256), 64);
	expect_code(t->db, "");
	assert_last_entry(t->db, LEDGER_ENROLMENT,
			  "was used before, by this device");
	assert_ledger_whole(t->db);
}

static void a_certificate_ends_it_and_forgets_the_code(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	ask(t->db, CODE);
	tried(t->db, ENROLMENT_ASKED, "It cannot be reached.");
	use(t->db, NOW, NOW + 365 * DAY_S);
	struct enrolment e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_ENROLLED);
	assert_int_equal(strlen(e.sha256), 64);
	assert_string_equal(e.subject, "CN=ex7-004211");
	assert_string_equal(e.issuer, "CN=ex7-004211");
	assert_int_equal(e.not_before, NOW);
	assert_int_equal(e.not_after, NOW + 365 * DAY_S);
	assert_int_equal(e.attempts, 0);
	assert_int_equal(e.next_try_at, 0);
	assert_string_equal(e.problem, "");
	expect_code(t->db, "");
	assert_last_entry(t->db, LEDGER_ENROLMENT, e.sha256);
	assert_last_entry(t->db, LEDGER_ENROLMENT,
			  "from 2025-11-24 to 2026-11-24,");
}

static void the_same_certificate_again_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct buf der = BUF_INIT;
	make(&der, NOW, NOW + 365 * DAY_S);
	allow_services(t->db, 0, NOW);
	assert_done(enrolment_certificate(t->db, "daemon", der.data, der.len,
					  NOW, err));
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 1);
	ask(t->db, CODE);
	tried(t->db, ENROLMENT_ASKED, "It cannot be reached.");
	assert_done(enrolment_certificate(t->db, "daemon", der.data, der.len,
					  NOW, err));
	assert_int_equal(now_is(t->db).state, ENROLMENT_ASKED);
	expect_code(t->db, CODE);
	assert_fails(ERR_INVALID,
		     enrolment_certificate(t->db, "daemon", der.data,
					   der.len - 1, NOW, err));
	buf_clear(&der);
}

static void
a_code_that_was_not_tried_yet_outlives_another_certificate(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	ask(t->db, CODE);
	use(t->db, NOW - 9 * DAY_S, NOW - DAY_S);
	struct enrolment e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_ASKED);
	assert_int_equal(strlen(e.sha256), 64);
	expect_code(t->db, CODE);
}

static void taking_a_code_back_leaves_the_certificate(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	use(t->db, NOW, NOW + 365 * DAY_S);
	ask(t->db, CODE);
	assert_done(enrolment_cancel(t->db, "ada", NOW, err));
	assert_last_entry(t->db, LEDGER_ENROLMENT, "taken back");
	assert_int_equal(now_is(t->db).state, ENROLMENT_ENROLLED);
	expect_code(t->db, "");
	/* How a try of it ends is of no interest any more. */
	tried(t->db, ENROLMENT_ASKED, "late");
	tried(t->db, ENROLMENT_REFUSED, "late");
	assert_int_equal(now_is(t->db).state, ENROLMENT_ENROLLED);
	assert_string_equal(now_is(t->db).problem, "");
}

static void what_became_of_a_code_says_nothing_of_the_next(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	ask(t->db, "first");
	assert_done(
		enrolment_begin(t->db, "ada", "comms.test is asked", NOW, err));
	ask(t->db, "second");
	assert_done(enrolment_tried(t->db, ENROLMENT_REFUSED, "ada", "wrong",
				    NOW, NOW, err));
	assert_int_equal(now_is(t->db).state, ENROLMENT_ASKED);
	assert_string_equal(now_is(t->db).problem, "");
	expect_code(t->db, "second");
}

static void a_renewal_that_fails_leaves_certificate_and_code(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	use(t->db, NOW - 300 * DAY_S, NOW + 65 * DAY_S);
	tried(t->db, ENROLMENT_ENROLLED, "It cannot be reached.");
	struct enrolment e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_ENROLLED);
	assert_string_equal(e.problem, "It cannot be reached.");
	assert_int_equal(e.attempts, 1);
	assert_int_equal(e.next_try_at, NOW + 60);
	assert_done(enrolment_begin(t->db, "daemon", "comms.test is asked", NOW,
				    err));
	ask(t->db, CODE);
	assert_done(enrolment_tried(t->db, ENROLMENT_ENROLLED, "daemon", "no",
				    NOW + 60, NOW, err));
	e = now_is(t->db);
	assert_int_equal(e.state, ENROLMENT_ASKED);
	assert_int_equal(e.next_try_at, 0);
	assert_string_equal(e.problem, "");
	expect_code(t->db, CODE);
}

/* What cannot be written down with its entry did not happen. */
static void no_step_is_taken_that_cannot_be_kept(void **state)
{
	static const char *const writes[] = {
		"INSERT ON enrolment",
		"UPDATE OF code ON enrolment",
		"INSERT ON ledger",
	};
	struct temporary_db *t = *state;
	struct buf der = BUF_INIT;
	make(&der, NOW, NOW + 365 * DAY_S);
	allow_services(t->db, 0, NOW);
	ask(t->db, CODE);
	tried(t->db, ENROLMENT_ASKED, "It cannot be reached.");
	int64_t before = entries(t->db, LEDGER_ENROLMENT);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		temporary_db_refuse(t->db, writes[i]);
		assert_fails(ERR_INVALID,
			     enrolment_ask(t->db, "ada", "other", NOW, err));
		assert_fails(ERR_INVALID,
			     enrolment_cancel(t->db, "ada", NOW, err));
		assert_fails(ERR_INVALID,
			     enrolment_certificate(t->db, "daemon", der.data,
						   der.len, NOW, err));
		assert_fails(ERR_INVALID,
			     enrolment_tried(t->db, ENROLMENT_REFUSED, "ada",
					     "no", NOW, NOW, err));
		if (i != 1) {
			assert_fails(ERR_INVALID,
				     enrolment_begin(t->db, "ada", "asked", NOW,
						     err));
		}
		struct enrolment e = now_is(t->db);
		assert_int_equal(e.state, ENROLMENT_ASKED);
		assert_int_equal(e.attempts, 1);
		assert_string_equal(e.problem, "It cannot be reached.");
		assert_string_equal(e.sha256, "");
		expect_code(t->db, CODE);
	}
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), before);
	buf_clear(&der);
}

static void what_cannot_be_read_is_told(void **state)
{
	struct temporary_db *t = *state;
	struct enrolment e = { .attempts = 77 };
	struct buf code = BUF_INIT;
	allow_services(t->db, 0, NOW);
	temporary_db_run(t->db, "DROP TABLE enrolment");
	assert_fails(ERR_BUG, enrolment_read(t->db, &e, err));
	assert_fails(ERR_BUG, enrolment_code(t->db, &code, err));
	assert_fails(ERR_BUG, enrolment_ask(t->db, "ada", CODE, NOW, err));
	assert_fails(ERR_BUG, enrolment_cancel(t->db, "ada", NOW, err));
	assert_fails(ERR_BUG, enrolment_begin(t->db, "ada", "x", NOW, err));
	assert_fails(ERR_BUG, enrolment_tried(t->db, ENROLMENT_REFUSED, "ada",
					      "x", NOW, NOW, err));
	assert_fails(ERR_BUG, enrolment_countdown(t->db, NOW, err));
	assert_int_equal(e.attempts, 77);
	assert_int_equal(code.len, 0);
}

static void hostile_words_of_a_server_stay_one_line(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		ask(t->db, CODE);
		tried(t->db, ENROLMENT_ASKED, hostile_texts[i]);
		assert_null(strpbrk(now_is(t->db).problem, "\r\n\x1b"));
	}
	assert_ledger_whole(t->db);
}

static void days_are_rounded_down_and_steps_follow_them(void **state)
{
	(void)state;
	struct enrolment e = { .sha256 = "x", .not_after = NOW };
	assert_int_equal(enrolment_days_left(&e, NOW), 0);
	assert_int_equal(enrolment_days_left(&e, NOW + 1), -1);
	assert_int_equal(enrolment_days_left(&e, NOW - DAY_S + 1), 0);
	assert_int_equal(enrolment_days_left(&e, NOW - DAY_S), 1);
	e.not_after = INT64_MAX;
	assert_int_equal(enrolment_days_left(&e, 0), INT_MAX - 1);
	static const int steps[][2] = {
		{ INT_MAX, 0 }, { 181, 0 }, { 180, 180 }, { 91, 180 },
		{ 90, 90 },     { 31, 90 }, { 30, 30 },   { 8, 30 },
		{ 7, 7 },       { 0, 7 },   { -1, -1 },
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_int_equal(enrolment_step(steps[i][0]), steps[i][1]);
	}
}

/* One look a day; gives what was told by then. */
static void days_go_by(struct db *db, int64_t from, int64_t to)
{
	for (int64_t at = from; at <= to; at += DAY_S) {
		assert_done(enrolment_countdown(db, at, err));
	}
}

static void each_step_is_told_once(void **state)
{
	struct temporary_db *t = *state;
	use(t->db, NOW, NOW + 365 * DAY_S);
	days_go_by(t->db, NOW, NOW + 184 * DAY_S);
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 1);
	days_go_by(t->db, NOW + 185 * DAY_S, NOW + 185 * DAY_S);
	assert_last_entry(t->db, LEDGER_ENROLMENT, "runs out in 180 days");
	days_go_by(t->db, NOW + 185 * DAY_S, NOW + 364 * DAY_S);
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 5);
	assert_last_entry(t->db, LEDGER_ENROLMENT, "runs out in 7 days");
	days_go_by(t->db, NOW + 366 * DAY_S, NOW + 400 * DAY_S);
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 6);
	assert_last_entry(t->db, LEDGER_ENROLMENT, "ran out on");
	assert_int_equal(now_is(t->db).countdown, -1);
	/* The next certificate counts anew. */
	use(t->db, NOW + 400 * DAY_S, NOW + 800 * DAY_S);
	assert_int_equal(now_is(t->db).countdown, 0);
	days_go_by(t->db, NOW + 400 * DAY_S, NOW + 801 * DAY_S);
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 12);
}

static void a_long_silence_tells_the_last_step_alone(void **state)
{
	struct temporary_db *t = *state;
	use(t->db, NOW, NOW + 365 * DAY_S);
	assert_done(enrolment_countdown(t->db, NOW + 362 * DAY_S, err));
	assert_last_entry(t->db, LEDGER_ENROLMENT, "runs out in 3 days");
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 2);
	/* A clock that goes back tells nothing again. */
	assert_done(enrolment_countdown(t->db, NOW + 200 * DAY_S, err));
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 2);
}

static void
a_short_lifetime_is_not_counted_down_from_its_first_day(void **state)
{
	struct temporary_db *t = *state;
	use(t->db, NOW, NOW + 30 * DAY_S);
	days_go_by(t->db, NOW, NOW + 22 * DAY_S);
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 1);
	days_go_by(t->db, NOW + 23 * DAY_S, NOW + 29 * DAY_S);
	assert_int_equal(entries(t->db, LEDGER_ENROLMENT), 2);
	assert_last_entry(t->db, LEDGER_ENROLMENT, "runs out in 7 days");
}

static void states_have_the_names_of_the_schema(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, 0, NOW);
	static const enum enrolment_state all[] = {
		ENROLMENT_NONE, ENROLMENT_ASKED, ENROLMENT_PENDING,
		ENROLMENT_ENROLLED, ENROLMENT_REFUSED
	};
	ask(t->db, CODE);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char sql[96];
		snprintf(sql, sizeof(sql), "UPDATE enrolment SET state = '%s'",
			 enrolment_state_name(all[i]));
		temporary_db_run(t->db, sql);
		assert_int_equal(now_is(t->db).state, all[i]);
	}
}

#define test(function)                                                 \
	cmocka_unit_test_setup_teardown(function, temporary_db_device, \
					temporary_db_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_new_device_has_no_certificate_and_no_code),
		test(a_code_is_kept_as_typed_but_for_spaces_at_its_ends),
		test(the_code_stands_in_no_entry),
		test(what_is_no_code_is_refused),
		test(without_remote_services_no_code_is_taken),
		test(a_try_is_written_down_before_and_after),
		test(a_refused_code_is_forgotten_and_the_reason_stays),
		test(a_code_typed_twice_leaves_the_certificate_as_it_is),
		test(a_certificate_ends_it_and_forgets_the_code),
		test(the_same_certificate_again_changes_nothing),
		test(a_code_that_was_not_tried_yet_outlives_another_certificate),
		test(taking_a_code_back_leaves_the_certificate),
		test(what_became_of_a_code_says_nothing_of_the_next),
		test(a_renewal_that_fails_leaves_certificate_and_code),
		test(no_step_is_taken_that_cannot_be_kept),
		test(what_cannot_be_read_is_told),
		test(hostile_words_of_a_server_stay_one_line),
		test(days_are_rounded_down_and_steps_follow_them),
		test(each_step_is_told_once),
		test(a_long_silence_tells_the_last_step_alone),
		test(a_short_lifetime_is_not_counted_down_from_its_first_day),
		test(states_have_the_names_of_the_schema),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
