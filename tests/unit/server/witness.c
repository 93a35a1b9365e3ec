/*
 * The server as witness: a head is taken when it is proved to have grown out
 * of the one that is kept, and otherwise never, whatever a device says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/witness.h"

#include "base/mem.h"
#include "domain/ledger.h"
#include "formats/cosignature.h"
#include "tests/unit/server/log_samples.h"
#include "tests/unit/store/temporary_db.h"

static struct checkin_answer
take(struct samples *s, const struct checkin_request *request, int64_t now)
{
	struct checkin_answer answer = { .time = now };
	struct fleet_device device = log_sample_device(s);
	struct err err = { 0 };
	bool ok = db_begin(s->server.db, &err) &&
		  db_finish(s->server.db,
			    witness_take(&s->server, &device, request, now,
					 &answer, &err),
			    &err);
	if (!ok) {
		fail_msg("%s", err.text);
	}
	return answer;
}

/* So many so far; the last one came as many seconds after SAMPLES_NOW. */
static int64_t offers;

/* The head of size entries, proved from old_size. */
static struct checkin_answer offer(struct samples *s,
				   const struct log_sample *log, bool key,
				   uint64_t old_size, uint64_t size)
{
	struct checkin_request *r = log_sample_request();
	log_sample_head(log, old_size, size, r);
	if (key) {
		log_sample_key(log, r);
	}
	struct checkin_answer answer = take(s, r, SAMPLES_NOW + ++offers);
	mem_free(r);
	return answer;
}

static void assert_taken(const struct checkin_answer *a, uint64_t size)
{
	assert_string_equal(a->witness_problem, "");
	assert_true(a->witnessed == size);
	assert_true(a->cosignature[0] != '\0');
}

static void assert_refused(const struct checkin_answer *a, const char *problem,
			   uint64_t kept)
{
	assert_string_equal(a->witness_problem, problem);
	assert_true(a->witnessed == kept);
	assert_string_equal(a->cosignature, "");
}

static struct witness_row kept(struct samples *s)
{
	struct witness_row row;
	struct err err = { 0 };
	if (!witness_get(s->server.db, SAMPLES_DEVICE, &row, &err)) {
		fail_msg("%s", err.text);
	}
	return row;
}

