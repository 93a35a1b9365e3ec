/*
 * The daemon as a process of its own, with its sandbox, watched through its
 * running log; and rounds of work for the command line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/launcher.h"
#include "domain/consent.h"
#include "domain/ledger.h"
#include "domain/queue.h"
#include "domain/requests.h"
#include "domain/time_known.h"
#include "tests/support/device.h"
#include "tests/support/fault.h"
#include "tests/support/no_sockets.h"

#define METERING SERVICE_BIT(SERVICE_METERING)
#define HANGS_MS 60000

static struct device device;
static FILE *told;                    /* the daemon's running log */
static pid_t daemon_pid, command_pid; /* 0 = none runs */

/* Waits for a line with these words. */
static void expect_log(const char *words)
{
	char line[1024];
	struct pollfd fd = { .fd = fileno(told), .events = POLLIN };
	do {
		assert_int_equal(poll(&fd, 1, HANGS_MS), 1);
		assert_non_null(fgets(line, sizeof(line), told));
	} while (strstr(line, words) == NULL);
}

static int run_daemon(int log_fd, bool sockets)
{
	struct err err = { .kind = ERR_NONE };
	device.log = (struct log){ .fd = log_fd,
				   .least = LOG_INFO_LEVEL,
				   .program = "daemon" };
	if (!sockets && !no_sockets()) {
		return 77;
	}
	device_open(&device);
	bool ok = daemon_run(&device.client, &err);
	if (!ok) {
		(void)dprintf(log_fd, "%s\n", err.text);
	}
	device_close(&device);
	return ok ? 0 : 1;
}

/* Returns when it is ready, or has said why it is not. */
static pid_t start_daemon(bool sockets)
{
	int ends[2];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	device_close(&device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(run_daemon(ends[1], sockets));
	}
	daemon_pid = pid;
	(void)close(ends[1]);
	device_open(&device);
	told = fdopen(ends[0], "r");
	assert_non_null(told);
	(void)setvbuf(told, NULL, _IONBF, 0);
	return pid;
}

