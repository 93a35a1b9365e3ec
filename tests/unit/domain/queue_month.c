/* The bytes of a month (src/domain/queue_month.c). */
#include "domain/queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/settings.h"
#include "domain/time_known.h"
#include "tests/unit/domain/queue_scene.h"

static uint64_t used(struct db *db, int64_t now)
{
	struct queue_month month;
	assert_done(queue_month_read(db, now, &month, err));
	return month.used;
}

static int64_t month_end(struct db *db, int64_t now)
{
	struct queue_month month;
	assert_done(queue_month_read(db, now, &month, err));
	return month.ends_at;
}

static void a_new_device_has_used_nothing_and_has_no_limit(void **state)
{
	struct temporary_db *t = *state;
	struct queue_month month;
	char end[CLOCK_TEXT_SIZE];
	assert_done(queue_month_read(t->db, queue_noon(), &month, err));
	assert_int_equal(0, month.used);
	assert_true(month.left == UINT64_MAX);
	assert_in_range(month.ends_at, queue_noon() + 18 * DAY_S,
			queue_noon() + 22 * DAY_S);
	clock_format(end, month.ends_at);
	assert_string_equal("01T00:00:00Z", end + 8);
}

static void bytes_add_up_until_the_month_is_over(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = queue_noon(), end = month_end(t->db, now);
	assert_done(queue_settle(t->db, 0, 1000, now, err));
	temporary_db_reopen(t);
	assert_done(queue_settle(t->db, 0, 24, end - 1, err));
	assert_int_equal(1024, used(t->db, end - 1));
	assert_int_equal(0, used(t->db, end));
	assert_true(month_end(t->db, end) >= end + 28 * DAY_S);
	assert_done(queue_settle(t->db, 0, 5, end, err));
	assert_int_equal(5, used(t->db, end));
}

static void every_month_of_a_year_ends_where_the_next_begins(void **state)
{
	struct temporary_db *t = *state;
	int64_t at = queue_noon();
	for (int i = 0; i < 12; i++) {
		int64_t end = month_end(t->db, at);
		assert_in_range(end - at, 1, 31 * DAY_S);
		assert_done(queue_settle(t->db, 0, 1, at, err));
		assert_int_equal(1, used(t->db, end - 1));
		at = end;
	}
}

static void what_is_booked_is_put_right(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = queue_noon();
	assert_done(queue_book(t->db, 1000, now, err));
	assert_int_equal(1000, used(t->db, now));
	assert_done(queue_settle(t->db, 1000, 400, now, err));
	assert_int_equal(400, used(t->db, now));
	assert_done(queue_settle(t->db, 0, 0, now, err));
	assert_done(queue_book(t->db, 100, now, err));
	assert_done(queue_settle(t->db, 100, 350, now, err));
	assert_int_equal(750, used(t->db, now));
	/* Never below nothing. */
	assert_done(queue_settle(t->db, 10000, 0, now, err));
	assert_int_equal(0, used(t->db, now));
	assert_done(queue_settle(t->db, 0, UINT64_MAX, now, err));
	assert_done(queue_settle(t->db, 0, UINT64_MAX, now, err));
	assert_int_equal(INT64_MAX, used(t->db, now));
}

/* Booked before midnight and put right after it: counted once. */
static void a_month_that_ends_on_the_way_keeps_what_was_booked(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = queue_noon(), end = month_end(t->db, now);
	assert_done(queue_book(t->db, 1000, now, err));
	assert_done(queue_settle(t->db, 1000, 900, end, err));
	assert_int_equal(0, used(t->db, end));
	assert_done(queue_settle(t->db, 1000, 1200, end, err));
	assert_int_equal(200, used(t->db, end));
}

static void the_limit_is_kept_to_the_byte(void **state)
{
	struct temporary_db *t = *state;
	struct queue_month month;
	int64_t now = queue_noon();
	queue_set(t->db, "month_limit", "1");
	assert_done(queue_settle(t->db, 0, 900000, now, err));
	assert_fails(ERR_LIMIT, queue_book(t->db, 100001, now, err));
	assert_int_equal(900000, used(t->db, now));
	assert_done(queue_book(t->db, 100000, now, err));
	assert_fails(ERR_LIMIT, queue_book(t->db, 1, now, err));
	assert_done(
		queue_settle(t->db, 0, 5, now, err)); /* it has left already */
	assert_done(queue_month_read(t->db, now, &month, err));
	assert_int_equal(1000005, month.used);
	assert_int_equal(0, month.left);
}

/* Only the time that is known begins a month. */
static void a_clock_that_goes_back_begins_no_month(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = queue_noon(), later = month_end(t->db, now) + HOUR_S;
	assert_done(queue_settle(t->db, 0, 70, later, err));
	assert_done(queue_settle(t->db, 0, 7, now, err));
	assert_int_equal(77, used(t->db, now));
	assert_int_equal(77, used(t->db, later));
	assert_int_equal(77, used(t->db, 0)); /* 1970 */
}

