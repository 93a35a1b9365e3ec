/*
 * What the daemon can still reach after it has given up the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/daemon_sandbox.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/collect.h"
#include "client/enrol.h"
#include "client/identity.h"
#include "net/deadline.h"
#include "net/tcp.h"
#include "tests/support/device.h"
#include "tests/support/folder.h"

static struct device device;

static bool can_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd >= 0) {
		(void)close(fd);
	}
	return fd >= 0;
}

/* In the sandbox: 0 = as it should be, else the number of the question. */
static int look_around(const char *outside)
{
	struct collected collected = { .at = 0 };
	struct collect_report report;
	char *state = device_config_state_path(&device.config, "new");
	char *key = device_config_key_path(&device.config, IDENTITY_KEY_FILE);
	char *next = device_config_key_path(&device.config, ENROL_NEXT_FILE);
	int wrong = 0;
	if (!can_open(state, O_WRONLY | O_CREAT)) {
		wrong = 1;
	} else if (!can_open(key, O_RDONLY)) {
		wrong = 2;
	} else if (!can_open(next, O_WRONLY | O_CREAT)) {
		wrong = 3;
	} else if (!can_open(device.config.server_anchor, O_RDONLY)) {
		wrong = 4;
	} else if (can_open(outside, O_RDONLY)) {
		wrong = 5;
	} else if (!collect_all(NULL, &device.config, -1, &collected, &report,
				NULL)) {
		wrong = 6;
	} else if (!can_open(device.config.vendor_verifier, O_RDONLY)) {
		wrong = 7;
	} else if (!can_open(device.config.instruction_verifier, O_RDONLY)) {
		wrong = 8;
	}
	collected_clear(&collected);
	mem_free(next);
	mem_free(key);
	mem_free(state);
	return wrong;
}

/* Does what the log says hold on this kernel? */
static bool has_landlock(int log_fd)
{
	char text[512];
	ssize_t n = read(log_fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	return strstr(text, "no Landlock") == NULL;
}

static void only_what_the_configuration_names_is_reached(void **state)
{
	(void)state;
	int ends[2], status = 0;
	char *outside = pki_path(&device.pki, "receipt.verifier");
	char apart[64], further[64];
	folder_make(apart, sizeof(apart));
	folder_make(further, sizeof(further));
	char *vendor = files_join(apart, "vendor.verifier");
	char *asks = files_join(further, "instruction.verifier");
	assert_true(files_write(vendor, "x", 1, 0644, NULL));
	assert_true(files_write(asks, "x", 1, 0644, NULL));
	device.config.vendor_verifier = vendor;
	device.config.instruction_verifier = asks;
	assert_int_equal(pipe(ends), 0);
	device_close(&device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct log log = { ends[1], LOG_INFO_LEVEL, "test" };
		struct client client = { .config = &device.config,
					 .log = &log };
		_exit(daemon_sandbox(&client, NULL) ? look_around(outside)
						    : 99);
	}
	device_open(&device);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (has_landlock(ends[0])) {
		assert_int_equal(WEXITSTATUS(status), 0);
	} else {
		assert_int_not_equal(WEXITSTATUS(status), 99);
	}
	mem_free(outside);
	mem_free(vendor);
	mem_free(asks);
	folder_remove(apart);
	folder_remove(further);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* A device is told its server by name: a child of the daemon looks it up. */
static int look_up(void)
{
	struct deadline deadline = deadline_in(20000, -1);
	struct tcp_addresses found = { .count = 0 };
	return tcp_resolve("localhost", 443, &deadline, &found, NULL) &&
			       found.count > 0
		       ? 0
		       : 3;
}

/* In the sandbox beside a launcher: 0 = as it should be. */
static int look_around_alone(const struct client *client)
{
	struct collected collected = { .at = 0 };
	struct collect_report report;
	int wrong = 0;
	if (collect_all(NULL, client->config, -1, &collected, &report, NULL)) {
		wrong = 1;
	} else if (!collect_all(client->launcher, client->config, -1,
				&collected, &report, NULL)) {
		wrong = 2;
	}
	collected_clear(&collected);
	return wrong != 0 ? wrong : look_up();
}

static void with_a_launcher_it_runs_nothing_itself(void **state)
{
	(void)state;
	int status = 0;
	struct log log = { -1, LOG_INFO_LEVEL, "test" };
	struct client client = { .config = &device.config, .log = &log };
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(chmod(device.dir, 0755), 0);
	if (!launcher_start(&device.config, &log, &client.launcher, &err)) {
		fail_msg("%s", err.text);
	}
	if (client.launcher == NULL) {
		skip(); /* only root has one */
	}
	device_close(&device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		_exit(daemon_sandbox(&client, NULL) ? look_around_alone(&client)
						    : 99);
	}
	device_open(&device);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	launcher_end(client.launcher);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate_setup_teardown(
			only_what_the_configuration_names_is_reached,
			device_set_up, device_tear_down, &device),
		cmocka_unit_test_prestate_setup_teardown(
			with_a_launcher_it_runs_nothing_itself, device_set_up,
			device_tear_down, &device),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
