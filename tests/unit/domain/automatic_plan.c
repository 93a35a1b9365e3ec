/* When the next daily send is (src/domain/automatic_plan.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/automatic.h"

#define DAY TIMETABLE_DAY_S
#define HOUR 3600
#define MIDNIGHT ((int64_t)20000 * DAY)
#define NOON (MIDNIGHT + 12 * HOUR)
#define SIX (MIDNIGHT + 18 * HOUR)
#define METERING SERVICE_BIT(SERVICE_METERING)
#define SUPPLIES SERVICE_BIT(SERVICE_SUPPLIES)

static int64_t utc(int64_t at)
{
	(void)at;
	return 0;
}

/* Metering sends since yesterday's midnight, supplies from tomorrow's on. */
static struct automatic device(void)
{
	struct automatic a = { .on = true, .send_time = 18 * 60, .count = 3 };
	a.services[0].service = service_of(SERVICE_METERING);
	a.services[0].begins_at = MIDNIGHT - DAY;
	a.services[1].service = service_of(SERVICE_SUPPLIES);
	a.services[1].begins_at = MIDNIGHT + DAY;
	a.services[2].service = service_of(SERVICE_PARTS);
	a.timer_at = SIX - DAY;
	return a;
}

static struct automatic_plan plan_at(const struct automatic *a, int64_t now)
{
	struct timetable t = automatic_timetable(a, "ex7", utc);
	struct automatic_plan plan;
	t.spread = 0;
	automatic_plan(a, &t, now, &plan);
	return plan;
}

/* What the daemon does with a plan. Gives whether it sends. */
static bool follow(struct automatic *a, int64_t now)
{
	struct automatic_plan plan = plan_at(a, now);
	if (plan.passed_over) {
		a->timer_at = now;
	} else if (plan.missed) {
		a->catch_up_at = plan.at;
	}
	if (plan.at == 0 || plan.at > now) {
		return false;
	}
	a->timer_at = now;
	a->catch_up_at = 0;
	return true;
}

/* Sends of a daemon that looks every minute. */
static unsigned sends(struct automatic *a, int64_t from, int64_t until)
{
	unsigned count = 0;
	for (int64_t now = from; now < until; now += 60) {
		count += follow(a, now);
	}
	return count;
}

static void it_is_the_next_slot_with_those_that_take_part_by_then(void **state)
{
	struct automatic a = device();
	(void)state;
	struct automatic_plan plan = plan_at(&a, NOON);
	assert_int_equal(plan.at, SIX);
	assert_int_equal(plan.services, METERING);
	assert_false(plan.missed || plan.passed_over);
	a.timer_at = SIX;
	plan = plan_at(&a, SIX);
	assert_int_equal(plan.at, SIX + DAY);
	assert_int_equal(plan.services, METERING | SUPPLIES);
}

static void nothing_is_planned_when_off_or_nothing_takes_part(void **state)
{
	struct automatic a = device();
	(void)state;
	a.on = false;
	assert_int_equal(plan_at(&a, NOON).at, 0);
	a.on = true;
	a.services[0].begins_at = a.services[1].begins_at = 0;
	assert_int_equal(plan_at(&a, NOON).at, 0);
	assert_int_equal(sends(&a, NOON, NOON + 2 * DAY), 0);
}

static void the_first_one_comes_after_the_wait(void **state)
{
	struct automatic a = device();
	(void)state;
	a.timer_at = 0;
	a.services[0].begins_at = NOON;
	assert_int_equal(plan_at(&a, MIDNIGHT).at, SIX);
	/* Not at once because of slots that passed before. */
	assert_int_equal(plan_at(&a, NOON).at, SIX);
	a.services[0].begins_at = SIX + 1;
	assert_int_equal(plan_at(&a, NOON).at, SIX + DAY);
}

static void one_a_day_and_no_more(void **state)
{
	struct automatic a = device();
	(void)state;
	assert_int_equal(sends(&a, MIDNIGHT, MIDNIGHT + 30 * DAY), 30);
}

static void a_slot_just_passed_is_due_at_once(void **state)
{
	struct automatic a = device();
	(void)state;
	struct automatic_plan plan = plan_at(&a, SIX + 14 * 60);
	assert_int_equal(plan.at, SIX);
	assert_false(plan.missed);
}