/* A clock of next year began one; a signed answer says what time it is. */
static void a_month_of_a_wrong_clock_is_left_when_that_is_proved(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = queue_noon(), wrong = now + 300 * DAY_S;
	assert_done(queue_settle(t->db, 0, 70, now, err));
	assert_done(queue_settle(t->db, 0, 7, wrong, err));
	assert_int_equal(7, used(t->db, now));
	assert_done(time_known_learn(t->db, TIME_SOURCE_CHECKIN, now, now - 1,
				     now, NULL, err));
	assert_int_equal(7, used(t->db, now));
	int64_t end = month_end(t->db, now);
	assert_in_range(end, now, now + 31 * DAY_S);
	assert_done(queue_settle(t->db, 0, 5, now, err));
	assert_int_equal(12, used(t->db, now));
	assert_int_equal(0, used(t->db, end + HOUR_S));
}

static void a_damaged_counter_stops_nobody(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = queue_noon();
	assert_done(queue_settle(t->db, 0, 70, now, err));
	assert_done(settings_set(t->db, "month_used", "-3", err));
	assert_int_equal(0, used(t->db, now));
	assert_done(settings_set(t->db, "month_at", "a month long ago", err));
	assert_done(queue_settle(t->db, 0, 7, now, err));
	assert_int_equal(7, used(t->db, now));
}

/* More than an upload can be, at any rate that can be set. */
static void the_cost_covers_what_tls_adds(void **state)
{
	(void)state;
	static const uint64_t rates[] = { 0, 1000, 16000, 250000, 1000000000 };
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		uint64_t slice = 16384;
		if (rates[i] != 0 && rates[i] / 8 < slice) {
			slice = rates[i] / 8;
		}
		for (uint64_t n = 0; n <= 1048576; n = 2 * n + 1) {
			uint64_t records = n / slice + 1;
			assert_true(queue_cost(n, rates[i]) >=
				    n + records * 29 + 8192);
		}
	}
	assert_true(queue_cost(1000000, 0) < 1020000);
	assert_true(queue_cost(1000, 1) > 1000);
}

/* Pages count down to the end of it by the clock, however far that is off. */
static void the_end_is_in_the_clocks_own_time(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = queue_noon(), end = month_end(t->db, now);
	int64_t off = now - 5 * DAY_S;
	assert_done(time_known_learn(t->db, TIME_SOURCE_CHECKIN, now, off - 2,
				     off, NULL, err));
	assert_int_equal(month_end(t->db, off), end - 5 * DAY_S);
	assert_done(queue_settle(t->db, 0, 7, off, err));
	assert_int_equal(7, used(t->db, end - 5 * DAY_S - 60));
	assert_int_equal(0, used(t->db, end - 5 * DAY_S + 60));
}

/* What cannot be counted does not leave. */
static void what_cannot_be_counted_is_not_booked(void **state)
{
	static const char *const writes[] = {
		"INSERT ON settings WHEN NEW.name = 'month_at'",
		"INSERT ON settings WHEN NEW.name = 'month_used'",
	};
	struct temporary_db *t = *state;
	struct queue_month month = { .used = 77 };
	int64_t now = queue_noon();
	assert_done(queue_book(t->db, 5, now, err));
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		temporary_db_refuse(t->db, writes[i]);
		assert_fails(ERR_INVALID, queue_book(t->db, 10, now, err));
		assert_fails(ERR_INVALID, queue_settle(t->db, 5, 9, now, err));
		assert_int_equal(5, used(t->db, now));
	}
	temporary_db_run(t->db, "DROP TABLE settings");
	assert_fails(ERR_BUG, queue_book(t->db, 10, now, err));
	assert_fails(ERR_BUG, queue_settle(t->db, 5, 9, now, err));
	assert_fails(ERR_BUG, queue_month_read(t->db, now, &month, err));
	assert_int_equal(77, month.used);
}

/* Records have 16 KiB at most, and less where the rate sends less at once. */
static void the_cost_follows_the_size_of_records(void **state)
{
	const uint64_t fixed = queue_cost(0, 0) - 29;
	(void)state;
	assert_true(queue_cost(16384, 0) == fixed + 16384 + 2 * 29);
	assert_true(queue_cost(16384, 1000000000) == queue_cost(16384, 0));
	assert_true(queue_cost(800, 80) == fixed + 800 + 81 * 29);
	assert_true(queue_cost(10, 1) == fixed + 10 + 11 * 29);
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, queue_set_up, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_new_device_has_used_nothing_and_has_no_limit),
		T(bytes_add_up_until_the_month_is_over),
		T(every_month_of_a_year_ends_where_the_next_begins),
		T(what_is_booked_is_put_right),
		T(a_month_that_ends_on_the_way_keeps_what_was_booked),
		T(the_limit_is_kept_to_the_byte),
		T(a_clock_that_goes_back_begins_no_month),
		T(a_month_of_a_wrong_clock_is_left_when_that_is_proved),
		T(a_damaged_counter_stops_nobody),
		T(the_end_is_in_the_clocks_own_time),
		T(what_cannot_be_counted_is_not_booked),
		cmocka_unit_test(the_cost_follows_the_size_of_records),
		cmocka_unit_test(the_cost_covers_what_tls_adds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
