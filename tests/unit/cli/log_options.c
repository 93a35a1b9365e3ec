/* Options that choose entries of the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/log_options.h"

static void add(struct cli_args *args, const char *name, const char *value)
{
	args->options[args->options_count].name = name;
	args->options[args->options_count++].value = value;
}

static void no_option_is_no_limit(void **state)
{
	(void)state;
	const struct cli_args args = { 0 };
	struct ledger_filter filter;
	assert_true(log_options_read(&args, &filter, NULL));
	assert_int_equal(filter.kind, LEDGER_UNSET);
	assert_null(filter.transaction);
	assert_int_equal(filter.since, 0);
	assert_int_equal(filter.before, 0);
}

static void each_option_narrows_the_log(void **state)
{
	(void)state;
	struct cli_args args = { 0 };
	struct ledger_filter filter;
	add(&args, "--kind", "grant");
	add(&args, "--transaction", "t");
	add(&args, "--actor", "sam");
	add(&args, "--service", "metering");
	add(&args, "--result", "ok");
	add(&args, "--since", "2026-11-23");
	add(&args, "--until", "2026-11-23T14:02:07Z");
	add(&args, "--before", "12");
	assert_true(log_options_read(&args, &filter, NULL));
	assert_int_equal(filter.kind, LEDGER_GRANT);
	assert_string_equal(filter.transaction, "t");
	assert_string_equal(filter.actor, "sam");
	assert_string_equal(filter.service, "metering");
	assert_string_equal(filter.result, "ok");
	assert_int_equal(filter.since, 1795392000);
	assert_int_equal(filter.until, 1795442527);
	assert_int_equal(filter.before, 12);
}

static void check_refused(const char *name, const char *value)
{
	struct cli_args args = { 0 };
	struct ledger_filter filter;
	struct err err = { 0 };
	add(&args, name, value);
	assert_false(log_options_read(&args, &filter, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_true(strlen(err.text) > 20);
}

static void wrong_values_are_refused_with_a_hint(void **state)
{
	(void)state;
	check_refused("--kind", "nothing");
	check_refused("--kind", "");
	check_refused("--since", "yesterday");
	check_refused("--since", "2026-13-01");
	check_refused("--until", "2026-11-23 14:02");
	check_refused("--before", "0");
	check_refused("--before", "-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_option_is_no_limit),
		cmocka_unit_test(each_option_narrows_the_log),
		cmocka_unit_test(wrong_values_are_refused_with_a_hint),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
