/* Sending without a server: what is refused and what waits. */
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

/* Previews and puts the transaction into line after "send ". */
static void stage(const char *service, char line[200], const char *more)
{
	struct capture c;
	char ask[60];
	snprintf(ask, sizeof(ask), "preview --json %s", service);
	capture_device_run(&device, &c, 0, ask);
	json_t *o = json_loads(c.out, 0, NULL);
	snprintf(line, 200, "send %s%s",
		 json_string_value(json_object_get(o, "transaction")), more);
	json_decref(o);
	capture_clear(&c);
}

static void without_a_grant_it_is_3(void **state)
{
	(void)state;
	char line[200];
	capture_device_check(&device, 3, "send metering",
			     "not allowed (metering)");
	stage("metering", line, "");
	capture_device_check(&device, 3, line, NULL);
	capture_device_check(&device, 0, "allow metering", NULL);
	capture_device_check(&device, 3, "send metering", "not allowed");
	capture_device_check(&device, 0, "allow remote", NULL);
	capture_device_check(&device, 3, "send metering supplies",
			     "not allowed (supplies)");
}

static void another_hash_is_refused(void **state)
{
	(void)state;
	char line[200];
	stage("metering", line,
	      " --sha256 0000000000000000000000000000000000000000000000000000"
	      "000000000000");
	capture_device_check(&device, 1, line, NULL);
	capture_device_check(&device, 2, "send metering --sha256 00",
			     "goes with a transaction");
}

static void without_a_server_it_waits(void **state)
{
	(void)state;
	char line[200];
	stage("metering", line, "");
	capture_device_check(&device, 4, line,
			     "Not sent. Waits for a certificate");
	capture_device_check(&device, 4, line, "Your data is kept and goes");
	capture_device_check(&device, 0, "status",
			     "Next try: when that changes");
}

static void a_withdrawal_ends_what_waits(void **state)
{
	(void)state;
	char line[200];
	stage("metering", line, "");
	capture_device_check(&device, 4, line, NULL);
	capture_device_check(&device, 0, "withdraw metering",
			     "deleted unsent: 2");
	capture_device_check(&device, 3, line, NULL);
}

static void a_preview_was_not_waiting(void **state)
{
	(void)state;
	char line[200];
	stage("metering", line, "");
	capture_device_check(&device, 0, "withdraw metering",
			     "deleted unsent: 0");
	capture_device_check(&device, 3, line, NULL);
}

static void what_does_not_exist_is_1(void **state)
{
	(void)state;
	capture_device_check(&device, 1,
			     "send 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1", NULL);
	capture_device_check(&device, 2, "send nothing", "no service");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_grant_it_is_3),
		cmocka_unit_test(another_hash_is_refused),
		cmocka_unit_test(without_a_server_it_waits),
		cmocka_unit_test(a_withdrawal_ends_what_waits),
		cmocka_unit_test(a_preview_was_not_waiting),
		cmocka_unit_test(what_does_not_exist_is_1),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
