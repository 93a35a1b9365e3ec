/*
 * What a collector may see of the file system by its configuration.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/paths.h"

#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "tests/support/device.h"

static struct device device;
static struct paths paths;

static void add(const char *program, const char *arguments)
{
	const struct device_collector collector = { "test", program, arguments,
						    "" };
	paths_clear(&paths);
	paths_add_collector(&paths, &device.config, &collector);
}

static const struct sandbox_path *found(const char *path)
{
	for (size_t i = 0; i < paths.count; i++) {
		if (strcmp(paths.list[i].path, path) == 0) {
			return &paths.list[i];
		}
	}
	return NULL;
}

static void its_program_and_arguments_are_read(void **state)
{
	(void)state;
	add("/usr/bin/python3", "--port /etc/hosts relative http://x/y");
	assert_int_equal(paths.count, 2);
	assert_false(found("/usr/bin")->write);
	assert_false(found("/etc/hosts")->write);
	assert_null(paths.list[2].path);
	paths_clear(&paths);
	assert_null(paths.list[0].path);
}

static void a_device_is_written_too(void **state)
{
	(void)state;
	add("/bin/cat", "/dev/zero");
	assert_true(found("/dev/zero")->write);
	paths_clear(&paths);
}

/* Not allowed: the list has the program's folder alone. */
static void assert_left_out(const char *argument)
{
	add("/bin/cat", argument);
	if (paths.count != 1) {
		fail_msg("%s is allowed", argument);
	}
	paths_clear(&paths);
}

static void keys_and_database_are_never_allowed(void **state)
{
	(void)state;
	char *key = files_join(device.config.keys, "identity.key");
	char *database = files_join(device.config.state, "sluice.db");
	char *around = files_join(device.config.state, "../keys");
	char *up = files_join(device.config.state, "nowhere/../../keys");
	const char *const secret[] = { "/",
				       device.dir,
				       device.config.keys,
				       device.config.state,
				       key,
				       database,
				       around,
				       up };
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++) {
		assert_left_out(secret[i]);
	}
	mem_free(up);
	mem_free(around);
	mem_free(database);
	mem_free(key);
}

static void a_program_beside_the_keys_is_allowed_alone(void **state)
{
	(void)state;
	char *program = files_join(device.dir, "collect");
	char *other = files_join(device.dir, "keys-of-the-machine");
	add(program, other);
	assert_int_equal(paths.count, 2);
	assert_non_null(found(program));
	assert_non_null(found(other));
	paths_clear(&paths);
	mem_free(other);
	mem_free(program);
}

static void what_does_not_fit_is_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < PATHS_MAX + 10; i++) {
		paths_add(&paths, "/usr", false);
	}
	paths_add_folder_of(&paths, "/etc/hosts");
	assert_int_equal(paths.count, PATHS_MAX);
	assert_null(paths.list[PATHS_MAX].path);
	paths_clear(&paths);
	paths_add_folder_of(&paths, "/etc/hosts");
	paths_add_folder_of(&paths, "");
	paths_add(&paths, "", true);
	assert_int_equal(paths.count, 1);
	assert_non_null(found("/etc"));
	paths_clear(&paths);
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 device_tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(its_program_and_arguments_are_read),
		TEST(a_device_is_written_too),
		TEST(keys_and_database_are_never_allowed),
		TEST(a_program_beside_the_keys_is_allowed_alone),
		TEST(what_does_not_fit_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
