/*
 * The simulated printer kept in a file.
 */
#include "collectors/sim_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MONDAY INT64_C(1795392000)

static void what_is_kept_is_found_again(void **state)
{
	struct sim_engine e, again;
	struct buf text = BUF_INIT;

	(void)state;
	memset(&again, 0, sizeof(again));
	sim_engine_init(&e, UINT64_MAX, MONDAY);
	sim_engine_run(&e, MONDAY + 7 * 24 * 3600);
	sim_state_put(&e, &text);
	assert_true(text.len < SIM_STATE_MAX);
	assert_true(sim_state_parse(&again, buf_str(&text), text.len, NULL));
	assert_memory_equal(&e, &again, sizeof(e));
	buf_clear(&text);
}

static bool parses(const char *text, size_t len)
{
	struct sim_engine e;
	struct err err = { 0 };
	bool yes = sim_state_parse(&e, text, len, &err);

	assert_int_equal(err.kind, yes ? ERR_NONE : ERR_INVALID);
	return yes;
}

static void any_cut_or_changed_text_is_refused(void **state)
{
	struct sim_engine e;
	struct buf text = BUF_INIT;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	sim_state_put(&e, &text);
	for (size_t len = 0; len < text.len; len++) {
		assert_false(parses(buf_str(&text), len));
	}
	assert_true(parses(buf_str(&text), text.len));
	buf_put_str(&text, "tray 1\n");
	assert_false(parses(buf_str(&text), text.len));
	buf_clear(&text);
}

static void values_that_cannot_be_are_refused(void **state)
{
	static const char *const rows[][2] = {
		{ "sluice-sim 2", "sluice-sim 1" },
		{ "fault 0", "fault 4" },
		{ "busy 0", "busy 2" },
		{ "busy 0", "busy -1" },
		{ "busy 0", "busy  0" },
		{ "born_at 1795392000", "born_at 1795392001" },
		{ "\nat 1795392000", "\nat 1795392001" },
		{ "\nat 1795392000", "\nat 99999999999999" },
		{ "fault_seen 0", "fault_seen 18446744073709551615" },
		{ "fault_seen 0", "fault_seen 18446744073709551616000000" },
		{ "fault_seen 0", "fault_seen 0\nfault_seen 0" },
		{ "happened 0", "happened 1" },
		{ "happened 0",
		  "happened 1\nwhat 0\ndetail 0\nwhen 1\nimpressions 1" },
		{ "happened 0",
		  "happened 1\nwhat 2\ndetail 4\nwhen 1\nimpressions 1" },
		{ "happened 0",
		  "happened 1\nwhat 99\ndetail 0\nwhen 1\nimpressions 1" },
		{ "happened 0", "happened 1\nwhat 1\ndetail 0\nwhen "
				"999999999999999\nimpressions 1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_engine e;
		struct buf text = BUF_INIT, wrong = BUF_INIT;
		sim_engine_init(&e, 1, MONDAY);
		sim_state_put(&e, &text);
		const char *at = strstr(buf_str(&text), rows[i][0]);
		assert_non_null(at);
		buf_put(&wrong, text.data, (size_t)(at - buf_str(&text)));
		buf_put_str(&wrong, rows[i][1]);
		buf_put_str(&wrong, at + strlen(rows[i][0]));
		assert_false(parses(buf_str(&wrong), wrong.len));
		buf_clear(&text);
		buf_clear(&wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_is_found_again),
		cmocka_unit_test(any_cut_or_changed_text_is_refused),
		cmocka_unit_test(values_that_cannot_be_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
