/* What the proxy that breaks connections is told to do, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/fault_script.h"

static void refuses_words_that_mean_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *text, *wrong;
	} cases[] = {
		{ "", "(nothing)" },
		{ " ; ", "" },
		{ "pass; ; pass", "" },
		{ "cut-sideways=3", "cut-sideways=3" },
		{ "pass cutt=3", "cutt=3" },
		{ "cut-up", "cut-up" },
		{ "cut-up=", "cut-up=" },
		{ "cut-up=-1", "cut-up=-1" },
		{ "pass=1", "pass=1" },
		{ "record-up=3", "record-up=3" },
		{ "record-up=0:3", "record-up=0:3" },
		{ "trickle=0", "trickle=0" },
		{ "trickle=1:", "trickle=1:" },
		{ "delay=600001", "delay=600001" },
		{ "pass*0", "pass*0" },
	};
	struct fault_script script;
	char wrong[FAULT_STEP_SIZE];
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (fault_script_read(cases[i].text, &script, wrong)) {
			fail_msg("\"%s\" was taken", cases[i].text);
		}
		assert_string_equal(wrong, cases[i].wrong);
	}
	assert_false(fault_script_read("again", &script, wrong));
	assert_false(fault_script_read("pass; again; pass", &script, wrong));
}

static void counts_the_steps(void **state)
{
	(void)state;
	static struct fault_script script;
	char wrong[FAULT_STEP_SIZE];
	assert_true(fault_script_read("refuse*3; cut=1 delay-up=7;\npass\n",
				      &script, wrong));
	for (uint64_t i = 0; i < 3; i++) {
		assert_int_equal(fault_script_step(&script, i)->answer,
				 FAULT_REFUSE);
	}
	const struct fault_step *step = fault_script_step(&script, 3);
	assert_string_equal(step->text, "cut=1 delay-up=7");
	assert_int_equal(step->ways[FAULT_UP].delay_ms, 7);
	assert_int_equal(step->ways[FAULT_DOWN].delay_ms, 0);
	assert_int_equal(step->ways[FAULT_DOWN].end, FAULT_CUT);
	assert_string_equal(fault_script_step(&script, 4)->text, "pass");
	assert_string_equal(fault_script_step(&script, 999)->text, "pass");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_words_that_mean_nothing),
		cmocka_unit_test(counts_the_steps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
