/*
 * What one device can make the server write: entries and check-ins have an
 * end in each hour, which is said once, and no other device feels it.
 */
#include "server/fleet_limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "server/checkins.h"
#include "tests/unit/server/instructions_samples.h"
#include "tests/unit/server/log_samples.h"
#include "tests/unit/server/way.h"

#define HOUR 3600

static int caused(struct samples *s, const char *id, int times, int64_t now)
{
	int written = 0;
	for (int i = 0; i < times; i++) {
		struct err err = { 0 };
		bool may = false;
		assert_true(fleet_may_cause(s->server.db, id, now, &may, &err));
		written += may ? 1 : 0;
	}
	return written;
}

/* One entry says what came to an end, and when it goes on. */
static void expect_end(struct samples *s, const char *what)
{
	char until[CLOCK_TEXT_SIZE];
	struct buf text = BUF_INIT;
	struct stmt q;
	clock_format(until, SAMPLES_NOW - SAMPLES_NOW % HOUR + HOUR);
	buf_printf(&text, "Device " SAMPLES_DEVICE " %s until %s.", what,
		   until);
	assert_true(db_query(s->server.db, &q,
			     "SELECT count(*) FROM ledger WHERE text = ?",
			     NULL));
	db_bind_text(&q, 1, buf_str(&text));
	assert_true(db_row(&q));
	assert_int_equal(db_int(&q, 0), 1);
	assert_true(db_done(&q, NULL));
	buf_clear(&text);
}

static void entries_have_an_end_in_each_hour(void **state)
{
	struct samples *s = *state;
	size_t before = samples_entries(s, 0);
	assert_int_equal(caused(s, SAMPLES_DEVICE, 200, SAMPLES_NOW),
			 FLEET_ENTRIES_AN_HOUR);
	/* Written here: one, which says that there are no more. */
	assert_int_equal(samples_entries(s, 0), before + 1);
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 1);
	expect_end(s, "caused so many entries within an hour that no more of "
		      "them are written");
	assert_int_equal(caused(s, SAMPLES_OTHER, 5, SAMPLES_NOW), 5);
	assert_int_equal(caused(s, SAMPLES_DEVICE, 1, SAMPLES_NOW + HOUR - 1),
			 0);
	assert_int_equal(caused(s, SAMPLES_DEVICE, 200, SAMPLES_NOW + HOUR),
			 FLEET_ENTRIES_AN_HOUR);
	/* A clock that was set back is another hour, too. */
	assert_int_equal(caused(s, SAMPLES_DEVICE, 1, 0), 1);
	assert_int_equal(caused(s, "nobody", 3, SAMPLES_NOW), 0);
}

/* The device's check-in; the status. */
static int check_in(struct way *w, const char *device)
{
	struct checkin_request *r = log_sample_request();
	struct buf text = BUF_INIT;
	char length[24];
	assert_true(text_copy(r->device, sizeof(r->device), device));
	assert_true(checkin_request_put(&text, r, NULL));
	way_fresh_request(w);
	(void)snprintf(length, sizeof(length), "%zu", text.len);
	memory_param(&w->m, "CONTENT_TYPE", "application/xml");
	memory_param(&w->m, "CONTENT_LENGTH", length);
	memory_body(&w->m, text.data, text.len);
	way_ask(w, "POST", "/v1/checkin");
	buf_clear(&text);
	mem_free(r);
	return w->m.status;
}

static void check_ins_have_an_end_in_each_hour(void **state)
{
	struct samples *s = *state;
	struct way w;
	way_open(&w, s, 1, 100);
	size_t before = samples_entries(s, 0);
	for (int i = 0; i < FLEET_CHECKINS_AN_HOUR; i++) {
		assert_int_equal(check_in(&w, SAMPLES_DEVICE), 200);
	}
	assert_int_equal(samples_entries(s, 0), before + 1);
	expect_end(s, "checked in so often within an hour that it is turned "
		      "away");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(check_in(&w, SAMPLES_DEVICE), 429);
		way_expect_problem(&w, 429, "often");
		assert_int_equal(way_header_number(&w, "Retry-After"), HOUR);
	}
	assert_int_equal(samples_entries(s, 0), before + 1);
	struct fleet_device d = log_sample_device(s);
	assert_int_equal(d.checkins, FLEET_CHECKINS_AN_HOUR);
	assert_int_equal(fleet_checkin_pause(&d, SAMPLES_NOW + HOUR - 1), 1);
	assert_int_equal(fleet_checkin_pause(&d, SAMPLES_NOW + HOUR), 0);
	assert_int_equal(fleet_checkin_pause(&d, SAMPLES_NOW - 1), 0);
	way_close(&w);
}

