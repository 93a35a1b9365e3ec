/* How a command opens the device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "cli/device.h"
#include "documents/service.h"

static void no_configuration_says_what_to_do(void **state)
{
	(void)state;
	struct cli_device device = CLI_DEVICE_INIT;
	struct err err = { 0 };
	assert_false(cli_device_open("/nonexistent/x.conf", &device, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "sluice init --conf"));
	cli_device_close(&device);
}

static void no_database_is_an_error(void **state)
{
	(void)state;
	struct capture_device made;
	struct cli_device device = CLI_DEVICE_INIT;
	struct err err = { 0 };
	capture_device_make(&made);
	char *db = files_join(made.dir, "state/sluice.db");
	assert_int_equal(unlink(db), 0);
	assert_false(cli_device_open(made.conf, &device, &err));
	assert_null(device.db);
	mem_free(db);
	capture_device_remove(&made);
}

static void a_daemon_is_seen_by_its_fifo(void **state)
{
	(void)state;
	struct capture_device made;
	struct cli_device device = CLI_DEVICE_INIT;
	capture_device_make(&made);
	assert_true(cli_device_open(made.conf, &device, NULL));
	assert_false(cli_device_daemon_runs(&device));
	char *wake = files_join(made.dir, "state/wake");
	int fd = open(wake, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_true(cli_device_daemon_runs(&device));
	assert_false(cli_device_daemon_waits(&device));
	char *mark = files_join(made.dir, "state/daemon.waits");
	assert_true(files_write(mark, "", 0, 0640, NULL));
	assert_true(cli_device_daemon_waits(&device));
	close(fd);
	/* It was killed, and its mark means nothing. */
	assert_false(cli_device_daemon_waits(&device));
	mem_free(mark);
	assert_false(cli_device_daemon_runs(&device));
	mem_free(wake);
	cli_device_close(&device);
	capture_device_remove(&made);
}

static void services_are_known_by_name(void **state)
{
	(void)state;
	const char *const names[] = { "metering", "supplies", "metering" };
	unsigned bits = 0;
	assert_true(cli_device_services(names, 3, &bits, NULL));
	assert_int_equal(bits, SERVICE_BIT(SERVICE_METERING) |
				       SERVICE_BIT(SERVICE_SUPPLIES));
	char *text = cli_device_service_names(bits, ", ");
	assert_string_equal(text, "metering, supplies");
	mem_free(text);
	text = cli_device_service_names(0, ", ");
	assert_string_equal(text, "");
	mem_free(text);
}

static void an_unknown_service_is_refused_with_the_known(void **state)
{
	(void)state;
	const char *const names[] = { "metering", "all" };
	unsigned bits = 7;
	struct err err = { 0 };
	assert_false(cli_device_services(names, 2, &bits, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, "metering, supplies"));
	assert_int_equal(bits, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_configuration_says_what_to_do),
		cmocka_unit_test(no_database_is_an_error),
		cmocka_unit_test(a_daemon_is_seen_by_its_fifo),
		cmocka_unit_test(services_are_known_by_name),
		cmocka_unit_test(an_unknown_service_is_refused_with_the_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
