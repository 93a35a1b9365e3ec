/* A device is made once, and nothing is ever overwritten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "cli/commands.h"

static void check_mode(const struct capture_device *d, const char *name,
		       mode_t mode)
{
	struct stat st;
	char *path = files_join(d->dir, name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
	mem_free(path);
}

static void everything_is_there_and_keys_are_private(void **state)
{
	(void)state;
	struct capture_device d;
	capture_device_make(&d);
	check_mode(&d, "keys", 0711);
	check_mode(&d, "keys/identity.key", 0600);
	check_mode(&d, "keys/ledger.key", 0600);
	check_mode(&d, "web/pages.pem", 0600);
	check_mode(&d, "state/sluice.db", 0660);
	check_mode(&d, "state/wake", 0660);
	char *link = files_join(d.dir, "cgi-bin/sluice-page");
	char *program = capture_program("sluice");
	char target[4096] = "";
	assert_true(readlink(link, target, sizeof(target) - 1) > 0);
	assert_string_equal(target, program);
	char *draft = files_join(d.dir, "sluice.conf.draft");
	assert_false(files_exists(draft));
	mem_free(draft);
	mem_free(link);
	free(program);
	capture_device_remove(&d);
}

static void a_device_is_not_overwritten(void **state)
{
	(void)state;
	struct capture_device d;
	struct buf before = BUF_INIT, after = BUF_INIT;
	capture_device_make(&d);
	assert_true(files_read(d.conf, 1 << 16, &before, NULL));
	capture_device_check(&d, 1, "init --serial OTHER",
			     "There is a device already");
	assert_true(files_read(d.conf, 1 << 16, &after, NULL));
	assert_string_equal(buf_str(&before), buf_str(&after));
	buf_clear(&before);
	buf_clear(&after);
	capture_device_remove(&d);
}

static void an_unfinished_one_is_said(void **state)
{
	(void)state;
	struct capture_device d;
	capture_device_make(&d);
	char *draft = files_join(d.dir, "sluice.conf.draft");
	assert_int_equal(rename(d.conf, draft), 0);
	capture_device_check(&d, 1, "init --serial A", "did not finish");
	mem_free(draft);
	capture_device_remove(&d);
}

static void wrong_options_make_nothing(void **state)
{
	(void)state;
	struct capture_device d = { .dir = capture_make_dir() };
	d.conf = files_join(d.dir, "sluice.conf");
	capture_device_check(&d, 2, "init", "--serial is missing");
	capture_device_check(&d, 2, "init --serial A --port 0", "--port");
	assert_false(files_exists(d.conf));
	capture_device_check(&d, 0, "init --serial A", "Set-up code: ");
	capture_device_remove(&d);
}

static void a_new_code_comes_as_long_as_nobody_used_one(void **state)
{
	(void)state;
	struct capture_device d;
	capture_device_make(&d);
	capture_device_check(&d, 0, "init --new-code", "Set-up code: ");
	capture_device_remove(&d);
}

static void a_folder_that_is_no_provision_is_refused(void **state)
{
	(void)state;
	struct capture_device d;
	capture_device_make(&d);
	capture_device_check(&d, 1, "init --provision /nonexistent", NULL);
	capture_device_check(
		&d, 0, "status",
		"Server: none is known yet; \"sluice init --provision");
	capture_device_remove(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_there_and_keys_are_private),
		cmocka_unit_test(a_device_is_not_overwritten),
		cmocka_unit_test(an_unfinished_one_is_said),
		cmocka_unit_test(wrong_options_make_nothing),
		cmocka_unit_test(a_new_code_comes_as_long_as_nobody_used_one),
		cmocka_unit_test(a_folder_that_is_no_provision_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
