/*
 * Workers are started, started again when they die, and end in order. Each
 * tells its process id through a pipe, so nothing here waits for a time.
 */
#include "server/supervisor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "server/fastcgi.h"
#include "tests/support/folder.h"

struct shop {
	char dir[64];
	int tell[2]; /* workers write their pid */
	pid_t supervisor;
};

static bool tell_pid(void *ctx, struct err *err)
{
	struct shop *shop = ctx;
	pid_t pid = getpid();
	(void)err;
	return write(shop->tell[1], &pid, sizeof(pid)) == sizeof(pid);
}

/* Whom it is at that moment. */
static bool tell_user(void *ctx, struct err *err)
{
	struct shop *shop = ctx;
	uid_t uid = geteuid();
	(void)err;
	return write(shop->tell[1], &uid, sizeof(uid)) == sizeof(uid);
}

static void serve_nothing(void *ctx, const struct exchange *exchange)
{
	(void)ctx;
	(void)exchange;
}

static void run(struct shop *shop, int count)
{
	const struct worker_user as_we_are = { 0, 0 };
	const struct log silent = { .fd = -1 };
	struct err err = { 0 };
	struct worker_kind kind = {
		.name = "test",
		.count = count,
		.wait_s = 1,
		.folder = shop->dir,
		.open = tell_pid,
		.serve = serve_nothing,
		.ctx = shop,
	};
	char *path = files_join(shop->dir, "sock");
	bool ok = fastcgi_listen(path, 0600, &kind.listen_fd, &err) &&
		  supervisor_run(&kind, 1, &as_we_are, &silent, &err);
	_exit(ok ? 0 : 1);
}

static void open_shop(struct shop *shop, int count)
{
	memset(shop, 0, sizeof(*shop));
	folder_make(shop->dir, sizeof(shop->dir));
	assert_int_equal(0, pipe(shop->tell));
	shop->supervisor = fork();
	assert_true(shop->supervisor >= 0);
	if (shop->supervisor == 0) {
		run(shop, count);
	}
	close(shop->tell[1]);
}

static pid_t next_worker(struct shop *shop)
{
	pid_t pid = 0;
	assert_int_equal(sizeof(pid), read(shop->tell[0], &pid, sizeof(pid)));
	return pid;
}

