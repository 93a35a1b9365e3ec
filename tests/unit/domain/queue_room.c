/* The bounds of what waits (src/domain/queue_room.c). */
#include "domain/queue.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "domain/time_known.h"
#include "tests/unit/domain/queue_scene.h"

#define HALF_MB 500000

static size_t room(struct db *db, uint64_t incoming, int64_t now)
{
	size_t dropped = 99;
	assert_done(queue_make_room(db, incoming, now, &dropped, err));
	return dropped;
}

static void what_fits_stays(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, "otto", now, &item);
	assert_int_equal(0, room(t->db, 1000, now));
	assert_int_equal(0, entries(t->db, LEDGER_CANCELLED));
	assert_done(queue_make_room(t->db, 0, now, NULL, err));
}

static void the_oldest_goes_when_it_is_too_much(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item items[4];
	int64_t now = queue_noon();
	queue_set(t->db, "queue_bytes", "2");
	for (int i = 0; i < 4; i++) {
		queue_add_sized(t->db, METERING, AUTOMATIC_TIMER, HALF_MB,
				now + i, &items[i]);
	}
	assert_int_equal(0, room(t->db, 0, now + 9)); /* exactly full */
	assert_int_equal(1, room(t->db, 1, now + 9));
	assert_int_equal(OUTBOX_CANCELLED,
			 state_of(t->db, items[0].transaction));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, items[1].transaction));
	assert_last_entry(t->db, LEDGER_CANCELLED,
			  "dropped: more than 2 megabytes would wait "
			  "(queue_bytes), and the oldest goes first");
	assert_int_equal(2, room(t->db, 2 * HALF_MB + 1, now + 9));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, items[3].transaction));
	assert_ledger_whole(t->db);
}

static void what_a_person_approved_goes_last(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item mine, automatic, later;
	int64_t now = queue_noon();
	queue_set(t->db, "queue_bytes", "2");
	queue_add_sized(t->db, METERING, "otto", HALF_MB, now, &mine);
	queue_add_sized(t->db, SUPPLIES, AUTOMATIC_ALARM, HALF_MB, now,
			&automatic);
	queue_add_sized(t->db, METERING, AUTOMATIC_TIMER, HALF_MB, now, &later);
	assert_int_equal(1, room(t->db, 2 * HALF_MB, now));
	assert_int_equal(OUTBOX_CANCELLED,
			 state_of(t->db, automatic.transaction));
	assert_int_equal(1, room(t->db, 3 * HALF_MB, now));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, later.transaction));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, mine.transaction));
	assert_int_equal(1, room(t->db, 4 * HALF_MB, now));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, mine.transaction));
}

static void what_is_too_old_goes(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item old, young;
	int64_t now = queue_noon();
	queue_set(t->db, "queue_days", "7");
	queue_add(t->db, METERING, "otto", now, &old);
	queue_add(t->db, METERING, "otto", now + DAY_S, &young);
	assert_int_equal(0, room(t->db, 0, now + 7 * DAY_S));
	assert_int_equal(1, room(t->db, 0, now + 7 * DAY_S + 1));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, old.transaction));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, young.transaction));
	assert_last_entry(t->db, LEDGER_CANCELLED,
			  "dropped: it waited for more than 7 days "
			  "(queue_days)");
}

/* A clock that stood in 1970 says nothing of its age. */
static void a_time_from_before_this_program_is_no_age(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	allow_services(t->db, METERING, 1000);
	queue_add(t->db, METERING, "otto", time_known_build() - 90 * DAY_S,
		  &item);
	assert_int_equal(0, room(t->db, 0, queue_noon()));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, item.transaction));
}

/* Nor one that is weeks behind what is known, which may be wrong itself. */
static void a_clock_that_is_behind_makes_nothing_old(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	int64_t now = queue_noon();
	queue_set(t->db, "queue_days", "7");
	queue_add(t->db, METERING, "otto", now, &item);
	assert_done(time_known_learn(t->db, TIME_SOURCE_RECEIPT,
				     now + 20 * DAY_S, 0, now, NULL, err));
	assert_int_equal(0, room(t->db, 0, now));
	assert_int_equal(0, room(t->db, 0, now + 7 * DAY_S));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, item.transaction));
	assert_int_equal(1, room(t->db, 0, now + 7 * DAY_S + 1));
}

/* Nor does one that was set far ahead. */
static void a_clock_that_is_ahead_makes_nothing_old(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, "otto", now, &item);
	assert_int_equal(0, room(t->db, 0, now + 5000 * DAY_S));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, item.transaction));
}

static void what_is_on_its_way_stays_and_counts(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item way, waits;
	int64_t now = queue_noon();
	queue_set(t->db, "queue_bytes", "2");
	queue_add_sized(t->db, METERING, "otto", 3 * HALF_MB / 2, now, &way);
	queue_add_sized(t->db, METERING, "otto", HALF_MB, now, &waits);
	assert_done(outbox_begin(t->db, way.transaction, "p", now, err));
	assert_int_equal(1, room(t->db, 2 * HALF_MB, now));
	assert_int_equal(OUTBOX_SENDING, state_of(t->db, way.transaction));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, waits.transaction));
	assert_int_equal(0, room(t->db, 0, now + 99 * DAY_S));
}

