/* The hours of a device's day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "domain/timetable.h"

#include "base/clock.h"

#define DEVICES 10000
#define HOUR 3600

static int64_t utc(int64_t at)
{
	(void)at;
	return 0;
}

static int64_t east(int64_t at)
{
	(void)at;
	return 2 * HOUR;
}

/* Central Europe in 2026: summer from 29 March to 25 October, 01:00 UTC. */
static int64_t summer(int64_t at)
{
	return at >= 1774746000 && at < 1792890000 ? 2 * HOUR : HOUR;
}

static struct timetable device(const char *id)
{
	return (struct timetable){ .spread = timetable_spread(id),
				   .send_time = TIMETABLE_DERIVED,
				   .offset = utc };
}

static int64_t moment(const char *text)
{
	int64_t at;
	assert_true(clock_parse(text, &at));
	return at;
}

static void assert_moment(int64_t at, const char *text)
{
	char got[CLOCK_TEXT_SIZE];
	clock_format(got, at);
	assert_string_equal(got, text);
}

/* 23 degrees of freedom: 49.7 is passed once in a thousand times. */
static void assert_flat(const unsigned *hours, unsigned count)
{
	double expected = (double)DEVICES / count, chi = 0;
	for (unsigned i = 0; i < count; i++) {
		double off = hours[i] - expected;
		chi += off * off / expected;
	}
	assert_true(chi < 49.7);
}

static void a_fleet_is_spread_over_the_day(void **state)
{
	unsigned hours[24] = { 0 }, late[24] = { 0 };
	(void)state;
	for (unsigned i = 0; i < DEVICES; i++) {
		char id[24];
		snprintf(id, sizeof(id), "ex7-%06u", i);
		struct timetable t = device(id);
		hours[timetable_slot(&t) / HOUR]++;
		int64_t after = timetable_catch_up(&t, 0) - 60;
		assert_in_range(after, 0, 59 * 60 - 1);
		late[after * 24 / (59 * 60)]++;
	}
	assert_flat(hours, 24);
	assert_flat(late, 24);
}

static void quiet_hours_are_left_out_evenly(void **state)
{
	unsigned hours[24] = { 0 };
	(void)state;
	for (unsigned i = 0; i < DEVICES; i++) {
		char id[24];
		snprintf(id, sizeof(id), "device-%u", i);
		struct timetable t = device(id);
		t.quiet_from = 22 * 60;
		t.quiet_until = 6 * 60;
		hours[timetable_slot(&t) / HOUR]++;
	}
	for (unsigned i = 0; i < 24; i++) {
		assert_int_equal(hours[i] == 0, i < 6 || i >= 22);
	}
	assert_flat(hours + 6, 16);
}

static void a_device_keeps_its_slot(void **state)
{
	struct timetable t = device("ex7-004211");
	(void)state;
	int slot = timetable_slot(&t);
	int64_t first = timetable_next(&t, moment("2026-11-23T00:00:00Z") - 1);
	assert_int_equal(first, moment("2026-11-23T00:00:00Z") + slot);
	assert_int_equal(timetable_next(&t, first), first + TIMETABLE_DAY_S);
	assert_int_equal(timetable_next(&t, first - 1), first);
	assert_int_equal(timetable_slot(&t), slot);
}

static void a_chosen_time_is_kept_to_the_minute(void **state)
{
	struct timetable t = device("ex7-004211");
	(void)state;
	t.send_time = 18 * 60 + 4;
	t.spread = 61;
	assert_moment(timetable_next(&t, moment("2026-11-23T00:00:00Z")),
		      "2026-11-23T18:04:01Z");
	assert_moment(timetable_next(&t, moment("2026-11-23T18:04:01Z")),
		      "2026-11-24T18:04:01Z");
	t.offset = east;
	assert_moment(timetable_next(&t, moment("2026-11-23T00:00:00Z")),
		      "2026-11-23T16:04:01Z");
}

static void it_stays_there_when_clocks_change(void **state)
{
	struct timetable t = device("ex7-004211");
	(void)state;
	t.send_time = 18 * 60;
	t.spread = 0;
	t.offset = summer;
	assert_moment(timetable_next(&t, moment("2026-03-28T12:00:00Z")),
		      "2026-03-28T17:00:00Z");
	assert_moment(timetable_next(&t, moment("2026-03-28T17:00:00Z")),
		      "2026-03-29T16:00:00Z");
	assert_moment(timetable_next(&t, moment("2026-10-24T16:00:00Z")),
		      "2026-10-25T17:00:00Z");
}

