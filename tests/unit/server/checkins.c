/*
 * A check-in on the server's side: what it keeps, what it answers, that an
 * idle one writes one row and nothing else, and that nothing is half done.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/checkins.h"

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "server/notices.h"
#include "server/witness.h"
#include "tests/unit/server/instructions_samples.h"
#include "tests/unit/server/log_samples.h"
#include "tests/unit/server/sealed_samples.h"
#include "tests/unit/store/temporary_db.h"

static int64_t number(struct samples *s, const char *sql)
{
	struct stmt q;
	struct err err = { 0 };
	assert_true(db_query(s->server.db, &q, sql, &err));
	int64_t value = db_row(&q) ? db_int(&q, 0) : -1;
	assert_true(db_done(&q, &err));
	return value;
}

static struct checkin_answer
answer(struct samples *s, const struct checkin_request *request, int64_t now)
{
	struct fleet_device device = log_sample_device(s);
	struct note_verifier verifier;
	struct checkin_answer a;
	struct refusal refusal = { .kind = REFUSAL_NONE };
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	if (!checkins_answer(&s->server, &device, request, now, &note,
			     &refusal)) {
		fail_msg("%s", refusal.detail);
	}
	assert_true(note_verifier_of(s->server.signer, s->server.key.public_key,
				     &verifier, NULL));
	if (!checkin_answer_read(buf_str(&note), note.len, &verifier, &a,
				 &err)) {
		fail_msg("%s", err.text);
	}
	assert_string_equal(a.device, SAMPLES_DEVICE);
	assert_string_equal(a.nonce, request->nonce);
	assert_int_equal(a.time, now);
	buf_clear(&note);
	return a;
}

static void an_idle_one_keeps_a_row_and_writes_no_entry(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	size_t entries = samples_entries(s, 0);
	int64_t heads = number(s, "SELECT count(*) FROM ledger_checkpoints");
	int64_t before = number(s, "SELECT total_changes()");
	struct checkin_answer a = answer(s, r, SAMPLES_NOW);
	assert_int_equal(number(s, "SELECT total_changes()"), before + 1);
	assert_int_equal(samples_entries(s, 0), entries);
	assert_int_equal(number(s, "SELECT count(*) FROM ledger_checkpoints"),
			 heads);
	assert_int_equal(a.interval_s, s->config.checkin_interval_s);
	assert_int_equal(a.instruction, 0);
	assert_int_equal(a.notices, 0);
	assert_int_equal(a.recipients, 0);
	struct fleet_device d = log_sample_device(s);
	assert_int_equal(d.checkin_at, SAMPLES_NOW);
	assert_int_equal(d.checkin_interval, 3600);
	assert_int_equal(d.checkin_least, 900);
	assert_int_equal(d.checkin_most, 86400);
	assert_int_equal(d.checkin_expected, SAMPLES_NOW + 3700);
	assert_string_equal(d.client_version, "0.5");
	assert_int_equal(d.clock_ahead, 5);
	assert_int_equal(fleet_contact_at(&d), SAMPLES_NOW);
	mem_free(r);
}

static void another_devices_check_in_is_refused(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	struct fleet_device device = log_sample_device(s);
	struct refusal refusal = { .kind = REFUSAL_NONE };
	struct buf note = BUF_INIT;
	(void)strcpy(r->device, SAMPLES_OTHER);
	assert_false(checkins_answer(&s->server, &device, r, SAMPLES_NOW, &note,
				     &refusal));
	assert_int_equal(refusal.kind, REFUSAL_FOREIGN);
	assert_int_equal(note.len, 0);
	assert_int_equal(log_sample_device(s).checkin_at, 0);
	mem_free(r);
}

static void the_answer_tells_how_far_things_are(void **state)
{
	struct samples *s = *state;
	static const char list[] =
		"sluice.recipients/v1\nvendor Example\nnumber 7\n\n\xe2\x80\x94 "
		"vendor.example/recipients AAAA\n";
	struct checkin_request *r = log_sample_request();
	struct err err = { 0 };
	char *path = files_join(s->config.state, SERVER_RECIPIENTS);
	struct sealed item;
	sealed_receive(s, SAMPLES_DEVICE, 1, 100, SAMPLES_NOW, &item);
	assert_true(notices_add(s->server.db, NOTICE_DELETED, SAMPLES_DEVICE,
				item.transaction, SAMPLES_NOW, "desk", &err));
	assert_true(files_write(path, list, strlen(list), 0644, &err));
	(void)instruction_make(s, INSTRUCTION_MESSAGE);
	(void)instruction_make(s, INSTRUCTION_MESSAGE);
	struct checkin_answer a = answer(s, r, SAMPLES_NOW);
	assert_int_equal(a.instruction, 2);
	assert_int_equal(a.notices, 1);
	assert_int_equal(a.recipients, 7);
	mem_free(path);
	mem_free(r);
}

static void say(struct checkin_request *r, uint64_t number, const char *result)
{
	struct checkin_outcome *o = &r->outcomes[r->outcomes_count++];
	*o = (struct checkin_outcome){ .number = number, .at = SAMPLES_NOW };
	(void)strcpy(o->result, result);
	(void)strcpy(o->text, "It is so.");
}

/* What waits for a person, or was only handed out, is not answered. */
static void one_that_forgot_is_told_what_it_answered(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	for (int i = 0; i < 4; i++) {
		(void)instruction_make(s, INSTRUCTION_MESSAGE);
	}
	say(r, 1, "done");
	say(r, 2, "policy");
	say(r, 3, "waiting");
	r->instruction = 3;
	assert_int_equal(answer(s, r, SAMPLES_NOW).answered, 0);
	r->outcomes_count = 0;
	r->instruction = 2;
	assert_int_equal(answer(s, r, SAMPLES_NOW).answered, 0);
	r->instruction = 1;
	assert_int_equal(answer(s, r, SAMPLES_NOW).answered, 2);
	r->instruction = 0;
	assert_int_equal(answer(s, r, SAMPLES_NOW).answered, 2);
	mem_free(r);
}