/* Ends it; true when it ended in order and no worker is left. */
static bool close_shop(struct shop *shop)
{
	int status = -1;
	char none;
	assert_int_equal(0, kill(shop->supervisor, SIGTERM));
	assert_int_equal(shop->supervisor,
			 waitpid(shop->supervisor, &status, 0));
	/* The pipe ends when the last worker is gone. */
	while (read(shop->tell[0], &none, 1) > 0) {
		continue;
	}
	close(shop->tell[0]);
	folder_remove(shop->dir);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void run_as_nobody(struct shop *shop)
{
	const struct worker_user nobody = { 65534, 65534 };
	const struct log silent = { .fd = -1 };
	struct err err = { 0 };
	struct worker_kind kind = {
		.name = "test",
		.count = 1,
		.wait_s = 1,
		.folder = "/tmp",
		.load = tell_user,
		.open = tell_user,
		.serve = serve_nothing,
		.ctx = shop,
	};
	char *path = files_join(shop->dir, "sock");
	bool ok = fastcgi_listen(path, 0600, &kind.listen_fd, &err) &&
		  supervisor_run(&kind, 1, &nobody, &silent, &err);
	_exit(ok ? 0 : 1);
}

/* So a worker can read one key, and not those beside it. */
static void what_only_the_first_user_can_read_is_loaded_first(void **state)
{
	struct shop shop = { .dir = "" };
	uid_t loading = 0, opening = 0;
	(void)state;
	folder_make(shop.dir, sizeof(shop.dir));
	assert_int_equal(0, pipe(shop.tell));
	shop.supervisor = fork();
	assert_true(shop.supervisor >= 0);
	if (shop.supervisor == 0) {
		run_as_nobody(&shop);
	}
	close(shop.tell[1]);
	assert_int_equal(sizeof(uid_t),
			 read(shop.tell[0], &loading, sizeof(uid_t)));
	assert_int_equal(sizeof(uid_t),
			 read(shop.tell[0], &opening, sizeof(uid_t)));
	assert_int_equal(geteuid(), loading);
	assert_int_equal(geteuid() == 0 ? 65534 : geteuid(), opening);
	assert_true(close_shop(&shop));
}

static void all_workers_are_started_and_ended(void **state)
{
	struct shop shop;
	(void)state;
	open_shop(&shop, 3);
	pid_t one = next_worker(&shop);
	pid_t two = next_worker(&shop);
	pid_t three = next_worker(&shop);
	assert_true(one != two && two != three && one != three);
	assert_true(close_shop(&shop));
	assert_int_equal(-1, kill(one, 0));
}

static void a_worker_that_dies_is_replaced(void **state)
{
	struct shop shop;
	(void)state;
	open_shop(&shop, 1);
	pid_t first = next_worker(&shop);
	assert_int_equal(0, kill(first, SIGKILL));
	pid_t second = next_worker(&shop);
	assert_true(first != second);
	assert_true(close_shop(&shop));
}

static void workers_end_with_a_killed_supervisor(void **state)
{
	struct shop shop;
	char none;
	(void)state;
	open_shop(&shop, 2);
	(void)next_worker(&shop);
	(void)next_worker(&shop);
	assert_int_equal(0, kill(shop.supervisor, SIGKILL));
	assert_int_equal(shop.supervisor, waitpid(shop.supervisor, NULL, 0));
	assert_int_equal(0, read(shop.tell[0], &none, 1));
	close(shop.tell[0]);
	folder_remove(shop.dir);
}

static bool open_nothing(void *ctx, struct err *err)
{
	(void)ctx;
	(void)err;
	return true;
}

static void tell_tick(void *ctx)
{
	struct err err = { 0 };
	(void)tell_pid(ctx, &err);
}

static void run_ticking(struct shop *shop)
{
	const struct worker_user as_we_are = { 0, 0 };
	const struct log silent = { .fd = -1 };
	struct err err = { 0 };
	struct worker_kind kind = {
		.name = "keeper",
		.listen_fd = -1,
		.count = 1,
		.folder = shop->dir,
		.open = open_nothing,
		.tick = tell_tick,
		.period_s = 3600,
		.ctx = shop,
	};
	_exit(supervisor_run(&kind, 1, &as_we_are, &silent, &err) ? 0 : 1);
}

static void a_keeper_is_called_at_once_and_ends_in_order(void **state)
{
	struct shop shop;
	(void)state;
	memset(&shop, 0, sizeof(shop));
	folder_make(shop.dir, sizeof(shop.dir));
	assert_int_equal(0, pipe(shop.tell));
	shop.supervisor = fork();
	assert_true(shop.supervisor >= 0);
	if (shop.supervisor == 0) {
		run_ticking(&shop);
	}
	close(shop.tell[1]);
	pid_t first = next_worker(&shop);
	assert_int_equal(0, kill(first, SIGKILL));
	assert_true(first != next_worker(&shop));
	assert_true(close_shop(&shop));
}

static void too_many_workers_are_refused(void **state)
{
	const struct worker_user as_we_are = { 0, 0 };
	const struct log silent = { .fd = -1 };
	struct worker_kind kind = { .name = "test",
				    .count = SUPERVISOR_WORKERS_MAX + 1 };
	struct err err = { 0 };
	(void)state;
	assert_false(supervisor_run(&kind, 1, &as_we_are, &silent, &err));
	assert_int_equal(ERR_LIMIT, err.kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_workers_are_started_and_ended),
		cmocka_unit_test(
			what_only_the_first_user_can_read_is_loaded_first),
		cmocka_unit_test(a_worker_that_dies_is_replaced),
		cmocka_unit_test(workers_end_with_a_killed_supervisor),
		cmocka_unit_test(a_keeper_is_called_at_once_and_ends_in_order),
		cmocka_unit_test(too_many_workers_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