static void what_was_missed_is_made_up_for_once(void **state)
{
	struct automatic a = device();
	(void)state;
	struct automatic_plan plan = plan_at(&a, SIX + 5 * DAY + 3 * HOUR);
	assert_true(plan.missed);
	assert_in_range(plan.at, SIX + 5 * DAY + 3 * HOUR + 60,
			SIX + 5 * DAY + 4 * HOUR);
	assert_int_equal(sends(&a, SIX + 5 * DAY + 3 * HOUR, SIX + 6 * DAY), 1);
	assert_int_equal(sends(&a, SIX + 6 * DAY, SIX + 7 * DAY), 1);
}

static void a_restart_keeps_the_time_to_make_up(void **state)
{
	struct automatic a = device();
	int64_t now = SIX + 3 * HOUR;
	(void)state;
	assert_false(follow(&a, now));
	int64_t at = a.catch_up_at;
	assert_true(at > now);
	for (int64_t later = now; later < at; later += 7) {
		struct automatic_plan plan = plan_at(&a, later);
		assert_int_equal(plan.at, at);
		assert_false(plan.missed);
	}
	assert_true(follow(&a, at));
}

static void a_missed_one_is_left_to_the_next_that_is_near(void **state)
{
	struct automatic a = device();
	int64_t now = SIX + DAY - HOUR;
	(void)state;
	struct automatic_plan plan = plan_at(&a, now);
	assert_true(plan.passed_over);
	assert_int_equal(plan.at, SIX + DAY);
	assert_int_equal(sends(&a, now, SIX + DAY + HOUR), 1);
}

static void a_clock_set_back_makes_no_storm_and_no_silence(void **state)
{
	(void)state;
	for (int64_t back = HOUR; back < 400 * DAY; back *= 3) {
		struct automatic a = device();
		a.services[0].begins_at = MIDNIGHT - 1000 * DAY;
		a.timer_at = SIX;
		unsigned count = sends(&a, SIX - back, SIX - back + 10 * DAY);
		assert_in_range(count, 8, 10);
	}
}

static void a_clock_set_forward_gives_one_send(void **state)
{
	(void)state;
	for (int64_t ahead = DAY; ahead < 5000 * DAY; ahead *= 5) {
		struct automatic a = device();
		a.timer_at = SIX;
		int64_t now = SIX + ahead + HOUR;
		assert_in_range(sends(&a, now, now + 10 * DAY), 10, 11);
		/* And right again: nothing is lost but the day. */
		assert_in_range(sends(&a, SIX + 2 * DAY, SIX + 12 * DAY), 8,
				11);
	}
}

static void a_clock_that_forgot_the_time_forgets_no_mark(void **state)
{
	struct automatic a = device();
	(void)state;
	a.timer_at = SIX;
	assert_int_equal(sends(&a, 0, 3 * HOUR), 0);
	assert_int_equal(a.timer_at, SIX);
	assert_int_equal(sends(&a, SIX + 60, SIX + DAY), 0);
}

static void a_failed_send_stays_due(void **state)
{
	struct automatic a = device();
	(void)state;
	assert_true(plan_at(&a, SIX).at <= SIX);
	assert_true(plan_at(&a, SIX + 60).at <= SIX + 60);
	a.catch_up_at = SIX + HOUR;
	assert_true(plan_at(&a, SIX + 5 * HOUR).at <= SIX + 5 * HOUR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			it_is_the_next_slot_with_those_that_take_part_by_then),
		cmocka_unit_test(
			nothing_is_planned_when_off_or_nothing_takes_part),
		cmocka_unit_test(the_first_one_comes_after_the_wait),
		cmocka_unit_test(one_a_day_and_no_more),
		cmocka_unit_test(a_slot_just_passed_is_due_at_once),
		cmocka_unit_test(what_was_missed_is_made_up_for_once),
		cmocka_unit_test(a_restart_keeps_the_time_to_make_up),
		cmocka_unit_test(a_missed_one_is_left_to_the_next_that_is_near),
		cmocka_unit_test(
			a_clock_set_back_makes_no_storm_and_no_silence),
		cmocka_unit_test(a_clock_set_forward_gives_one_send),
		cmocka_unit_test(a_clock_that_forgot_the_time_forgets_no_mark),
		cmocka_unit_test(a_failed_send_stays_due),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