/* What is refused at the API, whatever the reason. */
static void refusals_do_not_fill_the_ledger(void **state)
{
	struct samples *s = *state;
	struct way w;
	way_open(&w, s, 1, 100);
	for (int i = 0; i < 3 * FLEET_ENTRIES_AN_HOUR; i++) {
		assert_int_equal(check_in(&w, SAMPLES_OTHER), 403);
		way_expect_problem(&w, 403, "foreign");
	}
	assert_int_equal(samples_entries(s, LEDGER_REFUSED),
			 FLEET_ENTRIES_AN_HOUR + 1);
	/* It is not kept from what it may do. */
	assert_int_equal(check_in(&w, SAMPLES_DEVICE), 200);
	way_close(&w);
}

/* New words each time for an instruction that waits. */
static void reports_do_not_fill_the_ledger(void **state)
{
	struct samples *s = *state;
	uint64_t n = instruction_make(s, INSTRUCTION_MESSAGE);
	for (int i = 0; i < 3 * FLEET_ENTRIES_AN_HOUR; i++) {
		struct checkin_outcome o = { .number = n, .at = SAMPLES_NOW };
		struct err err = { 0 };
		assert_true(text_copy(o.result, sizeof(o.result), "waiting"));
		(void)snprintf(o.text, sizeof(o.text), "It waits, %d.", i);
		assert_true(instructions_heard(s->server.db, SAMPLES_DEVICE, &o,
					       SAMPLES_NOW, &err));
	}
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION),
			 1 + FLEET_ENTRIES_AN_HOUR);
	/* The last word is kept all the same. */
	assert_string_equal(instruction_answer(s, n).outcome, "It waits, 179.");
}

/* The same entry of its log, with another hash each time. */
static void contradictions_do_not_fill_the_ledger(void **state)
{
	struct samples *s = *state;
	(void)instruction_make(s, INSTRUCTION_LEDGER);
	for (int i = 0; i < 3 * FLEET_ENTRIES_AN_HOUR; i++) {
		struct checkin_row row = { .sequence = 13 };
		struct err err = { 0 };
		assert_true(text_copy(row.kind, sizeof(row.kind), "sent"));
		(void)snprintf(row.leaf, sizeof(row.leaf), "%064x", i);
		assert_true(instructions_heard_row(s->server.db, SAMPLES_DEVICE,
						   &row, SAMPLES_NOW, &err));
	}
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION),
			 1 + FLEET_ENTRIES_AN_HOUR);
}

/* A good head of the log and a bad one in turn. */
static void conflicts_do_not_fill_the_ledger(void **state)
{
	struct samples *s = *state;
	struct log_sample good, bad;
	struct way w;
	way_open(&w, s, 1, 100);
	log_sample_make(&good, 1, 20);
	log_sample_make(&bad, 1, 20);
	log_sample_fork(&bad, 2);
	for (int i = 0; i < 2 * FLEET_ENTRIES_AN_HOUR + 40; i++) {
		struct checkin_request *r = log_sample_request();
		struct fleet_device device = log_sample_device(s);
		struct refusal refusal = { .kind = REFUSAL_NONE };
		struct buf note = BUF_INIT;
		log_sample_head(i % 2 == 0 ? &good : &bad, 0, 7, r);
		log_sample_key(&good, r);
		assert_true(checkins_answer(&s->server, &device, r,
					    SAMPLES_NOW + i, &note, &refusal));
		buf_clear(&note);
		mem_free(r);
	}
	assert_int_equal(samples_entries(s, LEDGER_REFUSED),
			 FLEET_ENTRIES_AN_HOUR + 1);
	way_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(entries_have_an_end_in_each_hour),
		SAMPLES_TEST(check_ins_have_an_end_in_each_hour),
		SAMPLES_TEST(refusals_do_not_fill_the_ledger),
		SAMPLES_TEST(reports_do_not_fill_the_ledger),
		SAMPLES_TEST(contradictions_do_not_fill_the_ledger),
		SAMPLES_TEST(conflicts_do_not_fill_the_ledger),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
