/* The first sentence tells the truth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "cli/device.h"
#include "domain/time_known.h"
#include "domain/witnessed.h"

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

/* A signed answer of days ahead: ends of permissions are off as much. */
static void a_clock_that_is_wrong_is_told(void **state)
{
	(void)state;
	struct cli_device open = CLI_DEVICE_INIT;
	int64_t now = clock_utc_now();
	struct capture c;
	capture_device_run(&device, &c, 0, "status");
	assert_null(strstr(c.out, "clock"));
	assert_non_null(strstr(c.out, "Daemon: does not run; without it "));
	capture_clear(&c);
	assert_true(cli_device_open(device.conf, &open, NULL));
	assert_true(time_known_learn(open.db, TIME_SOURCE_CHECKIN,
				     now + 10 * 86400, now, now, NULL, NULL));
	cli_device_close(&open);
	capture_device_check(&device, 0, "status",
			     "This device's clock is 10 days behind; set it.");
}

static void answer_of_witness(const char *problem)
{
	struct cli_device open = CLI_DEVICE_INIT;
	assert_true(cli_device_open(device.conf, &open, NULL));
	assert_true(witnessed_told(open.db, 4711, problem, clock_utc_now(),
				   clock_utc_now(), NULL));
	cli_device_close(&open);
}

/* Nothing can be acknowledged before the server has looked at this log. */
static void a_conflict_names_the_way_out_when_the_server_said_it(void **state)
{
	(void)state;
	struct capture c;
	answer_of_witness(NULL);
	capture_device_run(&device, &c, 0, "status");
	assert_non_null(strstr(c.out, "a log of this device with 4711"));
	assert_null(strstr(c.out, "sluice log continue"));
	capture_clear(&c);
	answer_of_witness("conflict");
	capture_device_check(&device, 0, "status", "\"sluice log continue\"");
}

static void a_daemon_that_waits_for_a_command_says_so(void **state)
{
	(void)state;
	struct capture c;
	char *wake = files_join(device.dir, "state/wake");
	char *mark = files_join(device.dir, "state/daemon.waits");
	capture_device_check(&device, 0, "status", "Daemon: does not run");
	int fd = open(wake, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	capture_device_check(&device, 0, "status", "Daemon: runs");
	assert_true(files_write(mark, "", 0, 0640, NULL));
	capture_device_check(&device, 0, "status",
			     "Daemon: waits until a command like");
	capture_device_run(&device, &c, 0, "status --json");
	json_t *o = json_loads(c.out, 0, NULL);
	assert_true(json_is_true(json_object_get(o, "daemon_waits")));
	json_decref(o);
	capture_clear(&c);
	(void)close(fd);
	mem_free(mark);
	mem_free(wake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sentence_follows_the_decisions),
		cmocka_unit_test(what_waits_is_listed),
		cmocka_unit_test(a_clock_that_is_wrong_is_told),
		cmocka_unit_test(
			a_conflict_names_the_way_out_when_the_server_said_it),
		cmocka_unit_test(a_daemon_that_waits_for_a_command_says_so),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