static void an_interval_of_its_own_is_wished(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	struct err err = { 0 };
	assert_true(fleet_want_interval(s->server.db, "anna", SAMPLES_DEVICE,
					7200, SAMPLES_NOW, &err));
	assert_int_equal(answer(s, r, SAMPLES_NOW).interval_s, 7200);
	/* It may come only after the longer one. */
	struct fleet_device d = log_sample_device(s);
	assert_int_equal(d.checkin_interval, 7200);
	assert_int_equal(d.checkin_expected, SAMPLES_NOW + 7200 + 360);
	/* Beyond the customer's limits, these hold. */
	assert_true(fleet_want_interval(s->server.db, "anna", SAMPLES_DEVICE,
					300, SAMPLES_NOW, &err));
	assert_int_equal(answer(s, r, SAMPLES_NOW).interval_s, 300);
	assert_int_equal(log_sample_device(s).checkin_interval, 900);
	mem_free(r);
}

/* Whatever it says, it is missed one day. */
static void a_device_cannot_say_that_it_comes_in_a_year(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	const int64_t year = (int64_t)366 * 86400;
	r->interval_s = r->least_s = r->most_s = r->next_s = year;
	(void)answer(s, r, SAMPLES_NOW);
	struct fleet_device d = log_sample_device(s);
	assert_true(d.checkin_expected <= SAMPLES_NOW + (int64_t)9 * 86400);
	assert_true(d.checkin_interval <= (int64_t)7 * 86400);
	assert_int_equal(checkins_missed(&d, SAMPLES_NOW + (int64_t)7 * 86400),
			 0);
	assert_true(checkins_missed(&d, SAMPLES_NOW + (int64_t)30 * 86400) >=
		    3);
	mem_free(r);
}

static void outcomes_and_rows_are_kept(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	uint64_t n = instruction_make(s, INSTRUCTION_MESSAGE);
	struct checkin_outcome *o = &r->outcomes[r->outcomes_count++];
	o->number = n;
	o->at = SAMPLES_NOW;
	(void)strcpy(o->result, "done");
	(void)strcpy(o->text, "Shown.");
	(void)answer(s, r, SAMPLES_NOW);
	struct instruction_made made = instruction_answer(s, n);
	assert_string_equal(made.result, "done");
	assert_string_equal(made.outcome, "Shown.");
	samples_last_entry(s, LEDGER_INSTRUCTION,
			   "the device reports \"done\": Shown.");
	/* Rows of its log, all of them. */
	const struct instruction asked = instruction_sample(INSTRUCTION_LEDGER);
	(void)instruction_make(s, INSTRUCTION_LEDGER);
	r->outcomes_count = 0;
	for (uint64_t i = asked.from; i < asked.from + 2; i++) {
		struct checkin_row *row = &r->rows[r->rows_count++];
		row->sequence = i;
		(void)strcpy(row->kind, "sign-in");
		memset(row->leaf, 'a', 64);
	}
	(void)answer(s, r, SAMPLES_NOW);
	assert_int_equal(number(s, "SELECT count(*) FROM ledger_reports"), 2);
	mem_free(r);
}