static void a_log_is_learned_and_followed(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct checkin_answer a;
	struct err err = { 0 };
	struct witness_row row;
	log_sample_make(&log, 1, 20);
	assert_false(witness_get(s->server.db, SAMPLES_DEVICE, &row, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	a = offer(s, &log, true, 0, 3);
	assert_taken(&a, 3);
	assert_string_equal(log_sample_device(s).ledger_key, log.verifier);
	a = offer(s, &log, false, 3, 4);
	assert_taken(&a, 4);
	a = offer(s, &log, false, 4, 20);
	assert_taken(&a, 20);
	/* The same again is no harm; the key again neither. */
	a = offer(s, &log, true, 20, 20);
	assert_taken(&a, 20);
	assert_true(kept(s).size == 20);
	assert_int_equal(kept(s).at, SAMPLES_NOW + offers);
	assert_int_equal(kept(s).conflict_at, 0);
	samples_last_entry(s, LEDGER_DEVICE,
			   "The key of the log of device " SAMPLES_DEVICE
			   " is sluice/" SAMPLES_DEVICE "+");
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 0);
}

static void the_countersignature_is_of_the_receipt_key(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct note_verifier verifier;
	int64_t at = 0;
	log_sample_make(&log, 1, 20);
	struct checkin_request *r = log_sample_request();
	log_sample_head(&log, 0, 7, r);
	log_sample_key(&log, r);
	struct checkin_answer a = take(s, r, SAMPLES_NOW);
	assert_true(note_verifier_of(s->server.signer, s->server.key.public_key,
				     &verifier, NULL));
	assert_true(cosignature_check(r->checkpoint, strlen(r->checkpoint),
				      a.cosignature, &verifier, &at, NULL));
	assert_int_equal(at, SAMPLES_NOW);
	mem_free(r);
}

static void a_request_without_a_head_says_what_is_kept(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	log_sample_make(&log, 1, 20);
	struct checkin_request *r = log_sample_request();
	struct checkin_answer a = take(s, r, SAMPLES_NOW);
	assert_refused(&a, "", 0);
	(void)offer(s, &log, true, 0, 5);
	a = take(s, r, SAMPLES_NOW);
	assert_refused(&a, "", 5);
	mem_free(r);
}

/* The answer to an earlier one was lost: no conflict, and the way on. */
static void a_proof_from_another_size_is_asked_for_again(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct checkin_answer a;
	log_sample_make(&log, 1, 20);
	(void)offer(s, &log, true, 0, 5);
	a = offer(s, &log, false, 3, 9);
	assert_refused(&a, "proof", 5);
	a = offer(s, &log, false, 0, 9);
	assert_refused(&a, "proof", 5);
	a = offer(s, &log, false, 5, 9);
	assert_taken(&a, 9);
	assert_int_equal(kept(s).conflict_at, 0);
}

/* Of the same head no proof is needed, so that nothing is asked again. */
static void the_same_head_is_taken_from_whatever_size(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct checkin_answer a;
	log_sample_make(&log, 1, 20);
	(void)offer(s, &log, true, 0, 9);
	a = offer(s, &log, false, 5, 9);
	assert_taken(&a, 9);
	a = offer(s, &log, false, 0, 9);
	assert_taken(&a, 9);
}

/* The server lost what it kept; the device begins at its own. */
static void a_server_that_kept_nothing_begins_at_the_first(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct checkin_answer a;
	log_sample_make(&log, 1, 20);
	a = offer(s, &log, true, 5, 9);
	assert_refused(&a, "proof", 0);
	a = offer(s, &log, true, 0, 9);
	assert_taken(&a, 9);
}

static void a_log_that_was_rolled_back_is_a_conflict(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct checkin_answer a;
	log_sample_make(&log, 1, 20);
	(void)offer(s, &log, true, 0, 9);
	a = offer(s, &log, false, 0, 6);
	assert_refused(&a, "conflict", 9);
	assert_int_equal(kept(s).conflict_at, SAMPLES_NOW + offers);
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 1);
	samples_last_entry(s, LEDGER_REFUSED,
			   " is not taken: it has fewer entries (9 entries are "
			   "known of this log).");
	/* It goes on elsewhere, and says so again: one entry is enough. */
	log_sample_fork(&log, 6);
	a = offer(s, &log, false, 9, 12);
	assert_refused(&a, "conflict", 9);
	a = offer(s, &log, false, 9, 13);
	assert_refused(&a, "conflict", 9);
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 1);
	assert_true(kept(s).size == 9);
}

static void other_entries_are_a_conflict(void **state)
{
	struct samples *s = *state;
	struct log_sample log, good;
	struct checkin_answer a;
	log_sample_make(&log, 1, 20);
	good = log;
	(void)offer(s, &log, true, 0, 9);
	log_sample_fork(&log, 4);
	a = offer(s, &log, false, 9, 9);
	assert_refused(&a, "conflict", 9);
	a = offer(s, &log, false, 9, 12);
	assert_refused(&a, "conflict", 9);
	/* The right log is taken on; another conflict is news again. */
	a = offer(s, &good, false, 9, 14);
	assert_taken(&a, 14);
	assert_true(kept(s).conflict_at > 0);
	a = offer(s, &log, false, 14, 15);
	assert_refused(&a, "conflict", 14);
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 2);
}

static void a_proof_that_does_not_hold_is_a_conflict(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	log_sample_make(&log, 1, 20);
	(void)offer(s, &log, true, 0, 9);
	struct checkin_request *r = log_sample_request();
	log_sample_head(&log, 9, 12, r);
	r->proof.hash[0][0] ^= 1;
	struct checkin_answer a = take(s, r, SAMPLES_NOW);
	assert_refused(&a, "conflict", 9);
	log_sample_head(&log, 9, 12, r);
	r->proof.count = 0;
	a = take(s, r, SAMPLES_NOW);
	assert_refused(&a, "conflict", 9);
	mem_free(r);
}

