/*
 * How much of a device is stored in a day: counted with what is stored and
 * over a restart, refused beyond the limit with an entry a day, and no other
 * device feels it.
 */
#include "server/fleet_storage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "tests/unit/server/way.h"
#include "tests/unit/store/temporary_db.h"

#define DAY 86400
#define MIDNIGHT (SAMPLES_NOW - SAMPLES_NOW % DAY + DAY)
#define LIMIT 100000

static bool take(struct samples *s, const char *id, uint64_t bytes, int64_t now,
		 struct refusal *refusal)
{
	*refusal = (struct refusal){ .kind = REFUSAL_NONE };
	return fleet_storage_take(s->server.db, id, bytes, LIMIT, now, refusal);
}

static void assert_takes(struct samples *s, uint64_t bytes, int64_t now)
{
	struct refusal refusal;
	assert_true(take(s, SAMPLES_DEVICE, bytes, now, &refusal));
}

static void assert_full(struct samples *s, uint64_t bytes, int64_t now)
{
	struct refusal refusal;
	assert_false(take(s, SAMPLES_DEVICE, bytes, now, &refusal));
	assert_int_equal(refusal.kind, REFUSAL_QUOTA);
}

static struct fleet_storage today(struct samples *s, int64_t now)
{
	struct fleet_storage t;
	assert_done(fleet_storage_today(s->server.db, SAMPLES_DEVICE, now, &t,
					err));
	return t;
}

static void a_day_has_room_up_to_the_last_byte(void **state)
{
	struct samples *s = *state;
	struct refusal refusal;
	assert_takes(s, 60000, SAMPLES_NOW);
	assert_full(s, 40001, SAMPLES_NOW);
	/* What was refused counts for nothing; what fits is taken. */
	assert_takes(s, 40000, SAMPLES_NOW);
	assert_int_equal(today(s, SAMPLES_NOW).bytes, LIMIT);
	assert_full(s, 1, MIDNIGHT - 1);
	assert_true(take(s, SAMPLES_OTHER, LIMIT, SAMPLES_NOW, &refusal));
	assert_false(take(s, SAMPLES_DEVICE, 1, SAMPLES_NOW, &refusal));
	assert_string_equal("With it, more than 100000 bytes of this device "
			    "would be stored in a day. More is taken from "
			    "2026-11-24T00:00:00Z on.",
			    refusal.detail);
	/* The next day, and a clock that goes back, are other days. */
	assert_takes(s, LIMIT, MIDNIGHT);
	assert_full(s, 1, MIDNIGHT + DAY - 1);
	assert_takes(s, LIMIT, SAMPLES_NOW);
	assert_full(s, UINT64_MAX, MIDNIGHT + 2 * DAY);
}

/* Else a million uploads of nothing were free. */
static void the_smallest_counts_as_a_block_of_the_disk(void **state)
{
	struct samples *s = *state;
	for (int i = 0; i < LIMIT / FLEET_STORED_LEAST; i++) {
		assert_takes(s, 1, SAMPLES_NOW);
	}
	assert_full(s, 1, SAMPLES_NOW);
	assert_int_equal(today(s, SAMPLES_NOW).bytes,
			 LIMIT / FLEET_STORED_LEAST * FLEET_STORED_LEAST);
}

static void the_pause_lasts_until_the_day_ends(void **state)
{
	(void)state;
	assert_int_equal(fleet_storage_pause(MIDNIGHT), DAY);
	assert_int_equal(fleet_storage_pause(MIDNIGHT - 1), 1);
	assert_int_equal(fleet_storage_pause(SAMPLES_NOW),
			 MIDNIGHT - SAMPLES_NOW);
}

