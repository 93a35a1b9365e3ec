/* Decisions by command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "capture.h"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static void check_state(const char *name, const char *want, bool sendable)
{
	struct capture c;
	capture_device_run(&device, &c, 0, "services --json");
	json_t *all = json_loads(c.out, 0, NULL);
	json_t *row = json_object_get(all, "remote");
	for (size_t i = 0;
	     strcmp(json_string_value(json_object_get(row, "name")), name) != 0;
	     i++) {
		row = json_array_get(json_object_get(all, "services"), i);
		assert_non_null(row);
	}
	assert_string_equal(json_string_value(json_object_get(row, "state")),
			    want);
	assert_int_equal(json_is_true(json_object_get(row, "may_be_sent")),
			 sendable);
	json_decref(all);
	capture_clear(&c);
}

static void nothing_is_allowed_at_first(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "services", "Nothing is being sent");
	check_state("remote", "not allowed", false);
	check_state("metering", "not allowed", false);
}

static void each_decision_is_its_own(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "allow metering",
			     "No documents are sent yet");
	check_state("metering", "allowed", false);
	check_state("supplies", "not allowed", false);
	capture_device_check(&device, 0, "allow remote", "Allowed: remote.");
	check_state("metering", "allowed", true);
	check_state("supplies", "not allowed", false);
	capture_device_check(&device, 0, "withdraw metering",
			     "Withdrawn: metering.");
	check_state("metering", "not allowed", false);
	check_state("remote", "allowed", true);
}

static void there_is_no_allow_all(void **state)
{
	(void)state;
	capture_device_check(&device, 2, "allow all", "no service \"all\"");
	capture_device_check(&device, 2, "allow", "Something is missing");
}

static void one_wrong_name_decides_nothing(void **state)
{
	(void)state;
	capture_device_check(&device, 2, "allow supplies nothing", "nothing");
	check_state("supplies", "not allowed", false);
}

static void the_words_can_be_read(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "services --words", "Never sends: ");
	capture_device_check(&device, 0, "services --words",
			     "Remote services as a whole (remote): ");
}

static void the_log_names_the_actor(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "log --kind grant --csv",
			     "command line: tester");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_allowed_at_first),
		cmocka_unit_test(each_decision_is_its_own),
		cmocka_unit_test(there_is_no_allow_all),
		cmocka_unit_test(one_wrong_name_decides_nothing),
		cmocka_unit_test(the_words_can_be_read),
		cmocka_unit_test(the_log_names_the_actor),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