/* 02:30 comes not at all on one day and twice on another. */
static void an_hour_that_is_skipped_or_comes_twice_sends_once(void **state)
{
	struct timetable t = device("ex7-004211");
	(void)state;
	t.send_time = 2 * 60 + 30;
	t.spread = 0;
	t.offset = summer;
	int64_t at = moment("2026-03-27T12:00:00Z");
	for (int day = 0; day < 240; day++) {
		int64_t next = timetable_next(&t, at);
		assert_in_range(next - at, day == 0 ? 0 : 22 * HOUR, 26 * HOUR);
		at = next;
	}
}

static bool is_quiet(const struct timetable *t, int64_t at)
{
	return timetable_allowed(t, at) != at;
}

static void quiet_hours_may_span_midnight(void **state)
{
	struct timetable t = device("ex7-004211");
	(void)state;
	t.quiet_from = 22 * 60;
	t.quiet_until = 6 * 60 + 30;
	t.spread = 0;
	assert_false(is_quiet(&t, moment("2026-11-23T21:59:59Z")));
	assert_true(is_quiet(&t, moment("2026-11-23T22:00:00Z")));
	assert_true(is_quiet(&t, moment("2026-11-24T06:29:59Z")));
	assert_false(is_quiet(&t, moment("2026-11-24T06:30:00Z")));
	assert_moment(timetable_allowed(&t, moment("2026-11-23T23:00:00Z")),
		      "2026-11-24T06:30:00Z");
	assert_moment(timetable_allowed(&t, moment("2026-11-23T21:00:00Z")),
		      "2026-11-23T21:00:00Z");
	t.spread = 899;
	assert_moment(timetable_allowed(&t, moment("2026-11-23T23:00:00Z")),
		      "2026-11-24T06:44:59Z");
}

static void quiet_hours_end_by_the_clock_on_the_wall(void **state)
{
	struct timetable t = device("ex7-004211");
	(void)state;
	t.quiet_from = 22 * 60;
	t.quiet_until = 6 * 60;
	t.spread = 0;
	t.offset = summer;
	assert_moment(timetable_allowed(&t, moment("2026-03-28T23:00:00Z")),
		      "2026-03-29T04:00:00Z");
	assert_moment(timetable_allowed(&t, moment("2026-10-24T23:00:00Z")),
		      "2026-10-25T05:00:00Z");
}

static void equal_ends_are_no_quiet_hours(void **state)
{
	struct timetable t = device("ex7-004211");
	(void)state;
	t.quiet_from = t.quiet_until = 7 * 60;
	for (int h = 0; h < 24; h++) {
		assert_false(is_quiet(&t, h * HOUR));
	}
}

static void a_time_that_falls_into_quiet_hours_comes_after_them(void **state)
{
	struct timetable t = device("ex7-004211");
	(void)state;
	t.send_time = 23 * 60;
	t.quiet_from = 22 * 60;
	t.quiet_until = 6 * 60;
	t.spread = 0;
	assert_moment(timetable_next(&t, moment("2026-11-23T20:00:00Z")),
		      "2026-11-24T06:00:00Z");
	assert_moment(timetable_next(&t, moment("2026-11-24T06:00:00Z")),
		      "2026-11-25T06:00:00Z");
	/* What is late keeps to them as well. */
	assert_moment(timetable_catch_up(&t, moment("2026-11-23T23:00:00Z")),
		      "2026-11-24T06:00:00Z");
}

static void times_are_read_and_written(void **state)
{
	static const char *const wrong[] = { "",      "7:00",  "24:00",
					     "07:60", "07.00", "07:00 ",
					     "-1:00", "0a:00", "007:00" };
	char text[TIMETABLE_TIME_SIZE];
	int minute = 77;
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(timetable_parse_time(wrong[i], &minute));
	}
	assert_true(timetable_parse_time("00:00", &minute));
	assert_int_equal(minute, 0);
	assert_true(timetable_parse_time("23:59", &minute));
	assert_int_equal(minute, 23 * 60 + 59);
	timetable_put_time(text, minute);
	assert_string_equal(text, "23:59");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fleet_is_spread_over_the_day),
		cmocka_unit_test(quiet_hours_are_left_out_evenly),
		cmocka_unit_test(a_device_keeps_its_slot),
		cmocka_unit_test(a_chosen_time_is_kept_to_the_minute),
		cmocka_unit_test(it_stays_there_when_clocks_change),
		cmocka_unit_test(
			an_hour_that_is_skipped_or_comes_twice_sends_once),
		cmocka_unit_test(quiet_hours_may_span_midnight),
		cmocka_unit_test(quiet_hours_end_by_the_clock_on_the_wall),
		cmocka_unit_test(equal_ends_are_no_quiet_hours),
		cmocka_unit_test(
			a_time_that_falls_into_quiet_hours_comes_after_them),
		cmocka_unit_test(times_are_read_and_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
