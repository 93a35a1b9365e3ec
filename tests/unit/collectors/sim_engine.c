/*
 * The life of the simulated printer.
 */
#include "collectors/sim_engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DAY (24 * 3600)
#define MONDAY INT64_C(1795392000) /* 2026-11-23T00:00:00Z */

static void one_life_is_the_same_in_one_run_or_many(void **state)
{
	struct sim_engine one, many;

	(void)state;
	sim_engine_init(&one, 7, MONDAY);
	sim_engine_init(&many, 7, MONDAY);
	sim_engine_run(&one, MONDAY + 5 * DAY + 30);
	for (int64_t at = MONDAY; at <= MONDAY + 5 * DAY; at += 7777) {
		sim_engine_run(&many, at);
	}
	sim_engine_run(&many, MONDAY + 5 * DAY);
	assert_memory_equal(&one, &many, sizeof(one));
}

static void another_seed_is_another_printer(void **state)
{
	struct sim_engine one, two;

	(void)state;
	sim_engine_init(&one, 1, MONDAY);
	sim_engine_init(&two, 2, MONDAY);
	sim_engine_run(&one, MONDAY + DAY);
	sim_engine_run(&two, MONDAY + DAY);
	assert_memory_not_equal(one.meters, two.meters, sizeof(one.meters));
}

static void meters_only_grow(void **state)
{
	struct sim_engine e;
	uint64_t last[SIM_METERS];
	uint64_t begin;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	begin = sim_engine_impressions(&e);
	for (int day = 1; day < 30; day++) {
		memcpy(last, e.meters, sizeof(last));
		sim_engine_run(&e, MONDAY + day * DAY);
		for (size_t i = 0; i < SIM_POWER_ON_IMPRESSIONS; i++) {
			assert_true(e.meters[i] >= last[i]);
		}
	}
	assert_true(sim_engine_impressions(&e) > begin + 1000);
	assert_true(sim_engine_color(&e) < sim_engine_impressions(&e));
}

static void supplies_go_down_and_are_changed_and_waste_fills(void **state)
{
	struct sim_engine e;
	bool fell = false, rose = false, filled = false;

	(void)state;
	sim_engine_init(&e, 3, MONDAY);
	for (int day = 1; day < 120; day++) {
		uint64_t toner = sim_engine_level(&e, 0);
		uint64_t waste = sim_engine_level(&e, 7);
		sim_engine_run(&e, MONDAY + day * DAY);
		fell = fell || sim_engine_level(&e, 0) < toner;
		rose = rose || sim_engine_level(&e, 0) > toner;
		filled = filled || sim_engine_level(&e, 7) > waste;
		for (size_t i = 0; i < SIM_SUPPLIES; i++) {
			assert_true(sim_engine_level(&e, i) <=
				    sim_supplies[i].capacity);
		}
	}
	assert_true(fell && rose && filled);
	assert_true(e.changed[0] > 0);
}

static void levels_are_rounded_up_and_low_is_a_tenth(void **state)
{
	struct sim_engine e;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	e.used[0] = 0;
	assert_int_equal(sim_engine_level(&e, 0), 100);
	e.used[0] = sim_supplies[0].life - 1;
	assert_int_equal(sim_engine_level(&e, 0), 1);
	assert_true(sim_engine_is_low(&e, 0));
	e.used[0] = sim_supplies[0].life + 500;
	assert_int_equal(sim_engine_level(&e, 0), 0);
	e.used[0] = sim_supplies[0].life / 2;
	assert_false(sim_engine_is_low(&e, 0));
	e.used[7] = sim_supplies[7].life * 2;
	assert_int_equal(sim_engine_level(&e, 7), 100);
}

static void faults_come_and_go(void **state)
{
	struct sim_engine e;
	unsigned seen = 0, gone = 0;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	for (int minute = 1; minute < 30 * 24 * 60; minute++) {
		bool before = e.fault != SIM_FAULT_NONE;
		sim_engine_run(&e, MONDAY + minute * 60);
		bool after = e.fault != SIM_FAULT_NONE;
		seen += !before && after;
		gone += before && !after;
		assert_false(after && e.busy);
	}
	assert_true(seen > 5);
	assert_true(gone + 1 >= seen);
}

