/*
 * The simulated printer's chance: the same each time, and spread.
 */
#include "collectors/sim_dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_same_begin_gives_the_same_rolls(void **state)
{
	struct sim_dice one = { 7 }, two = { 7 }, other = { 8 };
	unsigned differ = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t a = sim_dice_roll(&one, 1000000);
		assert_int_equal(a, sim_dice_roll(&two, 1000000));
		differ += a != sim_dice_roll(&other, 1000000);
	}
	assert_true(differ > 90);
}

static void splitmix64_as_published(void **state)
{
	(void)state;
	/* The generator's first output from 0. */
	assert_true(sim_dice_mix(0) == UINT64_C(0xe220a8397b1dcdaf));
}

static void picks_depend_on_machine_time_and_purpose_and_reach_all(void **state)
{
	unsigned seen = 0;

	(void)state;
	for (int64_t at = 0; at < 200; at++) {
		uint64_t side = sim_dice_pick(1, at, 1, 6);
		assert_int_equal(side, sim_dice_pick(1, at, 1, 6));
		assert_true(side < 6);
		seen |= 1u << side;
	}
	assert_int_equal(seen, 63);
	assert_true(sim_dice_pick(1, 5, 1, UINT64_MAX) !=
		    sim_dice_pick(1, 5, 2, UINT64_MAX));
	assert_true(sim_dice_pick(1, 5, 1, UINT64_MAX) !=
		    sim_dice_pick(2, 5, 1, UINT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_begin_gives_the_same_rolls),
		cmocka_unit_test(splitmix64_as_published),
		cmocka_unit_test(
			picks_depend_on_machine_time_and_purpose_and_reach_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
