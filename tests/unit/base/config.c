/* Configuration files: the table is the whole truth, errors name the line. */
#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"

static const struct config_setting settings[] = {
	{ "device", "name", CONFIG_TEXT, "printer", 0, 0, "shown name" },
	{ "device", "state", CONFIG_PATH, "state.db", 0, 0, "store" },
	{ "server", "port", CONFIG_NUMBER, "443", 1, 65535, "port" },
	{ "server", "offset", CONFIG_NUMBER, NULL, -10, 10, "offset" },
	{ "server", "verify", CONFIG_TEXT, "yes", 0, 0, "verify" },
	{ "server", "quiet", CONFIG_TEXT, NULL, 0, 0, "quiet" },
	{ "collector:", "command", CONFIG_PATH, NULL, 0, 0, "program" },
	{ "collector:", "every", CONFIG_NUMBER, "60", 1, 3600, "seconds" },
	{ 0 },
};

struct fixture {
	char *dir;
	char *path;
	struct config *config;
	struct err err;
};

static int make_fixture(void **state)
{
	const char *base = getenv("TMPDIR");
	struct fixture *fixture = mem_zalloc(sizeof(*fixture));
	fixture->dir =
		files_join(base != NULL ? base : "/tmp", "config-XXXXXX");
	if (mkdtemp(fixture->dir) == NULL) {
		return -1;
	}
	fixture->path = files_join(fixture->dir, "test.conf");
	*state = fixture;
	return 0;
}

static int remove_fixture(void **state)
{
	struct fixture *fixture = *state;
	config_free(fixture->config);
	unlink(fixture->path);
	int failed = rmdir(fixture->dir);
	mem_free(fixture->path);
	mem_free(fixture->dir);
	mem_free(fixture);
	return failed;
}

static bool load(struct fixture *fixture, const char *text)
{
	struct err err = { 0 };
	config_free(fixture->config);
	fixture->config = NULL;
	err_reset(&fixture->err);
	assert_true(files_write(fixture->path, text, strlen(text), 0600, &err));
	return config_load(fixture->path, settings, &fixture->config,
			   &fixture->err);
}

static void an_empty_file_gives_the_presets(void **state)
{
	struct fixture *fixture = *state;
	assert_true(load(fixture, ""));
	const struct config *config = fixture->config;
	assert_string_equal(config_text(config, "device", "name"), "printer");
	assert_int_equal(config_number(config, "server", "port"), 443);
	assert_int_equal(config_number(config, "server", "offset"), 0);
	assert_null(config_name(config, "collector", 0));
	assert_string_equal(config_text(config, "collector:x", "command"), "");
	assert_int_equal(config_number(config, "collector:x", "every"), 60);
}

static void values_and_comments_are_read(void **state)
{
	struct fixture *fixture = *state;
	assert_true(load(fixture, "# first\n; second\n"
				  "[device]\nname = Caf\xc3\xa9 = 2\n"
				  "[server]\n  \nport=1\noffset = -10"));
	const struct config *config = fixture->config;
	assert_string_equal(config_text(config, "device", "name"),
			    "Caf\xc3\xa9 = 2");
	assert_int_equal(config_number(config, "server", "port"), 1);
	assert_int_equal(config_number(config, "server", "offset"), -10);
}

static void paths_are_taken_from_the_folder_of_the_file(void **state)
{
	struct fixture *fixture = *state;
	assert_true(load(fixture, "[collector:a]\ncommand = bin/a\n"
				  "[collector:b]\ncommand = /opt/b\n"
				  "[collector:c]\n"));
	const struct config *config = fixture->config;
	char *state_db = files_join(fixture->dir, "state.db");
	char *a = files_join(fixture->dir, "bin/a");
	assert_string_equal(config_text(config, "device", "state"), state_db);
	assert_string_equal(config_text(config, "collector:a", "command"), a);
	assert_string_equal(config_text(config, "collector:b", "command"),
			    "/opt/b");
	assert_string_equal(config_text(config, "collector:c", "command"), "");
	assert_string_equal(config_folder(config), fixture->dir);
	mem_free(state_db);
	mem_free(a);
}

static void names_come_in_the_order_of_the_file(void **state)
{
	struct fixture *fixture = *state;
	assert_true(load(fixture, "[collector:ipp]\nevery = 5\n"
				  "[collector:sim]\n"
				  "[server]\nport = 8443\n"
				  "[collector:ipp]\ncommand = /x\n"));
	const struct config *config = fixture->config;
	assert_string_equal(config_name(config, "collector", 0), "ipp");
	assert_string_equal(config_name(config, "collector", 1), "sim");
	assert_null(config_name(config, "collector", 2));
	assert_null(config_name(config, "collect", 0));
	assert_int_equal(config_number(config, "collector:ipp", "every"), 5);
	assert_int_equal(config_number(config, "collector:sim", "every"), 60);
}

struct wrong {
	const char *text;
	const char *told; /* part of the message, with the line */
};