static void what_is_not_kept_is_given_back_on_its_day(void **state)
{
	struct samples *s = *state;
	struct db *db = s->server.db;
	assert_takes(s, LIMIT, SAMPLES_NOW);
	assert_done(fleet_storage_give_back(db, SAMPLES_DEVICE, 60000,
					    SAMPLES_NOW, err));
	assert_int_equal(today(s, SAMPLES_NOW).bytes, 40000);
	assert_takes(s, LIMIT, MIDNIGHT);
	assert_done(fleet_storage_give_back(db, SAMPLES_DEVICE, 40000,
					    SAMPLES_NOW, err));
	assert_full(s, 1, MIDNIGHT);
	assert_done(fleet_storage_give_back(db, SAMPLES_DEVICE, 2 * LIMIT,
					    MIDNIGHT, err));
	assert_int_equal(today(s, MIDNIGHT).bytes, 0);
}

static void it_is_an_entry_once_a_day(void **state)
{
	struct samples *s = *state;
	struct db *db = s->server.db;
	assert_false(today(s, SAMPLES_NOW).refused);
	for (int i = 0; i < 3; i++) {
		assert_done(fleet_storage_note(db, SAMPLES_DEVICE, LIMIT,
					       SAMPLES_NOW + i, err));
	}
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 1);
	samples_last_entry(s, LEDGER_REFUSED,
			   "Device " SAMPLES_DEVICE " sent more than the 100000"
			   " bytes that are stored of a device in a day; what "
			   "goes beyond is not taken until "
			   "2026-11-24T00:00:00Z.");
	assert_true(today(s, SAMPLES_NOW).refused);
	assert_int_equal(today(s, SAMPLES_NOW).until, MIDNIGHT);
	assert_false(today(s, MIDNIGHT).refused);
	assert_done(
		fleet_storage_note(db, SAMPLES_DEVICE, LIMIT, MIDNIGHT, err));
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 2);
	/* Of nobody there is nothing to say. */
	assert_done(fleet_storage_note(db, "nobody", LIMIT, MIDNIGHT, err));
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 2);
}

/* ---- over the API ---- */

static void set_limit(struct way *w, uint64_t bytes)
{
	w->s->config.day_bytes = bytes;
}

static void expect_quota(struct way *w, int status)
{
	assert_int_equal(status, 429);
	way_expect_problem(w, 429, "quota");
	assert_int_equal(way_header_number(w, "Retry-After"),
			 MIDNIGHT - SAMPLES_NOW);
}

/* Its whole length from its beginning on, also while it is on its way. */
static void sealed_data_count_from_their_beginning(void **state)
{
	struct samples *s = *state;
	struct way first, second;
	way_open(&first, s, 1, 60000);
	way_open(&second, s, 2, 60000);
	set_limit(&first, LIMIT);
	assert_int_equal(201, way_create(&first, 1000));
	expect_quota(&second, way_create(&second, 1000));
	assert_int_equal(-404, way_offset_of(&second));
	expect_quota(&second, way_create(&second, 0));
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 1);
	/* What was begun is finished, however full the day is. */
	assert_int_equal(201, way_create(&first, 1000));
	assert_int_equal(204, way_patch(&first, 1000, 60000));
	way_expect_received(&first, 1);
	assert_int_equal(201, way_create(&first, 0));
	assert_int_equal(today(s, SAMPLES_NOW).bytes, 60000);
	/* With more room it is taken. */
	set_limit(&first, 120000);
	assert_int_equal(201, way_create(&second, 60000));
	way_expect_received(&second, 2);
	way_close(&first);
	way_close(&second);
}

static void a_cancelled_upload_makes_room(void **state)
{
	struct samples *s = *state;
	struct way first, second;
	way_open(&first, s, 1, 60000);
	way_open(&second, s, 2, 60000);
	set_limit(&first, LIMIT);
	assert_int_equal(201, way_create(&first, 1000));
	way_fresh_request(&first);
	way_ask(&first, "DELETE", first.path);
	assert_int_equal(204, first.m.status);
	assert_int_equal(today(s, SAMPLES_NOW).bytes, 0);
	/* So does one that is not what it was said to be. */
	way_set_creation(&first, 60000);
	way_set_digest(&first, &second.whole);
	way_ask(&first, "POST", "/v1/uploads");
	way_expect_problem(&first, 422, "digest");
	assert_int_equal(today(s, SAMPLES_NOW).bytes, 0);
	assert_int_equal(201, way_create(&second, 60000));
	way_close(&first);
	way_close(&second);
}