static void another_key_is_not_taken(void **state)
{
	struct samples *s = *state;
	struct log_sample log, other;
	struct checkin_answer a;
	log_sample_make(&log, 1, 20);
	log_sample_make(&other, 2, 20);
	(void)offer(s, &log, true, 0, 9);
	a = offer(s, &other, true, 9, 12);
	assert_refused(&a, "conflict", 9);
	a = offer(s, &other, false, 9, 12); /* its signature alone */
	assert_refused(&a, "conflict", 9);
	assert_string_equal(log_sample_device(s).ledger_key, log.verifier);
	/* Nor beside a head that the right one signed. */
	struct checkin_request *r = log_sample_request();
	log_sample_head(&log, 9, 12, r);
	log_sample_key(&other, r);
	a = take(s, r, SAMPLES_NOW + ++offers);
	mem_free(r);
	assert_refused(&a, "conflict", 9);
	assert_string_equal(log_sample_device(s).ledger_key, log.verifier);
	a = offer(s, &log, true, 9, 12);
	assert_taken(&a, 12);
}

static void another_devices_key_is_not_taken(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct note_verifier verifier;
	struct buf text = BUF_INIT;
	log_sample_make(&log, 1, 20);
	(void)strcpy(log.name, "sluice/" SAMPLES_OTHER);
	assert_true(note_verifier_of(log.name, log.key.public_key, &verifier,
				     NULL));
	note_verifier_put(&text, &verifier);
	(void)strcpy(log.verifier, buf_str(&text));
	buf_clear(&text);
	struct checkin_answer a = offer(s, &log, true, 0, 9);
	assert_refused(&a, "conflict", 0);
	assert_string_equal(log_sample_device(s).ledger_key, "");
	samples_last_entry(s, LEDGER_REFUSED,
			   "The head of the log of device " SAMPLES_DEVICE
			   " is not taken: its key has another name.");
	/* However often it says so: an entry a day. */
	for (int i = 0; i < 5; i++) {
		a = offer(s, &log, true, 0, 9);
		assert_refused(&a, "conflict", 0);
	}
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 1);
	offers += 86400;
	(void)offer(s, &log, true, 0, 9);
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 2);
	offers -= 86400;
}

/*
 * That it was refused is kept as what it is: words of other entries, and
 * those of other devices, have no part in it.
 */
static void a_refusal_without_a_head_is_a_fact_of_its_device(void **state)
{
	struct samples *s = *state;
	struct log_sample log, other;
	struct err err = { 0 };
	struct ledger_entry alike = {
		.at = SAMPLES_NOW,
		.kind = LEDGER_REFUSED,
		.actor = SAMPLES_DEVICE,
		.result = "refused",
		.text = "The head of the log has no part in this.",
	};
	log_sample_make(&log, 1, 20);
	log_sample_make(&other, 2, 20);
	assert_true(ledger_append(s->server.db, &alike, &err));
	struct checkin_request *r = log_sample_request();
	log_sample_head(&other, 0, 9, r);
	log_sample_key(&log, r);
	(void)take(s, r, SAMPLES_NOW);
	(void)take(s, r, SAMPLES_NOW + 86400);
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 2);
	assert_int_equal(
		temporary_db_number(s->server.db,
				    "SELECT count(*) FROM heads_refused "
				    "WHERE device = '" SAMPLES_DEVICE "'"),
		1);
	(void)take(s, r, SAMPLES_NOW + 86401);
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 3);
	/* A clock that was set back is another day, once. */
	(void)take(s, r, SAMPLES_NOW + 10);
	(void)take(s, r, SAMPLES_NOW + 11);
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 4);
	/* Where a head is kept, the conflict stands there. */
	(void)offer(s, &log, true, 0, 9);
	(void)offer(s, &log, false, 0, 5);
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 5);
	assert_int_equal(temporary_db_number(s->server.db,
					     "SELECT at FROM heads_refused"),
			 SAMPLES_NOW + 10);
	mem_free(r);
}

