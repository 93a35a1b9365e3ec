/*
 * The pauses between tries.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <limits.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/schedule.h"

#include <limits.h>

#define NOW 1000000

static void assert_between(unsigned attempts, int64_t least, int64_t most)
{
	assert_int_equal(schedule_next_try(attempts, NOW, 0, 0), NOW + least);
	assert_int_equal(schedule_next_try(attempts, NOW, 0, UINT32_MAX),
			 NOW + most);
}

static void the_pause_doubles_up_to_six_hours(void **state)
{
	(void)state;
	assert_between(1, 30, 60);
	assert_between(2, 60, 120);
	assert_between(3, 120, 240);
	assert_between(9, 7680, 15360);
	assert_between(10, 10800, 21600);
	assert_between(1000, 10800, 21600);
	assert_between(UINT_MAX, 10800, 21600);
}

static void a_first_failure_that_was_not_counted_is_a_first(void **state)
{
	(void)state;
	assert_between(0, 30, 60);
}

static void chance_spreads_devices_over_the_pause(void **state)
{
	(void)state;
	int64_t middle = schedule_next_try(1, NOW, 0, UINT32_MAX / 2);
	assert_in_range(middle, NOW + 40, NOW + 50);
}

static void what_the_server_asks_is_the_least(void **state)
{
	(void)state;
	assert_int_equal(schedule_next_try(1, NOW, 3600, 0), NOW + 3600);
	int64_t most = schedule_next_try(1, NOW, 3600, UINT32_MAX);
	assert_in_range(most, NOW + 3900, NOW + 3960);
}

static void asking_for_less_than_our_pause_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(schedule_next_try(10, NOW, 5, 0), NOW + 10800);
	assert_int_equal(schedule_next_try(1, NOW, -5, 0), NOW + 30);
}

static void what_is_held_is_asked_for_less_and_less(void **state)
{
	(void)state;
	static const int64_t pauses[] = { 1, 2, 4, 8, 8 };
	int64_t all = 0;
	for (unsigned i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		assert_int_equal(schedule_held(i), pauses[i]);
	}
	assert_int_equal(schedule_held(UINT_MAX), 8);
	/* Twice as long as lighttpd waits for more of a body. */
	for (unsigned i = 0; i < SCHEDULE_HELD_MOST; i++) {
		all += schedule_held(i);
	}
	assert_in_range(all, 60, 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pause_doubles_up_to_six_hours),
		cmocka_unit_test(
			a_first_failure_that_was_not_counted_is_a_first),
		cmocka_unit_test(chance_spreads_devices_over_the_pause),
		cmocka_unit_test(what_the_server_asks_is_the_least),
		cmocka_unit_test(
			asking_for_less_than_our_pause_changes_nothing),
		cmocka_unit_test(what_is_held_is_asked_for_less_and_less),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