static const struct wrong wrongs[] = {
	{ "[device]\nnaem = x\n", ":2: [device] has no key \"naem\"" },
	{ "[devise]\n", ":1: there is no section [devise]" },
	{ "name = x\n", ":1: " },
	{ "[device]\nname = a\n\nname = b\n", ":4: name is given twice" },
	{ "[device]\nname\n", ":2: neither" },
	{ "[device\nname = x\n", ":1: the section has no" },
	{ "[collector:]\n", ":1: there is no section [collector:]" },
	{ "[server]\nport = 0\n", ":2: port is not a number from 1 to 65535" },
	{ "[server]\nport = 65536\n", ":2: port is not" },
	{ "[server]\nport = 12x\n", ":2: port is not" },
	{ "[server]\nport =\n", ":2: port is not" },
	{ "[device]\nname = a\x01\n", ":2: name has characters" },
	{ "[device]\nname = \xff\n", ":2: not UTF-8" },
	{ "[device]\nname = a\n  continued\n", ":3: neither" },
	{ "[device]\nname = a\n  b = c\n", ":3: name is given twice" },
};

static void errors_name_the_line_and_the_remedy(void **state)
{
	struct fixture *fixture = *state;
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		assert_false(load(fixture, wrongs[i].text));
		assert_null(fixture->config);
		assert_int_equal(fixture->err.kind, ERR_INVALID);
		if (strstr(fixture->err.text, wrongs[i].told) == NULL) {
			fail_msg("\"%s\" does not say \"%s\"",
				 fixture->err.text, wrongs[i].told);
		}
		assert_non_null(strstr(fixture->err.text, fixture->path));
	}
}

static void what_the_parser_would_cut_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char text[600];
	snprintf(text, sizeof(text), "[device]\nname = %0183d\n", 0);
	assert_true(load(fixture, text));
	assert_int_equal(strlen(config_text(fixture->config, "device", "name")),
			 183);
	snprintf(text, sizeof(text), "[device]\nname = %0184d\n", 0);
	assert_false(load(fixture, text));
	assert_non_null(strstr(fixture->err.text, ":2: longer than"));
	snprintf(text, sizeof(text), "[collector:%050d]\nevery = 1\n", 0);
	assert_false(load(fixture, text));
	assert_int_equal(fixture->err.kind, ERR_INVALID);
	snprintf(text, sizeof(text), "[collector:%038d]\nevery = 7\n", 0);
	assert_true(load(fixture, text));
	char section[60];
	snprintf(section, sizeof(section), "collector:%038d", 0);
	assert_int_equal(config_number(fixture->config, section, "every"), 7);
}

static void a_missing_file_is_not_found(void **state)
{
	struct fixture *fixture = *state;
	assert_false(config_load(fixture->path, settings, &fixture->config,
				 &fixture->err));
	assert_int_equal(fixture->err.kind, ERR_NOT_FOUND);
	config_free(NULL);
}

static void asking_for_an_unknown_key_ends_the_process(void **state)
{
	struct fixture *fixture = *state;
	assert_true(load(fixture, ""));
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit none = { 0, 0 };
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		_exit(*config_text(fixture->config, "device", "colour"));
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(status != 0);
}

static void a_first_file_explains_every_key_once(void **state)
{
	static const struct config_first values[] = {
		{ "device", "name", "Caf\xc3\xa9", 0 },
		{ "device", "state", "", 0 },
		{ "server", "port", NULL, 8443 },
		{ "server", "offset", NULL, -1 },
		{ NULL, NULL, NULL, 0 },
	};
	struct buf out = BUF_INIT;
	(void)state;
	config_put_first(&out, settings, values);
	assert_string_equal(buf_str(&out), "\n[device]\n"
					   "# shown name\nname = Caf\xc3\xa9\n"
					   "# store\n#state = state.db\n"
					   "\n[server]\n"
					   "# port\nport = 8443\n"
					   "# offset\noffset = -1\n"
					   "# verify\n#verify = yes\n"
					   "# quiet\n#quiet =\n");
	buf_clear(&out);
}

static void a_first_file_can_be_read(void **state)
{
	static const struct config_first values[] = {
		{ "server", "port", NULL, 8443 },
		{ NULL, NULL, NULL, 0 },
	};
	struct fixture *fixture = *state;
	struct buf out = BUF_INIT;
	config_put_first(&out, settings, values);
	assert_true(load(fixture, buf_str(&out)));
	assert_int_equal(config_number(fixture->config, "server", "port"),
			 8443);
	assert_string_equal(config_text(fixture->config, "device", "name"),
			    "printer");
	buf_clear(&out);
}

#define WITH_FILE(test) \
	cmocka_unit_test_setup_teardown(test, make_fixture, remove_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILE(an_empty_file_gives_the_presets),
		WITH_FILE(values_and_comments_are_read),
		WITH_FILE(paths_are_taken_from_the_folder_of_the_file),
		WITH_FILE(names_come_in_the_order_of_the_file),
		WITH_FILE(errors_name_the_line_and_the_remedy),
		WITH_FILE(what_the_parser_would_cut_is_refused),
		WITH_FILE(a_missing_file_is_not_found),
		WITH_FILE(asking_for_an_unknown_key_ends_the_process),
		cmocka_unit_test(a_first_file_explains_every_key_once),
		WITH_FILE(a_first_file_can_be_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