/* The very first head: the key that comes with it must have signed it. */
static void a_first_head_is_signed_by_its_key(void **state)
{
	struct samples *s = *state;
	struct log_sample log, other;
	struct witness_row row;
	struct err err = { 0 };
	log_sample_make(&log, 1, 20);
	log_sample_make(&other, 2, 20);
	struct checkin_request *r = log_sample_request();
	log_sample_head(&other, 0, 9, r);
	log_sample_key(&log, r);
	struct checkin_answer a = take(s, r, SAMPLES_NOW);
	assert_refused(&a, "conflict", 0);
	assert_false(witness_get(s->server.db, SAMPLES_DEVICE, &row, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_string_equal(log_sample_device(s).ledger_key, "");
	mem_free(r);
}

/* A head that cannot be kept is not countersigned for the device either. */
static void what_cannot_be_kept_is_told(void **state)
{
	static const char *const writes[] = { "INSERT ON witnessed",
					      "UPDATE ON devices",
					      "INSERT ON ledger" };
	struct samples *s = *state;
	struct db *db = s->server.db;
	struct log_sample log;
	struct witness_row row;
	log_sample_make(&log, 1, 20);
	struct checkin_request *r = log_sample_request();
	log_sample_head(&log, 0, 9, r);
	log_sample_key(&log, r);
	struct fleet_device device = log_sample_device(s);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		struct checkin_answer answer = { .time = SAMPLES_NOW };
		temporary_db_refuse(db, writes[i]);
		assert_fails(ERR_INVALID,
			     witness_take(&s->server, &device, r, SAMPLES_NOW,
					  &answer, err));
		assert_string_equal(answer.cosignature, "");
	}
	log_sample_head(&log, 0, 9, r);
	r->checkpoint[strlen(r->checkpoint) - 3] ^= 1; /* not signed by it */
	temporary_db_refuse(db, "INSERT ON heads_refused");
	struct checkin_answer refused = { .time = SAMPLES_NOW };
	assert_fails(ERR_INVALID, witness_take(&s->server, &device, r,
					       SAMPLES_NOW, &refused, err));
	temporary_db_run(db, "DROP TABLE heads_refused");
	assert_fails(ERR_BUG, witness_take(&s->server, &device, r, SAMPLES_NOW,
					   &refused, err));
	temporary_db_run(db, "DROP TABLE witnessed");
	struct checkin_answer answer = { .time = SAMPLES_NOW };
	assert_fails(ERR_BUG, witness_take(&s->server, &device, r, SAMPLES_NOW,
					   &answer, err));
	assert_fails(ERR_BUG, witness_get(db, SAMPLES_DEVICE, &row, err));
	mem_free(r);
}

static void a_head_whose_key_is_unknown_waits_for_the_key(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	log_sample_make(&log, 1, 20);
	struct checkin_answer a = offer(s, &log, false, 0, 9);
	assert_refused(&a, "proof", 0);
	a = offer(s, &log, true, 0, 9);
	assert_taken(&a, 9);
}

static void enrol_again(struct samples *s)
{
	struct err err = { 0 };
	assert_true(fleet_enrolled_again(s->server.db, SAMPLES_DEVICE, &err));
}

static void after_a_new_enrolment_the_same_log_goes_on(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	log_sample_make(&log, 1, 20);
	(void)offer(s, &log, true, 0, 9);
	enrol_again(s);
	struct checkin_answer a = offer(s, &log, true, 9, 12);
	assert_taken(&a, 12);
	assert_int_equal(kept(s).conflict_at, 0);
}

static void after_a_new_enrolment_a_new_log_may_begin(void **state)
{
	struct samples *s = *state;
	struct log_sample log, fresh;
	size_t before;
	log_sample_make(&log, 1, 20);
	log_sample_make(&fresh, 2, 20);
	log_sample_fork(&fresh, 0);
	(void)offer(s, &log, true, 0, 9);
	enrol_again(s);
	before = samples_entries(s, LEDGER_DEVICE);
	struct checkin_answer a = offer(s, &fresh, true, 0, 4);
	assert_taken(&a, 4);
	/* That it began anew, and its key. */
	assert_int_equal(samples_entries(s, LEDGER_DEVICE), before + 2);
	assert_int_equal(
		temporary_db_number(s->server.db,
				    "SELECT count(*) FROM ledger WHERE text = "
				    "'The log of device " SAMPLES_DEVICE
				    " begins anew after its enrolment; the one "
				    "before had 9 entries.'"),
		1);
	a = offer(s, &log, true, 4, 12);
	assert_refused(&a, "conflict", 4);
}

/* Whatever a program does, the database keeps no smaller head. */
/* Order is what counts, not the second, and not a clock that was set back. */
static void a_conflict_of_the_same_second_stands_as_well(void **state)
{
	struct samples *s = *state;
	static const int64_t clocks[][3] = { { 100, 100, 100 },
					     { 200, 150, 120 } };
	for (size_t i = 0; i < 2; i++) {
		struct log_sample log;
		struct checkin_request *r = log_sample_request();
		uint64_t size = 5 + 5 * i;
		log_sample_make(&log, 1, 20);
		log_sample_key(&log, r);
		log_sample_head(&log, i == 0 ? 0 : 6, size, r);
		(void)take(s, r, SAMPLES_NOW + clocks[i][0]);
		log_sample_head(&log, 0, 2, r);
		(void)take(s, r, SAMPLES_NOW + clocks[i][1]);
		assert_true(kept(s).conflict_at > kept(s).at);
		assert_int_equal(samples_entries(s, LEDGER_REFUSED), i + 1);
		/* Again is no news. */
		(void)take(s, r, SAMPLES_NOW + clocks[i][1]);
		assert_int_equal(samples_entries(s, LEDGER_REFUSED), i + 1);
		/* And the right log ends it in that second. */
		log_sample_head(&log, size, size + 1, r);
		(void)take(s, r, SAMPLES_NOW + clocks[i][2]);
		assert_true(kept(s).conflict_at <= kept(s).at);
		assert_true(kept(s).size == size + 1);
		mem_free(r);
	}
}

static void the_database_itself_lets_no_head_shrink(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct stmt q;
	struct err err = { 0 };
	log_sample_make(&log, 1, 20);
	(void)offer(s, &log, true, 0, 9);
	assert_true(db_query(s->server.db, &q, "UPDATE witnessed SET size = 3",
			     &err));
	assert_false(db_run(&q, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_log_is_learned_and_followed),
		SAMPLES_TEST(the_countersignature_is_of_the_receipt_key),
		SAMPLES_TEST(a_request_without_a_head_says_what_is_kept),
		SAMPLES_TEST(the_same_head_is_taken_from_whatever_size),
		SAMPLES_TEST(a_proof_from_another_size_is_asked_for_again),
		SAMPLES_TEST(a_server_that_kept_nothing_begins_at_the_first),
		SAMPLES_TEST(a_log_that_was_rolled_back_is_a_conflict),
		SAMPLES_TEST(other_entries_are_a_conflict),
		SAMPLES_TEST(a_proof_that_does_not_hold_is_a_conflict),
		SAMPLES_TEST(another_key_is_not_taken),
		SAMPLES_TEST(another_devices_key_is_not_taken),
		SAMPLES_TEST(a_refusal_without_a_head_is_a_fact_of_its_device),
		SAMPLES_TEST(a_first_head_is_signed_by_its_key),
		SAMPLES_TEST(what_cannot_be_kept_is_told),
		SAMPLES_TEST(a_head_whose_key_is_unknown_waits_for_the_key),
		SAMPLES_TEST(after_a_new_enrolment_the_same_log_goes_on),
		SAMPLES_TEST(after_a_new_enrolment_a_new_log_may_begin),
		SAMPLES_TEST(a_conflict_of_the_same_second_stands_as_well),
		SAMPLES_TEST(the_database_itself_lets_no_head_shrink),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
