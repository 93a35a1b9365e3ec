/*
 * One collector in its place: what it finds there, and what it does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/collector.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "tests/support/device.h"

static struct device device;
static struct buf out = BUF_INIT, said = BUF_INIT;
static struct err err;

/* Runs a script of these lines in its own place. */
static bool run(const char *script)
{
	char *program = files_join(device.dir, "script");
	const struct device_collector collector = { "probe", program, "a b",
						    "" };
	struct collector_place place;
	struct buf text = BUF_INIT;
	buf_printf(&text, "#!/bin/sh\n%s\n", script);
	assert_true(files_write(program, text.data, text.len, 0700, NULL));
	buf_clear(&text);
	buf_clear(&out);
	buf_clear(&said);
	err_reset(&err);
	collector_place_own(&device.config, &collector, &place);
	bool ok = collector_run(&device.config, &collector, &place, -1, &out,
				&said, &err);
	collector_place_clear(&place);
	mem_free(program);
	return ok;
}

static void it_has_arguments_and_an_empty_environment(void **state)
{
	(void)state;
	assert_true(run("echo $# $1 $2; env | grep -v ^PWD= | sort"));
	assert_string_equal(buf_str(&out),
			    "2 a b\nLC_ALL=C.UTF-8\nPATH=/usr/bin:/bin\n");
}

static void it_keeps_what_it_writes_into_its_folder(void **state)
{
	(void)state;
	assert_true(run("echo 1 >kept; echo done"));
	assert_true(run("cat kept; rm kept"));
	assert_string_equal(buf_str(&out), "1\n");
}

static void it_reaches_neither_keys_nor_database(void **state)
{
	(void)state;
	char script[1024];
	if (syscall(444, NULL, (size_t)0, 1u) <= 0) {
		skip(); /* this kernel has no Landlock */
	}
	snprintf(script, sizeof(script),
		 "for path in %s/ledger.key %s/sluice.db; do\n"
		 "cat $path >/dev/null 2>&1 && echo read $path\ndone\n"
		 "echo x 2>/dev/null >%s/new && echo written\n"
		 "echo end",
		 device.config.keys, device.config.state, device.dir);
	assert_true(run(script));
	assert_string_equal(buf_str(&out), "end\n");
}

static void printing_nothing_and_failing_are_errors(void **state)
{
	(void)state;
	assert_false(run(":"));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, "nothing"));
	assert_false(run("echo lost; echo why >&2; exit 3"));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_string_equal(buf_str(&said), "why\n");
	assert_int_equal(out.len, 0);
}

static void what_its_place_says_comes_first(void **state)
{
	(void)state;
	const struct device_collector collector = { "probe", "/bin/echo", "hi",
						    "" };
	struct collector_place place = { .folder = -1 };
	err_reset(&err);
	buf_clear(&out);
	/* Without a folder it works where nothing can be written. */
	assert_true(collector_run(&device.config, &collector, &place, -1, &out,
				  &said, &err));
	assert_string_equal(buf_str(&out), "hi\n");
	err_set(&place.why, ERR_DENIED, "not this one");
	assert_false(collector_run(&device.config, &collector, &place, -1, &out,
				   &said, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_string_equal(err.text, "not this one");
}

static void a_missing_folder_is_told_when_it_fails(void **state)
{
	(void)state;
	const struct device_collector collector = { "probe", "/bin/false", "",
						    "" };
	struct collector_place place = { .folder = -1 };
	err_set(&place.no_folder, ERR_IO, "it is lost");
	err_reset(&err);
	assert_false(collector_run(&device.config, &collector, &place, -1, &out,
				   &said, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, "it is lost"));
}

static int tear_down(void **state)
{
	buf_clear(&out);
	buf_clear(&said);
	return device_tear_down(state);
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(it_has_arguments_and_an_empty_environment),
		TEST(it_keeps_what_it_writes_into_its_folder),
		TEST(it_reaches_neither_keys_nor_database),
		TEST(printing_nothing_and_failing_are_errors),
		TEST(what_its_place_says_comes_first),
		TEST(a_missing_folder_is_told_when_it_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
