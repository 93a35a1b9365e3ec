/*
 * Slots of check-ins: many devices spread evenly over their interval, whatever
 * their names; the next one never lies before now nor more than an interval
 * and its twentieth away.
 */
#include "tests/unit/domain/people.h"

#include <stdio.h>
#include <string.h>

#include "domain/checkins.h"

#define DEVICES 10000
#define DAY_S 86400
#define BINS_MAX 96

/* Chi-squared of which one flat fleet in a thousand exceeds. */
#define LIMIT_24 49.7  /* 23 degrees of freedom */
#define LIMIT_96 143.3 /* 95 */

static double chi_squared(void (*name)(char *dst, size_t size, int n),
			  int64_t interval_s, size_t bins)
{
	int counts[BINS_MAX] = { 0 };
	double expected = (double)DEVICES / (double)bins, sum = 0;
	for (int n = 0; n < DEVICES; n++) {
		char id[65];
		name(id, sizeof(id), n);
		int64_t slot = checkin_slot(id, interval_s);
		assert_true(slot >= 0 && slot < interval_s);
		counts[(size_t)slot * bins / (size_t)interval_s]++;
	}
	for (size_t i = 0; i < bins; i++) {
		double off = (double)counts[i] - expected;
		sum += off * off / expected;
	}
	return sum;
}

static void serial(char *dst, size_t size, int n)
{
	(void)snprintf(dst, size, "ex7-%06d", 4200 + n);
}

/* Names of many forms, as a mixed fleet has. */
static void mixed(char *dst, size_t size, int n)
{
	int number = n * 7919 % 1000003;
	switch (n % 3) {
	case 0:
		(void)snprintf(dst, size, "printer-%d", number);
		break;
	case 1:
		(void)snprintf(dst, size, "hall.%d.copier", number);
		break;
	default:
		(void)snprintf(dst, size, "%d", number);
		break;
	}
}

static void a_fleet_is_flat_over_the_day(void **state)
{
	static void (*const names[])(char *, size_t, int) = { serial, mixed };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		double hours = chi_squared(names[i], DAY_S, 24);
		double quarters = chi_squared(names[i], DAY_S, 96);
		if (hours > LIMIT_24 || quarters > LIMIT_96) {
			fail_msg("names %zu: %f over 24, %f over 96", i, hours,
				 quarters);
		}
	}
}

static void it_is_flat_over_shorter_intervals_too(void **state)
{
	static const int64_t intervals[] = { 900, 3600, 7 * DAY_S };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		double sum = chi_squared(serial, intervals[i], 24);
		if (sum > LIMIT_24) {
			fail_msg("%d s: %f", (int)intervals[i], sum);
		}
	}
}

/* The daily send's place says nothing of the check-in's. */
static void two_devices_with_near_names_have_other_slots(void **state)
{
	(void)state;
	assert_true(checkin_slot("ex7-004211", DAY_S) !=
		    checkin_slot("ex7-004212", DAY_S));
	assert_int_equal(checkin_slot("ex7-004211", DAY_S),
			 checkin_slot("ex7-004211", DAY_S));
}

static void the_next_one_is_in_the_slot_and_a_little_later(void **state)
{
	static const int64_t intervals[] = { 300, 900, 3600, DAY_S };
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		int64_t s = intervals[i], slot = checkin_slot("ex7", s);
		for (int64_t now = NOW; now < NOW + 3 * s; now += s / 7 + 1) {
			int64_t first = checkin_next("ex7", s, now, 0);
			int64_t last = checkin_next("ex7", s, now, UINT32_MAX);
			assert_true(first > now && first <= now + s);
			assert_int_equal(first % s, slot);
			assert_true(last >= first && last <= first + s / 20);
		}
	}
}

static void chance_reaches_both_ends(void **state)
{
	int64_t first = checkin_next("ex7", 3600, NOW, 0);
	(void)state;
	assert_int_equal(checkin_next("ex7", 3600, NOW, UINT32_MAX),
			 first + 180);
	assert_int_equal(checkin_next("ex7", 3600, NOW, UINT32_MAX / 2),
			 first + 90);
}