static void the_past_changes_nothing_and_a_long_sleep_ends(void **state)
{
	struct sim_engine e, copy;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	sim_engine_run(&e, MONDAY + DAY);
	copy = e;
	sim_engine_run(&e, MONDAY);
	assert_memory_equal(&e, &copy, sizeof(e));
	sim_engine_run(&e, MONDAY + INT64_C(4000) * DAY);
	assert_int_equal(e.at, MONDAY + INT64_C(4000) * DAY);
}

static void a_fault_that_is_set_stands_until_it_is_freed(void **state)
{
	struct sim_engine e;
	const int64_t now = MONDAY + 10 * 3600 + 17;

	(void)state;
	for (int f = SIM_FAULT_JAM; f < SIM_FAULTS; f++) {
		sim_engine_init(&e, 1, MONDAY);
		sim_engine_run(&e, now);
		sim_engine_set_fault(&e, SIM_FAULT_NONE, now);
		uint64_t seen = e.faults_seen[f];
		sim_engine_set_fault(&e, (enum sim_fault)f, now);
		assert_int_equal(e.fault, f);
		assert_int_equal(e.faults_seen[f], seen + 1);
		/* To the second: what was allowed a moment ago covers it. */
		assert_int_equal(e.state_changed_at, now);
		sim_engine_run(&e, now + 30 * DAY);
		assert_int_equal(e.fault, f);
		sim_engine_set_fault(&e, (enum sim_fault)f, now + 30 * DAY);
		assert_int_equal(e.faults_seen[f], seen + 1);
		assert_int_equal(e.state_changed_at, now);
		sim_engine_set_fault(&e, SIM_FAULT_NONE, now + 30 * DAY + 5);
		assert_int_equal(e.fault, SIM_FAULT_NONE);
		assert_int_equal(e.state_changed_at, now + 30 * DAY + 5);
	}
}

static void one_fault_takes_the_place_of_another(void **state)
{
	struct sim_engine e;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	sim_engine_set_fault(&e, SIM_FAULT_JAM, MONDAY);
	sim_engine_set_fault(&e, SIM_FAULT_MEDIA_EMPTY, MONDAY + 1);
	assert_int_equal(e.fault, SIM_FAULT_MEDIA_EMPTY);
	assert_int_equal(e.trays[0], 0);
	sim_engine_set_fault(&e, SIM_FAULT_NONE, MONDAY + 2);
	assert_int_equal(e.trays[0], sim_tray_capacity[0]);
}

static void supplies_are_made_low_and_changed(void **state)
{
	struct sim_engine e;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		if (sim_supplies[i].level_some) {
			assert_false(sim_engine_make_low(&e, i, MONDAY));
			continue;
		}
		assert_true(sim_engine_make_low(&e, i, MONDAY));
		assert_true(sim_engine_is_low(&e, i));
		uint64_t used = e.used[i];
		assert_true(sim_engine_make_low(&e, i, MONDAY));
		assert_int_equal(e.used[i], used);
	}
	uint64_t changed = e.changed[0];
	sim_engine_change_low(&e, MONDAY);
	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		assert_false(sim_engine_is_low(&e, i));
	}
	assert_int_equal(e.changed[0], changed + 1);
}

static void what_happens_is_remembered(void **state)
{
	struct sim_engine e;
	unsigned seen = 0;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	for (int day = 1; day < 120; day++) {
		sim_engine_run(&e, MONDAY + day * DAY);
		for (size_t i = 0; i < sim_history_count(&e.history); i++) {
			const struct sim_record *r = &e.history.at[i];
			assert_true(sim_history_record_ok(r));
			assert_true(i == 0 || r[-1].at <= r->at);
			assert_true(r->at < e.at);
			seen |= 1u << r->what;
		}
	}
	/* Each of them, but the first of the list, which is none. */
	assert_int_equal(seen, (1u << SIM_HAPPENINGS) - 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_life_is_the_same_in_one_run_or_many),
		cmocka_unit_test(another_seed_is_another_printer),
		cmocka_unit_test(meters_only_grow),
		cmocka_unit_test(
			supplies_go_down_and_are_changed_and_waste_fills),
		cmocka_unit_test(levels_are_rounded_up_and_low_is_a_tenth),
		cmocka_unit_test(faults_come_and_go),
		cmocka_unit_test(
			the_past_changes_nothing_and_a_long_sleep_ends),
		cmocka_unit_test(a_fault_that_is_set_stands_until_it_is_freed),
		cmocka_unit_test(one_fault_takes_the_place_of_another),
		cmocka_unit_test(supplies_are_made_low_and_changed),
		cmocka_unit_test(what_happens_is_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
