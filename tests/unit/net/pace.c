/*
 * A rate over hours, with a clock that the test turns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/pace.h"

#include <stdbool.h>

/* Sends size bytes as http_client.c does; gives the time it took. */
static int64_t send_all(uint64_t rate, uint64_t size, int64_t hitch_ms)
{
	const int64_t start = 1000000;
	struct pace pace;
	int64_t now = start;
	uint64_t sent = 0;
	pace_init(&pace, rate, now);
	for (unsigned waits = 0; sent < size;) {
		int64_t wait = 0;
		size_t room = pace_room(&pace, size - sent, now, &wait);
		if (room == 0) {
			assert_true(wait >= 1);
			now += wait + hitch_ms;
			assert_true(++waits < 1000000);
			continue;
		}
		size_t record = room < 16384 ? room : 16384;
		record = size - sent < record ? (size_t)(size - sent) : record;
		pace_take(&pace, record);
		sent += record;
		/* Never ahead of the rate, and never an eighth at once. */
		assert_true(sent * 1000 <= rate * (uint64_t)(now - start));
		assert_true(room <= rate / 8 || room == 1);
	}
	return now - start;
}

static void a_rate_is_kept_and_used(void **state)
{
	(void)state;
	static const struct {
		uint64_t rate, size;
	} cases[] = {
		{ 1, 10 },
		{ 7, 100 },
		{ 8, 100 },
		{ 1000, 100000 },
		{ 65536, 1000000 },
		{ 1000000, 100000000 },
		{ 12500000, 1u << 31 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t least = (int64_t)(cases[i].size * 1000 / cases[i].rate);
		int64_t took = send_all(cases[i].rate, cases[i].size, 0);
		assert_true(took >= least);
		assert_true(took <= least + least / 10 + 1000);
	}
}

static void a_pause_is_not_caught_up_with(void **state)
{
	(void)state;
	/* 10 kB in slices of 125 ms, each followed by 2 s of nothing. */
	assert_true(send_all(1000, 10000, 2000) >= 80 * 2000);
}

static void no_rate_is_no_limit(void **state)
{
	(void)state;
	struct pace pace;
	int64_t wait = 0;
	pace_init(&pace, 0, 5);
	assert_true(pace_room(&pace, UINT64_MAX, 5, &wait) == SIZE_MAX);
	pace_take(&pace, 1u << 30);
	assert_true(pace_room(&pace, 1, 5, &wait) == SIZE_MAX);
	pace_init(&pace, UINT64_MAX, 5);
	assert_true(pace_room(&pace, 1, 5, &wait) == SIZE_MAX);
}

static void a_clock_that_stands_gives_nothing(void **state)
{
	(void)state;
	struct pace pace;
	int64_t wait = 0;
	pace_init(&pace, 1000, 5);
	assert_int_equal(pace_room(&pace, 1000, 5, &wait), 0);
	assert_int_equal(wait, 125);
	assert_int_equal(pace_room(&pace, 1000, 4, &wait), 0);
	assert_int_equal(pace_room(&pace, 1000, 130, &wait), 125);
	pace_take(&pace, 125);
	assert_int_equal(pace_room(&pace, 1000, 130, &wait), 0);
	/* The last bytes need no whole slice. */
	assert_int_equal(pace_room(&pace, 3, 133, &wait), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rate_is_kept_and_used),
		cmocka_unit_test(a_pause_is_not_caught_up_with),
		cmocka_unit_test(no_rate_is_no_limit),
		cmocka_unit_test(a_clock_that_stands_gives_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
