/*
 * The test of the connection, the steps on the device itself, and that
 * nothing leaves without permission.
 */
#include "tests/unit/client/doctor_scene.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"
#include "domain/time_known.h"
#include "tests/support/no_sockets.h"

static int make_device(void **state)
{
	*state = &device;
	device_make(&device);
	return 0;
}

static void assert_nothing_on_the_network(void)
{
	static const char *const names[] = {
		"link", "address", "dns",  "tcp",
		"tls",  "sign-in", "echo", "time"
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_step(names[i], CONNECTION_SKIPPED, "");
	}
}

static void without_permission_there_is_no_socket(void **state)
{
	(void)state;
	device_close(&device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err err = { .kind = ERR_NONE };
		if (!no_sockets()) {
			_exit(77);
		}
		device_open(&device);
		bool ok = doctor_run(&device.client, &test, &err) &&
			  doctor_scene_step("permission")->result ==
				  CONNECTION_FAILED;
		device_close(&device);
		_exit(ok ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	device_open(&device);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	doctor_scene_run();
	assert_step("permission", CONNECTION_FAILED, "nothing leaves");
	assert_nothing_on_the_network();
}

static void the_device_itself_is_looked_at_all_the_same(void **state)
{
	(void)state;
	doctor_scene_run();
	assert_step("daemon", CONNECTION_WARNING, "does not run");
	assert_step("sandbox", CONNECTION_SKIPPED, "daemon");
	assert_step("keys", CONNECTION_OK, "");
	/* The certificate of the tests is good for one day. */
	assert_step("certificate", CONNECTION_WARNING, "another 1 days");
	assert_true(strstr(doctor_scene_step("space")->text,
			   device.config.state) != NULL);
}

static void the_daemon_tells_what_its_sandbox_holds(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	device.client.stop_fd = ends[0];
	doctor_scene_run();
	assert_step("daemon", CONNECTION_OK, "runs");
	assert_step("sandbox", CONNECTION_WARNING, "not in this kernel");
	device.client.sandbox =
		(struct sandbox_result){ .landlock_abi = 3, .seccomp = true };
	doctor_scene_run();
	assert_step("sandbox", CONNECTION_OK, "(seccomp): held");
	device.client.stop_fd = -1;
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void a_certificate_that_is_over_is_told(void **state)
{
	(void)state;
	device_set_time(device.pki.now + 3 * PKI_DAY_S);
	doctor_scene_run();
	assert_step("certificate", CONNECTION_FAILED, "ran out on");
	assert_non_null(
		strstr(doctor_scene_step("certificate")->remedy, "code"));
}

/* A clock that cannot be right does not make a certificate expire. */
static void a_clock_of_2039_ends_no_certificate(void **state)
{
	(void)state;
	device_set_time(INT64_C(2177452800));
	doctor_scene_run();
	/* Until when depends on when this program was built. */
	const struct connection_step *step = doctor_scene_step("certificate");
	assert_int_not_equal(step->result, CONNECTION_FAILED);
	assert_non_null(strstr(step->text, "It is good"));
}

static void a_device_without_certificate_says_so(void **state)
{
	(void)state;
	char *path = device_config_key_path(&device.config,
					    IDENTITY_CERTIFICATE_FILE);
	assert_int_equal(unlink(path), 0);
	mem_free(path);
	doctor_scene_run();
	assert_step("keys", CONNECTION_OK, "");
	assert_step("certificate", CONNECTION_FAILED, "no certificate");
}

static void a_key_that_is_damaged_is_told(void **state)
{
	(void)state;
	assert_int_equal(truncate(device.config.server_anchor, 0), 0);
	doctor_scene_run();
	assert_step("keys", CONNECTION_FAILED, "root certificate");
	assert_step("certificate", CONNECTION_SKIPPED, "");
}

/* The clock is after the build, and what is known was led further ahead. */
static void a_doubt_about_the_time_is_told(void **state)
{
	(void)state;
	doctor_scene_run();
	assert_step("time", CONNECTION_SKIPPED, "");
	device_set_time(time_known_build() + 10 * PKI_DAY_S);
	assert_true(time_known_learn(device.db, TIME_SOURCE_RECEIPT,
				     device_time() + 30 * PKI_DAY_S, 0,
				     device_time(), NULL, NULL));
	doctor_scene_run();
	assert_step("time", CONNECTION_WARNING, "This device's clock says ");
	assert_non_null(
		strstr(doctor_scene_step("time")->remedy, "sluice time lower"));
}

static void a_folder_that_is_not_there_has_no_space(void **state)
{
	(void)state;
	const char *state_dir = device.config.state;
	device.config.state = "/nowhere/at/all";
	doctor_scene_run();
	device.config.state = state_dir;
	assert_step("space", CONNECTION_WARNING,
		    "/nowhere/at/all cannot be looked at: ");
}

static void the_last_test_is_kept(void **state)
{
	(void)state;
	assert_true(doctor_test(&device.client, "ada", NULL));
	memset(&test, 0, sizeof(test));
	assert_true(connection_test_read(device.db, &test, NULL));
	assert_int_equal(test.at, device_time());
	assert_step("permission", CONNECTION_FAILED, "nothing leaves");
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_device, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(without_permission_there_is_no_socket),
		TEST(the_device_itself_is_looked_at_all_the_same),
		TEST(the_daemon_tells_what_its_sandbox_holds),
		TEST(a_certificate_that_is_over_is_told),
		TEST(a_clock_of_2039_ends_no_certificate),
		TEST(a_device_without_certificate_says_so),
		TEST(a_key_that_is_damaged_is_told),
		TEST(a_doubt_about_the_time_is_told),
		TEST(a_folder_that_is_not_there_has_no_space),
		TEST(the_last_test_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
