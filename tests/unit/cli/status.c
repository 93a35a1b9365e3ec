/* The first sentence tells the truth. */
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

static void the_sentence_follows_the_decisions(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "status",
			     "Nothing is being sent. No service is "
			     "allowed.\nNothing waits.\nLast sent: never\n");
	capture_device_check(&device, 0, "allow remote", NULL);
	capture_device_check(&device, 0, "status",
			     "No documents are being sent. Remote services are "
			     "allowed, but no single service is");
	capture_device_check(&device, 0, "status",
			     "Next check-in: none before there is a "
			     "certificate, then every ");
	capture_device_check(&device, 0, "withdraw remote", NULL);
	capture_device_check(&device, 0, "allow metering", NULL);
	capture_device_check(&device, 0, "status",
			     "Nothing is being sent. Remote services as a "
			     "whole are not allowed.");
	capture_device_check(&device, 0, "allow remote", NULL);
	capture_device_check(&device, 0, "status", "1 service on: metering.");
	capture_device_check(&device, 0, "allow supplies", NULL);
	capture_device_check(&device, 0, "status",
			     "2 services on: metering, supplies.");
	capture_device_check(&device, 0, "status", "Next automatic send: ");
	capture_device_check(&device, 0, "settings set automatic off", NULL);
	capture_device_check(&device, 0, "status", "Automatic sending is off.");
	capture_device_check(&device, 0, "settings set automatic on", NULL);
}

static void what_waits_is_listed(void **state)
{
	(void)state;
	struct capture c;
	capture_device_check(&device, 0, "preview metering", NULL);
	capture_device_check(&device, 0, "status", "Waiting: 1");
	capture_device_run(&device, &c, 0, "status --json");
	json_t *o = json_loads(c.out, 0, NULL);
	json_t *first = json_array_get(json_object_get(o, "waiting"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "state")),
			    "staged");
	assert_string_equal(json_string_value(json_object_get(o, "device")),
			    "ex7-1");
	assert_true(json_is_false(json_object_get(o, "daemon")));
	assert_true(json_is_false(json_object_get(o, "provisioned")));
	assert_true(json_is_null(json_object_get(o, "last_sent")));
	json_decref(o);
	capture_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sentence_follows_the_decisions),
		cmocka_unit_test(what_waits_is_listed),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
