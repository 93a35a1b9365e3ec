/*
 * The memory of the simulated printer.
 */
#include "collectors/sim_history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/sim_engine.h"

static void the_oldest_goes_and_numbers_go_on(void **state)
{
	struct sim_history h;

	(void)state;
	memset(&h, 0, sizeof(h));
	assert_int_equal(sim_history_count(&h), 0);
	for (int64_t i = 1; i <= SIM_HISTORY + 5; i++) {
		const struct sim_record r = { SIM_POWERED_ON, 0, i, 0 };
		sim_history_add(&h, &r);
		size_t count = sim_history_count(&h);
		assert_int_equal(h.at[count - 1].at, i);
		assert_int_equal(sim_history_number(&h, count - 1), i);
	}
	assert_int_equal(sim_history_count(&h), SIM_HISTORY);
	assert_int_equal(h.at[0].at, 6);
	assert_int_equal(sim_history_number(&h, 0), 6);
}

static void what_cannot_have_happened_is_known(void **state)
{
	static const struct {
		uint32_t what, detail;
		bool ok;
	} rows[] = {
		{ SIM_HAPPENED_NOTHING, 0, false },
		{ SIM_HAPPENINGS, 0, false },
		{ UINT32_MAX, 0, false },
		{ SIM_POWERED_ON, 0, true },
		{ SIM_POWERED_ON, 1, false },
		{ SIM_FAULT_BEGAN, SIM_FAULT_NONE, false },
		{ SIM_FAULT_BEGAN, SIM_FAULT_JAM, true },
		{ SIM_FAULT_ENDED, SIM_FAULTS, false },
		{ SIM_SUPPLY_LOW, SIM_SUPPLIES - 1, true },
		{ SIM_SUPPLY_CHANGED, SIM_SUPPLIES, false },
		{ SIM_TRAY_LOADED, SIM_TRAYS, false },
		{ SIM_TEST_RUN, SIM_PROCEDURES, false },
		{ SIM_DFE_FAILED, SIM_DFE_ERRORS, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sim_record r = { rows[i].what, rows[i].detail, 1,
					      1 };
		assert_int_equal(sim_history_record_ok(&r), rows[i].ok);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_goes_and_numbers_go_on),
		cmocka_unit_test(what_cannot_have_happened_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
