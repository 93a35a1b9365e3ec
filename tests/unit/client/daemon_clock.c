/*
 * The daemon when somebody sets the clock under it (src/client/daemon.c): what
 * was reckoned by the clock as it stood counts no more. The clock of these
 * tests is one that both processes see, and stands still in between.
 */
#include "client/daemon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/outbox.h"
#include "domain/queue.h"
#include "domain/requests.h"
#include "domain/time_known.h"
#include "tests/support/device.h"

#define HANGS_MS 60000
#define HOUR_S 3600

static struct device device;
static int64_t *shared;  /* the clock */
static pid_t daemon_pid; /* 0 = none runs */
static FILE *told;       /* the daemon's running log */

static int64_t clock_now(void)
{
	return *shared;
}

static void run_daemon(int log_fd)
{
	struct err err = { .kind = ERR_NONE };
	device.log = (struct log){ .fd = log_fd,
				   .least = LOG_INFO_LEVEL,
				   .program = "daemon" };
	device_open(&device);
	device.client.now = clock_now;
	bool ok = daemon_run(&device.client, &err);
	device_close(&device);
	_exit(ok ? 0 : 1);
}

static void start_daemon(void)
{
	int ends[2];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	device_close(&device);
	daemon_pid = fork();
	assert_true(daemon_pid >= 0);
	if (daemon_pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		run_daemon(ends[1]);
	}
	(void)close(ends[1]);
	device_open(&device);
	told = fdopen(ends[0], "r");
	assert_non_null(told);
	(void)setvbuf(told, NULL, _IONBF, 0);
}

/* Waits for a line with these words; gives what stands behind them. */
static long expect_log(const char *words)
{
	static char line[1024];
	struct pollfd fd = { .fd = fileno(told), .events = POLLIN };
	const char *at;
	do {
		assert_int_equal(poll(&fd, 1, HANGS_MS), 1);
		assert_non_null(fgets(line, sizeof(line), told));
		at = strstr(line, words);
	} while (at == NULL);
	return strtol(at + strlen(words), NULL, 10);
}

/* Asks for a preview, which comes after the look at the clock. */
static void ask_and_wait(void)
{
	static unsigned count;
	int64_t id;
	char key[24];
	(void)snprintf(key, sizeof(key), "request %u", ++count);
	assert_true(requests_add(device.db, REQUEST_PREVIEW,
				 SERVICE_BIT(SERVICE_METERING), "operator", key,
				 clock_now(), &id, NULL));
	requests_wake(device.config.state);
	(void)expect_log("staged");
}

static void end_daemon(void)
{
	int status = 0;
	pid_t pid = daemon_pid;
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	daemon_pid = 0;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	(void)fclose(told);
}

/* An answer that is fresh, and a wish for a pause. */
static void hear_the_server(void)
{
	int64_t now = clock_now();
	assert_true(time_known_learn(device.db, TIME_SOURCE_CHECKIN, now, now,
				     now, NULL, NULL));
	assert_true(queue_hold_until(device.db, now + 3 * HOUR_S, NULL));
}

static int64_t held(void)
{
	int64_t until = 0;
	assert_true(queue_held_until(device.db, clock_now(), &until, NULL));
	return until;
}

static bool is_known(void)
{
	struct time_known known;
	assert_true(time_known_read(device.db, clock_now(), &known, NULL));
	return known.within_s >= 0;
}

static void what_was_by_the_clock_counts_until_it_is_set(void **state)
{
	(void)state;
	static const int64_t sets[] = { 2 * HOUR_S, -2 * HOUR_S };
	start_daemon();
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		ask_and_wait();
		hear_the_server();
		/* That is no more than a clock which is put right. */
		*shared += 30;
		ask_and_wait();
		assert_true(is_known() && held() != 0);
		*shared += sets[i];
		requests_wake(device.config.state);
		long by = expect_log("the clock was set by ");
		assert_in_range(i == 0 ? by : -by, HOUR_S, 3 * HOUR_S);
		ask_and_wait();
		assert_false(is_known());
		assert_int_equal(held(), 0);
	}
	end_daemon();
}

static void run(const char *sql)
{
	struct stmt q;
	assert_true(db_query(device.db, &q, sql, NULL));
	assert_true(db_run(&q, NULL));
}

static void what_cannot_be_written_down_is_tried_in_the_next_round(void **state)
{
	(void)state;
	start_daemon();
	ask_and_wait();
	hear_the_server();
	run("CREATE TRIGGER no BEFORE UPDATE ON settings WHEN "
	    "NEW.name = 'hold_until' BEGIN SELECT RAISE(ABORT, 'no'); END");
	*shared += HOUR_S;
	requests_wake(device.config.state);
	(void)expect_log("the clock was set by ");
	ask_and_wait();
	assert_true(held() != 0);
	run("DROP TRIGGER no");
	requests_wake(device.config.state);
	do {
		(void)expect_log("the clock was set by ");
		ask_and_wait();
	} while (held() != 0); /* a round that began before the trigger went */
	end_daemon();
}

static bool has_body(const char *transaction)
{
	struct buf body = BUF_INIT;
	bool found = outbox_body(device.db, transaction, &body, NULL);
	buf_clear(&body);
	return found;
}

/* Not only at the start: it may run for years. */
static void what_is_old_by_the_next_day_is_removed(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	int64_t then = clock_now() + 401 * (int64_t)86400;
	device_allow(&device);
	device_queue(&device, transaction);
	assert_true(outbox_begin(device.db, transaction, "peer", clock_now(),
				 NULL));
	assert_true(outbox_sent(device.db, transaction, "receipt", clock_now(),
				clock_now(), NULL));
	start_daemon();
	ask_and_wait();
	/* Else a clock that is so far ahead would not be believed. */
	assert_true(time_known_learn(device.db, TIME_SOURCE_CHECKIN, then, then,
				     then, NULL, NULL));
	assert_true(has_body(transaction));
	*shared = then;
	requests_wake(device.config.state);
	(void)expect_log("retention removed 1 bodies");
	assert_false(has_body(transaction));
	end_daemon();
}

static int set_up(void **state)
{
	int failed = device_set_up(state);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (failed != 0 || shared == MAP_FAILED) {
		return -1;
	}
	*shared = device_time();
	return 0;
}

static int tear_down(void **state)
{
	if (daemon_pid > 0) {
		/* The test failed on the way. */
		(void)kill(daemon_pid, SIGKILL);
		(void)waitpid(daemon_pid, NULL, 0);
		daemon_pid = 0;
	}
	(void)munmap(shared, sizeof(*shared));
	return device_tear_down(state);
}

int main(void)
{
#define TEST(name)                                                        \
	cmocka_unit_test_prestate_setup_teardown(name, set_up, tear_down, \
						 &device)
	const struct CMUnitTest tests[] = {
		TEST(what_was_by_the_clock_counts_until_it_is_set),
		TEST(what_is_old_by_the_next_day_is_removed),
		TEST(what_cannot_be_written_down_is_tried_in_the_next_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