/* One that was late by chance is not made twice for the same slot. */
static void after_a_late_one_comes_the_next_interval(void **state)
{
	int64_t one = checkin_next("ex7", 3600, NOW, UINT32_MAX);
	(void)state;
	assert_int_equal(checkin_next("ex7", 3600, one, 0), one - 180 + 3600);
}

static void a_clock_before_1970_is_survived(void **state)
{
	int64_t at = checkin_next("ex7", 3600, -5000, 0);
	(void)state;
	assert_true(at > -5000 && at <= -5000 + 3600);
}

static int64_t holds(int64_t wished_s, int64_t least_s, int64_t most_s)
{
	const struct checkin_state limits = { .least_s = least_s,
					      .most_s = most_s };
	return checkin_interval(&limits, wished_s);
}

static void the_customers_limits_hold(void **state)
{
	(void)state;
	assert_int_equal(holds(0, 900, 86400), CHECKIN_PRESET_S);
	assert_int_equal(holds(1, 900, 86400), 900);
	assert_int_equal(holds(900, 900, 86400), 900);
	assert_int_equal(holds(INT64_MAX, 900, 86400), 86400);
	assert_int_equal(holds(0, 7200, 86400), 7200);
}

static void missing_ones_are_counted_from_when_one_was_due(void **state)
{
	(void)state;
	/* Due an hour after contact, and three minutes by chance. */
	assert_int_equal(checkin_missing(0, NOW, 3600, NOW), 0);
	assert_int_equal(checkin_missing(0, NOW, 3600, NOW + 3780), 0);
	assert_int_equal(checkin_missing(0, NOW, 3600, NOW + 3781), 1);
	assert_int_equal(checkin_missing(0, NOW, 3600, NOW + 3780 + 7200), 3);
	/* Planned for after a quiet night: not missing before. */
	assert_int_equal(checkin_missing(NOW + 30000, NOW, 900, NOW + 30000),
			 0);
	assert_int_equal(checkin_missing(NOW + 30000, NOW, 900, NOW + 30001),
			 1);
	/* Any contact counts. */
	assert_int_equal(checkin_missing(NOW, NOW + 90000, 900, NOW + 90001),
			 0);
}

static void spans_are_told_in_two_units(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} spans[] = {
		{ 0, "0 seconds" },      { -5, "0 seconds" },
		{ 1, "1 second" },       { 45, "45 seconds" },
		{ 60, "1 minute" },      { 900, "15 minutes" },
		{ 3600, "1 hour" },      { 3660, "1 hour 1 minute" },
		{ 3601, "1 hour" },      { 86400 + 6 * 3600, "1 day 6 hours" },
		{ 86400 + 59, "1 day" }, { 7 * 86400, "7 days" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		struct buf out = BUF_INIT;
		checkin_put_span(&out, spans[i].seconds);
		assert_string_equal(buf_str(&out), spans[i].text);
		buf_clear(&out);
	}
}

static void what_comes_again_is_told_without_a_one(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} spans[] = {
		{ 3600, "every hour" },
		{ 86400, "every day" },
		{ 900, "every 15 minutes" },
		{ 5400, "every 1 hour 30 minutes" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		struct buf out = BUF_INIT;
		checkin_put_every(&out, spans[i].seconds);
		assert_string_equal(buf_str(&out), spans[i].text);
		buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fleet_is_flat_over_the_day),
		cmocka_unit_test(it_is_flat_over_shorter_intervals_too),
		cmocka_unit_test(two_devices_with_near_names_have_other_slots),
		cmocka_unit_test(
			the_next_one_is_in_the_slot_and_a_little_later),
		cmocka_unit_test(chance_reaches_both_ends),
		cmocka_unit_test(after_a_late_one_comes_the_next_interval),
		cmocka_unit_test(a_clock_before_1970_is_survived),
		cmocka_unit_test(the_customers_limits_hold),
		cmocka_unit_test(
			missing_ones_are_counted_from_when_one_was_due),
		cmocka_unit_test(spans_are_told_in_two_units),
		cmocka_unit_test(what_comes_again_is_told_without_a_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