/* The answer to the very check-in that tells of it wishes it already. */
static void an_interval_that_was_agreed_to_is_wished_at_once(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	const struct instruction asked =
		instruction_sample(INSTRUCTION_INTERVAL);
	const int64_t before = answer(s, r, SAMPLES_NOW).interval_s;
	assert_true(asked.interval_s != before);
	/* Its own, of all that it was asked. */
	(void)instruction_make(s, INSTRUCTION_MESSAGE);
	say(r, instruction_make(s, INSTRUCTION_INTERVAL), "done");
	(void)instruction_make(s, INSTRUCTION_MESSAGE);
	assert_int_equal(answer(s, r, SAMPLES_NOW).interval_s,
			 asked.interval_s);
	mem_free(r);
}

static void a_head_is_kept_with_the_same_commit(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct witness_row row;
	struct err err = { 0 };
	struct checkin_request *r = log_sample_request();
	log_sample_make(&log, 1, 20);
	log_sample_head(&log, 0, 7, r);
	log_sample_key(&log, r);
	struct checkin_answer a = answer(s, r, SAMPLES_NOW);
	assert_int_equal(a.witnessed, 7);
	assert_true(a.cosignature[0] != '\0');
	assert_true(witness_get(s->server.db, SAMPLES_DEVICE, &row, &err));
	assert_true(row.size == 7);
	mem_free(r);
}

/* Without its commit there is no answer, and nothing of it stays. */
static void what_cannot_be_kept_is_not_answered(void **state)
{
	struct samples *s = *state;
	struct log_sample log;
	struct witness_row row;
	struct fleet_device device = log_sample_device(s);
	struct refusal refusal = { .kind = REFUSAL_NONE };
	struct checkin_request *r = log_sample_request();
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	log_sample_make(&log, 1, 20);
	log_sample_head(&log, 0, 7, r);
	log_sample_key(&log, r);
	temporary_db_refuse(s->server.db, "INSERT ON witnessed");
	assert_false(checkins_answer(&s->server, &device, r, SAMPLES_NOW, &note,
				     &refusal));
	assert_true(refusal_status(refusal.kind) >= 500);
	assert_int_equal(note.len, 0);
	assert_int_equal(log_sample_device(s).checkin_at, 0);
	assert_string_equal(log_sample_device(s).ledger_key, "");
	assert_false(witness_get(s->server.db, SAMPLES_DEVICE, &row, &err));
	mem_free(r);
}

static void missing_ones_are_counted(void **state)
{
	struct fleet_device d = { .checkin_at = 1000000,
				  .checkin_interval = 3600,
				  .checkin_expected = 1003700 };
	(void)state;
	assert_int_equal(checkins_missed(&d, 1003700), 0);
	assert_int_equal(checkins_missed(&d, 1003781), 1);
	assert_int_equal(checkins_missed(&d, 1003780 + 2 * 3600), 3);
	assert_true(3 >= CHECKINS_MISSED);
	/* An upload is a sign of life. */
	d.last_seen_at = 1003780 + 2 * 3600;
	assert_int_equal(checkins_missed(&d, 1003780 + 2 * 3600), 0);
	/* Before quiet hours it said when it comes again. */
	d.last_seen_at = 0;
	d.checkin_expected = 1040000;
	assert_int_equal(checkins_missed(&d, 1040000), 0);
	d.revoked_at = 1;
	assert_int_equal(checkins_missed(&d, 9999999), 0);
	d.revoked_at = 0;
	d.checkin_interval = 0;
	assert_int_equal(checkins_missed(&d, 9999999), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(an_idle_one_keeps_a_row_and_writes_no_entry),
		SAMPLES_TEST(another_devices_check_in_is_refused),
		SAMPLES_TEST(the_answer_tells_how_far_things_are),
		SAMPLES_TEST(one_that_forgot_is_told_what_it_answered),
		SAMPLES_TEST(an_interval_of_its_own_is_wished),
		SAMPLES_TEST(a_device_cannot_say_that_it_comes_in_a_year),
		SAMPLES_TEST(outcomes_and_rows_are_kept),
		SAMPLES_TEST(an_interval_that_was_agreed_to_is_wished_at_once),
		SAMPLES_TEST(a_head_is_kept_with_the_same_commit),
		SAMPLES_TEST(what_cannot_be_kept_is_not_answered),
		cmocka_unit_test(missing_ones_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
