/*
 * A code on the command line, without a server that could take it: what is
 * refused, what waits and how that is shown. The way to a certificate is
 * tests/flows/enrol_foreign.sh's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "capture.h"
#include "cli/commands.h"

#define CODE "K7QPM-3ZD9R-01XYT-W8B4C\n"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static void with_code(int code, const char *line, const char *input,
		      const char *text)
{
	struct capture c;
	char whole[400];
	snprintf(whole, sizeof(whole), "%s --conf %s", line, device.conf);
	int got = capture_run_input(&c, device_commands, whole, input);
	if (got != code ||
	    (strstr(c.out, text) == NULL && strstr(c.problems, text) == NULL)) {
		fail_msg("%s: %d %s%s", line, got, c.out, c.problems);
	}
	/* Whatever happens, the code is not shown. */
	assert_null(strstr(c.out, "3ZD9R"));
	assert_null(strstr(c.problems, "3ZD9R"));
	capture_clear(&c);
}

static json_t *status(void)
{
	struct capture c;
	capture_device_run(&device, &c, 0, "enrol --status --json");
	json_t *o = json_loads(c.out, 0, NULL);
	assert_non_null(o);
	capture_clear(&c);
	return o;
}

static void expect_state(const char *state, bool waits)
{
	json_t *o = status();
	assert_string_equal(json_string_value(json_object_get(o, "state")),
			    state);
	assert_int_equal(json_is_string(json_object_get(o, "next_try_at")),
			 waits);
	assert_true(json_is_null(json_object_get(o, "certificate")));
	json_decref(o);
}

static void options_exclude_each_other(void **state)
{
	(void)state;
	capture_device_check(&device, 2, "enrol --status --cancel", NULL);
	capture_device_check(&device, 2, "enrol --renew --cancel", NULL);
	capture_device_check(&device, 2, "enrol --json", NULL);
	capture_device_check(&device, 2,
			     "enrol "
			     "K7QPM",
			     NULL);
}

static void without_permission_it_is_3_and_no_code_is_kept(void **state)
{
	(void)state;
	with_code(3, "enrol", CODE, "Remote services are not allowed");
	/* It is not even asked for. */
	with_code(3, "enrol", "", "Remote services are not allowed");
	with_code(3, "enrol --renew", "", "Remote services are not allowed");
	expect_state("none", false);
	with_code(0, "enrol --status", "", "no certificate");
}

static void what_is_no_code_is_refused(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "allow remote", NULL);
	with_code(1, "enrol", "", "No code was given");
	with_code(1, "enrol", "   \n", "Type the code");
	expect_state("none", false);
}

static void a_code_waits_for_the_server_and_can_be_taken_back(void **state)
{
	(void)state;
	with_code(1, "enrol --cancel", "", "no code");
	with_code(4, "enrol", CODE, "does not know its server");
	expect_state("asked", true);
	with_code(0, "enrol --status", "", "a code waits");
	with_code(0, "enrol --status", "", "Next try: ");
	/* Trying it now is the same as trying it later. */
	with_code(4, "enrol --renew", "", "The code is kept");
	capture_device_check(&device, 0, "log --kind enrolment",
			     "is asked for a certificate, with the code");
	with_code(0, "enrol --cancel", "", "taken back");
	expect_state("none", false);
}

static void without_a_certificate_nothing_is_renewed(void **state)
{
	(void)state;
	with_code(1, "enrol --renew", "", "no certificate to renew");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_exclude_each_other),
		cmocka_unit_test(
			without_permission_it_is_3_and_no_code_is_kept),
		cmocka_unit_test(what_is_no_code_is_refused),
		cmocka_unit_test(
			a_code_waits_for_the_server_and_can_be_taken_back),
		cmocka_unit_test(without_a_certificate_nothing_is_renewed),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