static void what_can_never_fit_is_refused_and_costs_nobody(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	size_t dropped = 5;
	int64_t now = queue_noon();
	queue_set(t->db, "queue_bytes", "2");
	queue_add(t->db, METERING, "otto", now, &item);
	assert_fails(ERR_LIMIT,
		     queue_make_room(t->db, 2000001, now, &dropped, err));
	assert_int_equal(5, dropped);
	struct err why = { .kind = ERR_NONE };
	assert_false(queue_make_room(t->db, 2000001, now, NULL, &why));
	assert_non_null(strstr(why.text, "2 megabytes (queue_bytes)"));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, item.transaction));
}

/* Approving makes the room itself, in one commit. */
static void approving_one_more_drops_the_oldest(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item items[3];
	struct queue queue;
	int64_t now = queue_noon();
	queue_set(t->db, "queue_bytes", "2");
	for (int i = 0; i < 3; i++) {
		queue_add_sized(t->db, METERING, AUTOMATIC_TIMER, 900000,
				now + i, &items[i]);
	}
	assert_int_equal(OUTBOX_CANCELLED,
			 state_of(t->db, items[0].transaction));
	assert_done(queue_read(t->db, &queue_here, now + 5, &queue, err));
	assert_int_equal(2, queue.count);
	assert_int_equal(1800000, queue.bytes);
	queue_clear(&queue);
}

static void drops_are_found_again(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item one, two, cancelled;
	struct queue_drop *drops = NULL;
	size_t count = 9;
	int64_t now = queue_noon();
	assert_done(queue_drops(t->db, 0, 10, &drops, &count, err));
	assert_int_equal(0, count);
	mem_free(drops);
	queue_set(t->db, "queue_days", "1");
	queue_add(t->db, METERING, "otto", now, &one);
	queue_add(t->db, METERING, "otto", now + 60, &two);
	queue_add(t->db, SUPPLIES, "otto", now, &cancelled);
	assert_done(outbox_cancel(t->db, "otto", cancelled.transaction,
				  "dropped: says a person", now, err));
	assert_int_equal(1, room(t->db, 0, now + DAY_S + 1));
	assert_int_equal(1, room(t->db, 0, now + DAY_S + 61));
	assert_done(queue_drops(t->db, now, 10, &drops, &count, err));
	assert_int_equal(2, count);
	assert_string_equal(two.transaction, drops[0].transaction);
	assert_int_equal(now + DAY_S + 61, drops[0].at);
	assert_string_equal(one.transaction, drops[1].transaction);
	assert_non_null(strstr(drops[1].why, "queue_days"));
	mem_free(drops);
	assert_done(
		queue_drops(t->db, now + DAY_S + 2, 10, &drops, &count, err));
	assert_int_equal(1, count);
	mem_free(drops);
	assert_done(queue_drops(t->db, now, 1, &drops, &count, err));
	assert_int_equal(1, count);
	mem_free(drops);
}

/* The daemon cancels for other reasons too: those are no drops. */
static void only_drops_are_listed(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	struct queue_drop *drops = NULL;
	size_t count = 9;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, "otto", now, &item);
	assert_done(outbox_cancel(t->db, "daemon", item.transaction,
				  "it is allowed no more", now, err));
	assert_done(queue_drops(t->db, 0, 10, &drops, &count, err));
	assert_int_equal(0, count);
	mem_free(drops);
}

/* All that has to go, with its entries, or nothing. */
static void a_failure_on_the_way_drops_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item items[2];
	size_t dropped = 5;
	char write[128];
	int64_t now = queue_noon();
	queue_set(t->db, "queue_days", "7");
	for (int i = 0; i < 2; i++) {
		queue_add(t->db, METERING, "otto", now + i, &items[i]);
	}
	(void)snprintf(write, sizeof(write),
		       "INSERT ON ledger WHEN NEW.transaction_id = '%s'",
		       items[1].transaction);
	temporary_db_refuse(t->db, write);
	assert_fails(ERR_INVALID,
		     queue_make_room(t->db, 0, now + 8 * DAY_S, &dropped, err));
	temporary_db_refuse(t->db, NULL);
	assert_int_equal(5, dropped);
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, items[0].transaction));
	assert_int_equal(0, entries(t->db, LEDGER_CANCELLED));
	assert_int_equal(2, room(t->db, 0, now + 8 * DAY_S));
}

/* Without its limits nothing is known to be too old or too much. */
static void unreadable_limits_drop_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	size_t dropped = 5;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, "otto", now, &item);
	temporary_db_run(t->db, "DROP TABLE settings");
	assert_fails(ERR_BUG, queue_make_room(t->db, 0, now + 99 * DAY_S,
					      &dropped, err));
	assert_int_equal(5, dropped);
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, item.transaction));
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, queue_set_up, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(what_fits_stays),
		T(the_oldest_goes_when_it_is_too_much),
		T(what_a_person_approved_goes_last),
		T(what_is_too_old_goes),
		T(a_time_from_before_this_program_is_no_age),
		T(a_clock_that_is_behind_makes_nothing_old),
		T(a_clock_that_is_ahead_makes_nothing_old),
		T(what_is_on_its_way_stays_and_counts),
		T(what_can_never_fit_is_refused_and_costs_nobody),
		T(approving_one_more_drops_the_oldest),
		T(drops_are_found_again),
		T(only_drops_are_listed),
		T(a_failure_on_the_way_drops_nothing),
		T(unreadable_limits_drop_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
