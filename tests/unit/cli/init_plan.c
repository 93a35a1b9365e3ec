/* What "sluice init" takes and refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/init_files.h"

static bool read_plan(struct cli_args *args, struct init_plan *plan,
		      struct err *err)
{
	const struct cli cli = { .program = "sluice", .self = "/bin/sluice" };
	return init_plan_read(&cli, args, "/d/sluice.conf", "/d", plan, err);
}

static void add(struct cli_args *args, const char *name, const char *value)
{
	args->options[args->options_count].name = name;
	args->options[args->options_count++].value = value;
}

static void the_id_is_the_serial_in_small_letters(void **state)
{
	(void)state;
	struct cli_args args = { 0 };
	struct init_plan plan;
	add(&args, "--serial", "EX7-004211");
	assert_true(read_plan(&args, &plan, NULL));
	assert_string_equal(plan.id, "ex7-004211");
	assert_string_equal(plan.serial, "EX7-004211");
	assert_string_equal(plan.server_name, "");
	assert_int_equal(plan.port, 8631);
	init_plan_clear(&plan);
}

static void server_and_collectors_are_taken_apart(void **state)
{
	(void)state;
	struct cli_args args = { 0 };
	struct init_plan plan;
	struct err err = { 0 };
	add(&args, "--serial", "A");
	add(&args, "--server", "comms.example:8443");
	add(&args, "--collector", "sim=/bin/true --state /x");
	add(&args, "--collector", "plain=/bin/true");
	add(&args, "--job-source", "spool=/bin/true /var/jobs");
	assert_true(read_plan(&args, &plan, &err));
	assert_string_equal(plan.server_name, "comms.example");
	assert_int_equal(plan.server_port, 8443);
	assert_int_equal(plan.collectors.count, 2);
	assert_string_equal(plan.collectors.of[0].name, "sim");
	assert_string_equal(plan.collectors.of[0].program, "/bin/true");
	assert_string_equal(plan.collectors.of[0].arguments, "--state /x");
	assert_string_equal(plan.collectors.of[1].arguments, "");
	assert_int_equal(plan.job_sources.count, 1);
	assert_string_equal(plan.job_sources.of[0].arguments, "/var/jobs");
	init_plan_clear(&plan);
}

static void check_refused(const char *name, const char *value, const char *text)
{
	struct cli_args args = { 0 };
	struct init_plan plan;
	struct err err = { 0 };
	if (strcmp(name, "--serial") != 0) {
		add(&args, "--serial", "A");
	}
	if (value != NULL) {
		add(&args, name, value);
	}
	assert_false(read_plan(&args, &plan, &err));
	if (strstr(err.text, text) == NULL) {
		fail_msg("\"%s\" lacks \"%s\"", err.text, text);
	}
}

static void wrong_values_are_refused_with_the_option(void **state)
{
	(void)state;
	check_refused("--serial", NULL, "--serial is missing");
	check_refused("--serial", "", "--serial is missing");
	check_refused("--serial", "a\nb", "--serial");
	check_refused("--serial", "a;b", "--serial");
	check_refused("--serial", "A B", "--id");
	check_refused("--id", "", "--id");
	check_refused("--id", "B\xC3\xBCro", "device id");
	check_refused("--id",
		      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		      "aaaaaaaaaaaaaaaaa",
		      "--id");
	check_refused("--title", "a\"b", "--title");
	check_refused("--title", " a", "--title");
	check_refused("--port", "0", "--port");
	check_refused("--port", "65536", "--port");
	check_refused("--server", ":1", "The server");
	check_refused("--server", "192.0.2.1", "--server-address");
	check_refused("--server", "a b", "The server");
	check_refused("--server", "A.example", "small letters");
	check_refused("--server", "a.example:0", "from 1 to 65535");
	check_refused("--server", "https://a.example", "no https://");
	check_refused("--server", "a.example:8443/", "no path");
	check_refused("--collector", "sim", "NAME=PROGRAM");
	check_refused("--collector", "=x", "NAME=PROGRAM");
	check_refused("--collector", "sim=", "NAME=PROGRAM");
	check_refused("--collector", "s im=/bin/true", "NAME=PROGRAM");
	check_refused("--collector", "sim=/nonexistent", "cannot be run");
	check_refused("--collector", "sim=sluice-no-such", "cannot be run");
}

static void there_is_a_limit_of_collectors(void **state)
{
	(void)state;
	struct cli_args args = { 0 };
	struct init_plan plan;
	struct err err = { 0 };
	add(&args, "--serial", "A");
	for (int i = 0; i < 9; i++) {
		add(&args, "--collector", "a=/bin/true");
	}
	assert_false(read_plan(&args, &plan, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_id_is_the_serial_in_small_letters),
		cmocka_unit_test(server_and_collectors_are_taken_apart),
		cmocka_unit_test(wrong_values_are_refused_with_the_option),
		cmocka_unit_test(there_is_a_limit_of_collectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
