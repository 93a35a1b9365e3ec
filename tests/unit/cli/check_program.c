/* Programs of "--check" as a configuration would name them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/check_program.h"

#include <string.h>

static void it_is_named_as_a_configuration_would(void **state)
{
	(void)state;
	struct check_program p;
	const struct cli_args args = { .count = 2, .at = { "-p", "/dev/x" } };
	assert_true(check_program_read("/bin/../bin/sh", &args, "collector", &p,
				       NULL));
	assert_int_equal(p.run.program[0], '/');
	assert_null(strstr(p.run.program, ".."));
	assert_null(strchr(p.run.name, '/'));
	assert_string_equal(p.run.arguments, "-p /dev/x");
	assert_string_equal(p.run.user, "");
	check_program_clear(&p);
	const struct cli_args none = { .count = 0 };
	assert_true(
		check_program_read("/bin/sh", &none, "collector", &p, NULL));
	assert_string_equal(p.run.arguments, "");
	check_program_clear(&p);
	check_program_clear(&p);
}

static void what_it_could_not_name_is_refused(void **state)
{
	(void)state;
	struct check_program p;
	struct err err = { .kind = ERR_NONE };
	const struct cli_args none = { .count = 0 };
	const struct cli_args space = { .count = 1, .at = { "a b" } };
	const struct cli_args empty = { .count = 1, .at = { "" } };
	assert_false(check_program_read("/nonexistent/x", &none, "job source",
					&p, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "job source /nonexistent/x"));
	err_reset(&err);
	assert_false(
		check_program_read("nobody", &none, "collector", &p, &err));
	assert_non_null(strstr(err.text, "./nobody"));
	err_reset(&err);
	assert_false(
		check_program_read("/bin/sh", &space, "collector", &p, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_false(
		check_program_read("/bin/sh", &empty, "collector", &p, NULL));
}

static void presets_are_those_of_the_table(void **state)
{
	(void)state;
	assert_int_equal(check_program_preset("collect", "timeout_s"), 60);
	assert_int_equal(check_program_preset("jobs", "timeout_s"), 3600);
	assert_int_equal(check_program_preset("jobs", "nothing"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_named_as_a_configuration_would),
		cmocka_unit_test(what_it_could_not_name_is_refused),
		cmocka_unit_test(presets_are_those_of_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