static int end_daemon(pid_t pid, int signal_number)
{
	int status = 0;
	assert_int_equal(kill(pid, signal_number), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	daemon_pid = 0;
	(void)fclose(told);
	return status;
}

static int64_t ask(enum request_kind kind, const char *key)
{
	int64_t id;
	assert_true(requests_add(device.db, kind,
				 kind == REQUEST_PREVIEW ? METERING : 0,
				 "operator", key, device_time(), &id, NULL));
	requests_wake(device.config.state);
	return id;
}

static struct request_row row_of(int64_t id)
{
	struct request_row row;
	assert_true(requests_get(device.db, id, &row, NULL));
	return row;
}

static void it_previews_and_sends_when_it_is_asked(void **state)
{
	(void)state;
	struct fault fault;
	fault_start(&fault, &device.pki, "ok", NULL, NULL);
	device.config.server_port = fault.port;
	device_allow(&device);
	pid_t pid = start_daemon(true);
	expect_log("ready");
	int64_t id = ask(REQUEST_PREVIEW, "one");
	expect_log("staged");
	/* The request is done a moment after that: wait for the next one. */
	int64_t next = ask(REQUEST_PREVIEW, "two");
	expect_log("staged");
	struct request_row row = row_of(id);
	assert_int_equal(row.state, REQUEST_DONE);
	assert_true(uuid_valid(row.transaction));
	assert_int_not_equal(next, id);
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	requests_wake(device.config.state);
	expect_log("received by the server");
	int status = end_daemon(pid, SIGTERM);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(device_item(&device, transaction).state, OUTBOX_SENT);
	fault_stop(&fault);
}

/* Sent long ago, as far as the outbox knows. */
static void send_by_hand(char transaction[UUID_TEXT_SIZE])
{
	device_queue(&device, transaction);
	assert_true(outbox_begin(device.db, transaction, "peer", device_time(),
				 NULL));
	assert_true(outbox_sent(device.db, transaction, "receipt",
				device_time(), device_time(), NULL));
}

static bool has_body(const char *transaction)
{
	struct buf body = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	bool found = outbox_body(device.db, transaction, &body, &err);
	assert_true(found || err.kind == ERR_NOT_FOUND);
	buf_clear(&body);
	return found;
}

static void it_drops_the_bytes_of_what_was_sent_400_days_ago(void **state)
{
	(void)state;
	static const int64_t day = 86400;
	char old[UUID_TEXT_SIZE], young[UUID_TEXT_SIZE];
	int64_t begin = device_time();
	device_allow(&device);
	send_by_hand(old);
	device_set_time(begin + 2 * day);
	send_by_hand(young);
	device_set_time(begin + 401 * day);
	/* Else a clock that is so far ahead would not be believed. */
	assert_true(time_known_learn(device.db, TIME_SOURCE_CHECKIN,
				     device_time(), device_time(),
				     device_time(), NULL, NULL));
	assert_true(has_body(old) && has_body(young));
	pid_t pid = start_daemon(true);
	expect_log("retention removed 1 bodies");
	int status = end_daemon(pid, SIGTERM);
	assert_true(WIFEXITED(status));
	assert_false(has_body(old));
	assert_true(has_body(young));
	assert_int_equal(device_item(&device, old).state, OUTBOX_SENT);
}

static void a_clock_that_ran_ahead_drops_no_bytes(void **state)
{
	(void)state;
	char young[UUID_TEXT_SIZE];
	device_allow(&device);
	send_by_hand(young);
	device_set_time(device_time() + 13 * 365 * (int64_t)86400);
	pid_t pid = start_daemon(true);
	expect_log("ready");
	int status = end_daemon(pid, SIGTERM);
	assert_true(WIFEXITED(status));
	assert_true(has_body(young));
}

static void with_nothing_allowed_it_makes_no_socket(void **state)
{
	(void)state;
	pid_t pid = start_daemon(false);
	expect_log("ready");
	(void)ask(REQUEST_PREVIEW, "one");
	expect_log("staged");
	(void)ask(REQUEST_NOTICES, "two");
	(void)ask(REQUEST_PREVIEW, "three");
	expect_log("staged");
	int status = end_daemon(pid, SIGTERM);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_refused_request_says_why(void **state)
{
	(void)state;
	device_set_collected(&device, "hello");
	int64_t id = ask(REQUEST_PREVIEW, "one");
	struct client_done done;
	assert_true(client_work(&device.client, true, &done, NULL));
	assert_int_equal(done.requests, 1);
	struct request_row row = row_of(id);
	assert_int_equal(row.state, REQUEST_REFUSED);
	assert_int_equal(row.problem_kind, ERR_INVALID);
	assert_non_null(strstr(row.problem, "Collector"));
}

static void only_one_daemon_runs(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	struct client_done done;
	pid_t pid = start_daemon(true);
	expect_log("ready");
	assert_false(daemon_run(&device.client, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_true(client_work(&device.client, true, &done, NULL));
	assert_true(done.by_daemon);
	(void)end_daemon(pid, SIGINT);
	assert_true(client_work(&device.client, true, &done, NULL));
	assert_false(done.by_daemon);
}

/* A command that is in the midst of its round, until it is killed. */
static pid_t hold_lock(void)
{
	int ends[2];
	char byte;
	char *path = device_config_state_path(&device.config, DAEMON_LOCK_FILE);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int lock;
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!files_lock(path, &lock, NULL) ||
		    write(ends[1], "x", 1) != 1) {
			_exit(1);
		}
		for (;;) {
			(void)pause();
		}
	}
	command_pid = pid;
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	(void)close(ends[0]);
	mem_free(path);
	return pid;
}

static void let_go(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	command_pid = 0;
}

static bool says_that_it_waits(void)
{
	char *path =
		device_config_state_path(&device.config, DAEMON_WAITS_FILE);
	bool there = files_exists(path);
	mem_free(path);
	return there;
}

static void it_waits_for_a_command_that_is_at_work(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	pid_t command = hold_lock();
	int64_t id = ask(REQUEST_PREVIEW, "one");
	pid_t pid = start_daemon(true);
	expect_log("waits: a command");
	assert_true(says_that_it_waits());
	/* It is there, so that others leave the work to it, and is the only one. */
	assert_false(daemon_run(&device.client, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_non_null(strstr(err.text, "runs already"));
	assert_int_equal(row_of(id).state, REQUEST_OPEN);
	let_go(command);
	expect_log("ready");
	expect_log("staged");
	assert_false(says_that_it_waits());
	int status = end_daemon(pid, SIGTERM);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_signal_ends_its_waiting(void **state)
{
	(void)state;
	pid_t command = hold_lock();
	pid_t pid = start_daemon(true);
	expect_log("waits: a command");
	int status = end_daemon(pid, SIGTERM);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_false(says_that_it_waits());
	let_go(command);
}

/* What one left behind that died while it waited. */
static void a_mark_of_one_that_died_is_removed(void **state)
{
	(void)state;
	pid_t command = hold_lock();
	pid_t pid = start_daemon(true);
	expect_log("waits: a command");
	(void)end_daemon(pid, SIGKILL);
	assert_true(says_that_it_waits());
	let_go(command);
	pid = start_daemon(true);
	expect_log("ready");
	assert_false(says_that_it_waits());
	(void)end_daemon(pid, SIGTERM);
}

/* It ends when nobody can ask it any more; the client hears that. */
static void end_launcher_early(struct launcher *launcher)
{
	struct pollfd fd = { .fd = launcher_fd(launcher), .events = POLLIN };
	assert_int_equal(shutdown(fd.fd, SHUT_WR), 0);
	assert_int_equal(poll(&fd, 1, HANGS_MS), 1);
}

/* What it waits for is not why it ends. */
static void without_its_launcher_it_waits_for_nothing(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	const struct log quiet = { .fd = -1, .least = LOG_ERROR_LEVEL };
	assert_true(launcher_start(&device.config, &quiet,
				   &device.client.launcher, &err));
	if (device.client.launcher == NULL) {
		skip(); /* there is none without root */
	}
	pid_t command = hold_lock();
	end_launcher_early(device.client.launcher);
	assert_false(daemon_run(&device.client, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.text, "The launcher"));
	assert_false(says_that_it_waits());
	let_go(command);
	launcher_end(device.client.launcher);
	device.client.launcher = NULL;
}

static void a_signal_ends_a_send_that_hangs(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE], line[160];
	struct fault fault;
	fault_start(&fault, &device.pki, "silent", NULL, NULL);
	device.config.server_port = fault.port;
	device_allow(&device);
	device_queue(&device, transaction);
	pid_t pid = start_daemon(true);
	fault_expect(&fault, "upload", line, sizeof(line));
	int status = end_daemon(pid, SIGTERM);
	assert_true(WIFEXITED(status));
	struct outbox_item item = device_item(&device, transaction);
	assert_int_equal(item.state, OUTBOX_QUEUED);
	assert_true(item.next_try_at <= device_time());
	fault_stop(&fault);
}

static void work_signs_the_log(void **state)
{
	(void)state;
	struct ledger_head head;
	struct buf note = BUF_INIT;
	struct client_done done;
	device_allow(&device);
	assert_true(client_work(&device.client, true, &done, NULL));
	assert_true(ledger_checkpoint_last(device.db, &head, &note, NULL));
	assert_true(head.size >= 2);
	buf_clear(&note);
}

/* Also when nothing may leave: its head is the device's own proof. */
static void work_signs_the_log_of_a_device_that_is_silent(void **state)
{
	(void)state;
	struct ledger_head head, signed_head;
	struct buf note = BUF_INIT;
	struct client_done done;
	device_allow(&device);
	assert_true(consent_withdraw(device.db, "ada", SERVICE_UNSET,
				     device_time(), NULL, NULL));
	assert_true(client_work(&device.client, false, &done, NULL));
	assert_true(ledger_head(device.db, &head, NULL));
	assert_true(
		ledger_checkpoint_last(device.db, &signed_head, &note, NULL));
	assert_true(signed_head.size == head.size);
	buf_clear(&note);
}

/* One that was killed had taken a request, and was sending. */
static void leave_half_done(char transaction[UUID_TEXT_SIZE], int64_t *request)
{
	struct request_row row;
	device_queue(&device, transaction);
	assert_true(outbox_begin(device.db, transaction, "peer", device_time(),
				 NULL));
	*request = ask(REQUEST_PREVIEW, transaction);
	assert_true(requests_take(device.db, &row, NULL));
	assert_int_equal(row.id, *request);
	/* Nothing is sent, so that it shows what became of it. */
	assert_true(queue_hold_until(device.db, device_time() + 3600, NULL));
}

static void what_one_left_that_was_killed_is_taken_up(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	struct client_done done;
	int64_t request;
	device_allow(&device);
	leave_half_done(transaction, &request);
	assert_true(client_work(&device.client, false, &done, NULL));
	assert_int_equal(device_item(&device, transaction).state,
			 OUTBOX_QUEUED);
	assert_int_equal(row_of(request).state, REQUEST_DONE);
	/* By the daemon as well. */
	leave_half_done(transaction, &request);
	pid_t pid = start_daemon(true);
	expect_log("ready");
	expect_log("staged");
	(void)end_daemon(pid, SIGTERM);
	assert_int_equal(device_item(&device, transaction).state,
			 OUTBOX_QUEUED);
}

static void a_wake_file_that_is_no_fifo_is_refused(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	char *path = device_config_state_path(&device.config, DAEMON_WAKE_FILE);
	assert_true(files_write(path, "x", 1, 0600, NULL));
	assert_false(daemon_run(&device.client, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.text, "no FIFO"));
	mem_free(path);
}

static void end(pid_t *pid)
{
	if (*pid > 0) {
		(void)kill(*pid, SIGKILL);
		(void)waitpid(*pid, NULL, 0);
	}
	*pid = 0;
}

static int tear_down(void **state)
{
	/* They still run when the test failed on the way. */
	end(&daemon_pid);
	end(&command_pid);
	return device_tear_down(state);
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(it_previews_and_sends_when_it_is_asked),
		TEST(it_drops_the_bytes_of_what_was_sent_400_days_ago),
		TEST(a_clock_that_ran_ahead_drops_no_bytes),
		TEST(with_nothing_allowed_it_makes_no_socket),
		TEST(a_refused_request_says_why),
		TEST(only_one_daemon_runs),
		TEST(it_waits_for_a_command_that_is_at_work),
		TEST(a_signal_ends_its_waiting),
		TEST(a_mark_of_one_that_died_is_removed),
		TEST(without_its_launcher_it_waits_for_nothing),
		TEST(a_signal_ends_a_send_that_hangs),
		TEST(work_signs_the_log),
		TEST(work_signs_the_log_of_a_device_that_is_silent),
		TEST(what_one_left_that_was_killed_is_taken_up),
		TEST(a_wake_file_that_is_no_fifo_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
