/*
 * "sluice checkin" and what "sluice status" says of the contact, on a device
 * that never had one. With a server both are in tests/flows/checkin.sh.
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

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static void without_a_grant_it_is_refused(void **state)
{
	struct capture c;
	(void)state;
	capture_device_run(&device, &c, 3, "checkin");
	assert_non_null(strstr(c.problems, "Remote services are not allowed"));
	capture_clear(&c);
	capture_device_check(&device, 0, "status",
			     "Last contact: never\nCheck-ins: none, remote "
			     "services are not allowed\n");
}

static void without_a_certificate_it_says_so(void **state)
{
	struct capture c;
	(void)state;
	capture_device_check(&device, 0, "allow remote", NULL);
	capture_device_run(&device, &c, 4, "checkin");
	assert_non_null(strstr(c.problems, "certificate"));
	capture_clear(&c);
	capture_device_check(&device, 0, "status", "every hour");
}

static void there_is_nothing_to_list_or_show_yet(void **state)
{
	struct capture c;
	(void)state;
	capture_device_check(&device, 0, "checkin --list",
			     "This device has not checked in yet.");
	capture_device_check(&device, 0, "checkin --list --json", "[]");
	capture_device_run(&device, &c, 1, "checkin --show 1");
	assert_non_null(strstr(c.problems, "There is no check-in 1"));
	capture_clear(&c);
	capture_device_run(&device, &c, 2, "checkin --show one");
	assert_non_null(strstr(c.problems, "no number of a check-in"));
	capture_clear(&c);
	capture_device_run(&device, &c, 2, "checkin --json");
	capture_clear(&c);
}

static void scripts_get_the_contact_too(void **state)
{
	struct capture c;
	(void)state;
	capture_device_run(&device, &c, 0, "status --json");
	json_t *all = json_loads(c.out, 0, NULL);
	json_t *contact = json_object_get(all, "contact");
	assert_true(json_is_null(json_object_get(contact, "last")));
	assert_int_equal(
		json_integer_value(json_object_get(contact, "interval_s")),
		3600);
	assert_int_equal(json_integer_value(json_object_get(contact, "missed")),
			 0);
	assert_true(json_is_false(json_object_get(contact, "conflict")));
	json_decref(all);
	capture_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_grant_it_is_refused),
		cmocka_unit_test(without_a_certificate_it_says_so),
		cmocka_unit_test(there_is_nothing_to_list_or_show_yet),
		cmocka_unit_test(scripts_get_the_contact_too),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
