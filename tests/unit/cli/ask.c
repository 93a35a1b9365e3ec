/* Watching until something is settled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "capture.h"
#include "cli/ask.h"

static struct capture_device made;
static struct cli_device device;

static int set_up(void **state)
{
	(void)state;
	capture_device_make(&made);
	return cli_device_open(made.conf, &device, NULL) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	cli_device_close(&device);
	capture_device_remove(&made);
	return 0;
}

/* Settled at the n-th look. */
static bool look(void *ctx, struct db *db, bool *settled, struct err *err)
{
	int *left = ctx;
	(void)db;
	(void)err;
	*settled = --*left <= 0;
	return true;
}

static bool look_fails(void *ctx, struct db *db, bool *settled, struct err *err)
{
	(void)ctx;
	(void)db;
	(void)settled;
	return err_set(err, ERR_IO, "the database is gone");
}

static bool never(void *ctx, struct db *db, bool *settled, struct err *err)
{
	(void)ctx;
	(void)db;
	(void)err;
	*settled = false;
	return true;
}

static bool ask(bool (*how)(void *, struct db *, bool *, struct err *),
		int *left, int64_t limit_ms, struct err *err)
{
	const struct cli cli = { .program = "sluice" };
	const struct ask a = { .cli = &cli,
			       .device = &device,
			       .look = how,
			       .ctx = left,
			       .limit_ms = limit_ms };
	return ask_and_watch(&a, err);
}

static void what_is_settled_already_starts_nothing(void **state)
{
	(void)state;
	int left = 1;
	struct err err = { 0 };
	assert_true(ask(look, &left, 10000, &err));
}

static void a_round_is_run_until_it_is_settled(void **state)
{
	(void)state;
	int left = 4;
	struct err err = { 0 };
	assert_true(ask(look, &left, 60000, &err));
	assert_int_equal(left, 0);
}

/* Without the key of the log no round can begin. */
static void a_round_that_fails_ends_the_watch(void **state)
{
	(void)state;
	struct err err = { 0 };
	char *key = device_config_key_path(&device.config, "ledger.key");
	char *aside = device_config_key_path(&device.config, "aside.key");
	assert_int_equal(rename(key, aside), 0);
	assert_false(ask(never, NULL, 60000, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.text, "could not do its work"));
	assert_int_equal(rename(aside, key), 0);
	mem_free(aside);
	mem_free(key);
}

static void a_look_that_fails_ends_the_watch(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_false(ask(look_fails, NULL, 60000, &err));
	assert_string_equal(err.text, "the database is gone");
}

static void the_watch_is_bounded(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_false(ask(never, NULL, 1, &err));
	assert_int_equal(err.kind, ERR_RETRY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_settled_already_starts_nothing),
		cmocka_unit_test(a_round_is_run_until_it_is_settled),
		cmocka_unit_test(a_round_that_fails_ends_the_watch),
		cmocka_unit_test(a_look_that_fails_ends_the_watch),
		cmocka_unit_test(the_watch_is_bounded),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