/* The rest of the refused body comes in when the day is over. */
static const struct memory_exchange *line;
static int64_t midnight_passes(void)
{
	return line->body_at == 0 ? MIDNIGHT - 1 : MIDNIGHT;
}

/* Else it would wait for the whole of the next one. */
static void a_refusal_is_about_the_day_that_was_full(void **state)
{
	const struct api_clock late = { midnight_passes,
					way_still.monotonic_ms };
	struct samples *s = *state;
	struct way w;
	way_open(&w, s, 1, 60000);
	set_limit(&w, LIMIT);
	assert_takes(s, LIMIT, SAMPLES_NOW);
	line = &w.m;
	w.clock = &late;
	assert_int_equal(429, way_create(&w, 1000));
	assert_int_equal(1000, w.m.body_at);
	assert_int_equal(1, way_header_number(&w, "Retry-After"));
	assert_true(today(s, SAMPLES_NOW).refused);
	assert_false(today(s, MIDNIGHT).refused);
	way_close(&w);
}

/* What no day could take is no matter of waiting. */
static void what_is_larger_than_a_day_is_too_large(void **state)
{
	struct way w;
	char text[40];
	way_open(&w, *state, 1, LIMIT + 1);
	set_limit(&w, LIMIT);
	way_create(&w, 0);
	way_expect_problem(&w, 413, "size");
	way_ask(&w, "OPTIONS", "/v1/uploads");
	assert_string_equal("100000", memory_header(&w.m, "Tus-Max-Size", text,
						    sizeof(text)));
	way_close(&w);
}

/* Opened anew, as after a crash: what is stored is counted, no less. */
static void a_restart_forgets_nothing(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	struct way w;
	way_open(&w, s, 1, 60000);
	set_limit(&w, LIMIT);
	assert_int_equal(201, way_create(&w, 60000));
	db_close(s->server.db);
	s->server.db = NULL;
	assert_true(server_open_db(&s->server, &err));
	assert_full(s, 40001, SAMPLES_NOW);
	assert_takes(s, 40000, SAMPLES_NOW);
	way_close(&w);
}

static void what_cannot_be_counted_is_not_taken(void **state)
{
	struct samples *s = *state;
	struct refusal refusal;
	temporary_db_refuse(s->server.db, "UPDATE ON devices");
	assert_false(take(s, SAMPLES_DEVICE, 1, SAMPLES_NOW, &refusal));
	assert_int_equal(refusal.kind, REFUSAL_BUG);
	assert_fails(ERR_INVALID,
		     fleet_storage_give_back(s->server.db, SAMPLES_DEVICE, 1, 0,
					     err));
	assert_fails(ERR_INVALID,
		     fleet_storage_note(s->server.db, SAMPLES_DEVICE, LIMIT,
					SAMPLES_NOW, err));
	assert_int_equal(samples_entries(s, LEDGER_REFUSED), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_day_has_room_up_to_the_last_byte),
		SAMPLES_TEST(the_smallest_counts_as_a_block_of_the_disk),
		SAMPLES_TEST(the_pause_lasts_until_the_day_ends),
		SAMPLES_TEST(what_is_not_kept_is_given_back_on_its_day),
		SAMPLES_TEST(it_is_an_entry_once_a_day),
		SAMPLES_TEST(sealed_data_count_from_their_beginning),
		SAMPLES_TEST(a_cancelled_upload_makes_room),
		SAMPLES_TEST(a_refusal_is_about_the_day_that_was_full),
		SAMPLES_TEST(what_is_larger_than_a_day_is_too_large),
		SAMPLES_TEST(a_restart_forgets_nothing),
		SAMPLES_TEST(what_cannot_be_counted_is_not_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
