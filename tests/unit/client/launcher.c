/*
 * A real launcher as root starts it, and the socket's far end with whoever is
 * there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/launcher.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/collect.h"
#include "client/collector_place.h"
#include "client/launcher_message.h"
#include "client/launcher_process.h"
#include "tests/support/device.h"

#define CLIENT_UID 64321 /* nobody has it */

static struct device device;
static const struct log no_log = { .fd = -1, .program = "test" };

/* ---- the serving, without any privilege ---- */

/* A child that serves the device's collectors; our end of its socket. */
static pid_t start_serving(int *fd)
{
	int ends[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct launcher_places places;
		(void)close(ends[0]);
		(void)signal(SIGPIPE, SIG_IGN);
		for (size_t i = 0; i < device.config.collectors_count; i++) {
			collector_place_own(&device.config,
					    &device.config.collectors[i],
					    &places.collectors[i]);
		}
		collector_place_jobs(&device.config.job_sources[0].run, NULL,
				     &places.jobs[0]);
		launcher_serve(ends[1], &device.config, &places, &no_log);
		_exit(42);
	}
	(void)close(ends[1]);
	*fd = ends[0];
	return pid;
}

/* It returned from serving, by itself or because we closed. */
static void assert_serving_ends(pid_t pid, int fd)
{
	int status = 0;
	(void)close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
}

static void read_whole(int fd, void *data, size_t len)
{
	for (uint8_t *at = data; len > 0;) {
		ssize_t n = read(fd, at, len);
		assert_true(n > 0);
		at += n;
		len -= (size_t)n;
	}
}

/* Reads the reply; the texts go. */
static struct launcher_reply take_reply(int fd)
{
	uint8_t head[LAUNCHER_REPLY_SIZE];
	static uint8_t rest[65536];
	struct launcher_reply reply;
	read_whole(fd, head, sizeof(head));
	assert_true(launcher_read_reply(head, 50000, &reply, NULL));
	read_whole(fd, rest,
		   reply.text_bytes + reply.said_bytes + reply.out_bytes);
	return reply;
}

static struct launcher_reply ask_for(int fd, enum launcher_kind kind,
				     uint32_t number)
{
	struct launcher_request request = { .kind = kind, .number = number };
	if (kind == LAUNCHER_JOB_GET) {
		strcpy(request.job, "12");
	}
	assert_true(launcher_send_request(fd, &request, -1));
	return take_reply(fd);
}

static struct launcher_reply ask(int fd, uint32_t number)
{
	return ask_for(fd, LAUNCHER_COLLECT, number);
}

static void numbers_that_are_none_are_refused(void **state)
{
	(void)state;
	static const uint32_t wrong[] = { 1, 8, 255, 65536, UINT32_MAX };
	int fd;
	pid_t pid = start_serving(&fd);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(ask(fd, wrong[i]).kind, ERR_INVALID);
		assert_int_equal(ask_for(fd, LAUNCHER_JOB_LIST, wrong[i]).kind,
				 ERR_INVALID);
		assert_int_equal(ask_for(fd, LAUNCHER_JOB_GET, wrong[i]).kind,
				 ERR_INVALID);
	}
	/* And it goes on. */
	struct launcher_reply reply = ask(fd, 0);
	assert_int_equal(reply.kind, ERR_NONE);
	assert_true(reply.out_bytes > 0);
	assert_serving_ends(pid, fd);
}

/* Ends by itself: we read its end before we close ours. */
static void assert_ends_after(const void *bytes, size_t len)
{
	int fd;
	uint8_t byte;
	pid_t pid = start_serving(&fd);
	assert_true(launcher_write(fd, bytes, len));
	ssize_t n = read(fd, &byte, 1);
	assert_true(n <= 0);
	assert_serving_ends(pid, fd);
}

static void what_is_no_request_ends_it(void **state)
{
	(void)state;
	char bytes[LAUNCHER_REQUEST_SIZE] = "GET / HTTP/1.1\r\n\r\n";
	assert_ends_after(bytes, sizeof(bytes));
	memset(bytes, 0, sizeof(bytes));
	assert_ends_after(bytes, sizeof(bytes));
	memcpy(bytes, "SLC1", 4);
	assert_ends_after(bytes, sizeof(bytes));
	memcpy(bytes, "SLC2", 4);
	assert_ends_after(bytes, sizeof(bytes));
	memcpy(bytes, "SLR1", 4);
	assert_ends_after(bytes, sizeof(bytes));
}

static void half_a_request_is_none(void **state)
{
	(void)state;
	int fd;
	pid_t pid = start_serving(&fd);
	assert_true(launcher_write(fd, "SLC2\0\0", 6));
	assert_serving_ends(pid, fd);
}

static void who_closes_while_one_runs_ends_it(void **state)
{
	(void)state;
	const struct launcher_request request = { .kind = LAUNCHER_COLLECT };
	int fd;
	device.config.collectors[0].program = "/usr/bin/tail";
	device.config.collectors[0].arguments = "-f /dev/null";
	pid_t pid = start_serving(&fd);
	assert_true(launcher_send_request(fd, &request, -1));
	assert_serving_ends(pid, fd);
}

/* ---- jobs ---- */

static void set_jobs(const char *program, const char *arguments)
{
	device.config.job_sources[0] = (struct device_job_source){
		.run = { "spool", program, arguments, "" },
		.title = "Spool",
	};
	device.config.job_sources_count = 1;
	device.config.jobs_timeout_s = 60;
}

static void a_job_goes_where_the_client_says(void **state)
{
	(void)state;
	const struct launcher_request request = { LAUNCHER_JOB_GET, 0, "12" };
	int fd, ends[2];
	char text[32] = "";
	set_jobs("/bin/echo", "the job");
	pid_t pid = start_serving(&fd);
	assert_int_equal(pipe(ends), 0);
	assert_true(launcher_send_request(fd, &request, ends[1]));
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(read(ends[0], text, sizeof(text)), 15);
	assert_string_equal(text, "the job get 12\n");
	assert_int_equal(read(ends[0], text, sizeof(text)), 0);
	close(ends[0]);
	struct launcher_reply reply = take_reply(fd);
	assert_int_equal(reply.kind, ERR_NONE);
	assert_int_equal(reply.out_bytes, 0);
	/* A list is handed on as what a collector prints. */
	reply = ask_for(fd, LAUNCHER_JOB_LIST, 0);
	assert_int_equal(reply.kind, ERR_NONE);
	assert_int_equal(reply.out_bytes, strlen("the job list\n"));
	/* And without a descriptor nothing runs. */
	assert_int_equal(ask_for(fd, LAUNCHER_JOB_GET, 0).kind, ERR_INVALID);
	assert_serving_ends(pid, fd);
}

static void a_stop_ends_a_job_and_nothing_else(void **state)
{
	(void)state;
	const struct launcher_request request = { LAUNCHER_JOB_GET, 0, "12" };
	const struct launcher_request stop = { .kind = LAUNCHER_STOP };
	int fd, ends[2];
	char byte;
	set_jobs("/bin/cat", "/dev/zero --");
	pid_t pid = start_serving(&fd);
	assert_int_equal(pipe(ends), 0);
	assert_true(launcher_send_request(fd, &request, ends[1]));
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_true(launcher_send_request(fd, &stop, -1));
	assert_int_equal(take_reply(fd).kind, ERR_RETRY);
	close(ends[0]);
	/* One that comes too late is nothing. */
	assert_true(launcher_send_request(fd, &stop, -1));
	assert_int_equal(ask(fd, 0).kind, ERR_NONE);
	assert_serving_ends(pid, fd);
}

static void a_descriptor_that_nobody_asked_for_ends_it(void **state)
{
	(void)state;
	const struct launcher_request request = { .kind = LAUNCHER_COLLECT };
	int fd;
	uint8_t byte;
	pid_t pid = start_serving(&fd);
	assert_true(launcher_send_request(fd, &request, fd));
	assert_true(read(fd, &byte, 1) <= 0);
	assert_serving_ends(pid, fd);
}

/* ---- the whole, by root ---- */

/* The device of another user, who is the client's. */
static void give_device(void)
{
	if (geteuid() != 0) {
		skip(); /* others get no launcher */
	}
	assert_int_equal(chmod(device.dir, 0755), 0);
	assert_int_equal(chown(device.config.state, CLIENT_UID, CLIENT_UID), 0);
}

static void set_script(const char *script)
{
	static char path[128];
	FILE *file;
	snprintf(path, sizeof(path), "%s/script", device.dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n", script);
	fclose(file);
	assert_int_equal(chmod(path, 0755), 0);
	device.config.collectors[0].program = path;
}

static struct launcher *start(void)
{
	struct launcher *launcher = NULL;
	struct err err = { .kind = ERR_NONE };
	if (!launcher_start(&device.config, &no_log, &launcher, &err)) {
		fail_msg("%s", err.text);
	}
	assert_non_null(launcher);
	assert_false(launcher_has_ended(launcher));
	return launcher;
}

/* Leaves what was printed in out. */
static bool run_script(struct launcher *launcher, const char *script,
		       struct buf *out, struct err *err)
{
	struct buf said = BUF_INIT;
	set_script(script);
	bool ok = launcher_collect(launcher, &device.config, 0, -1, out, &said,
				   err);
	buf_clear(&said);
	return ok;
}

static void others_than_root_get_none(void **state)
{
	(void)state;
	struct launcher *launcher = NULL;
	struct err err = { .kind = ERR_NONE };
	pid_t pid;
	int status = 0;
	assert_int_equal(launcher_fd(NULL), -1);
	assert_false(launcher_has_ended(NULL));
	launcher_end(NULL);
	pid = fork();
	if (pid == 0) {
		bool ok = (geteuid() != 0 || setuid(CLIENT_UID) == 0) &&
			  launcher_start(&device.config, &no_log, &launcher,
					 &err);
		_exit(ok && launcher == NULL ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void it_collects_as_somebody_else(void **state)
{
	(void)state;
	struct collected collected = { .at = 0 };
	struct collect_report report;
	struct buf out = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	struct unix_user user = { .uid = CLIENT_UID };
	char expected[64];
	give_device();
	struct launcher *launcher = start();
	if (!collect_all(launcher, &device.config, -1, &collected, &report,
			 &err)) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(report.good, 1);
	collected_clear(&collected);
	launcher_end(launcher);
	set_script("");
	launcher = start();
	(void)!unix_user_find(COLLECTOR_USER, &user);
	snprintf(expected, sizeof(expected), "%ju 0\n", (uintmax_t)user.uid);
	assert_true(run_script(launcher, "echo x >here; echo $(id -u) $?", &out,
			       &err));
	assert_string_equal(buf_str(&out), expected);
	launcher_end(launcher);
	buf_clear(&out);
}

static void errors_and_words_come_through(void **state)
{
	(void)state;
	struct buf out = BUF_INIT, said = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	give_device();
	set_script("echo lost; echo why >&2; exit 3");
	struct launcher *launcher = start();
	assert_false(launcher_collect(launcher, &device.config, 0, -1, &out,
				      &said, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, "status 3"));
	assert_string_equal(buf_str(&said), "why\n");
	assert_int_equal(out.len, 0);
	err_reset(&err);
	assert_false(launcher_collect(launcher, &device.config, 5, -1, &out,
				      &said, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	launcher_end(launcher);
	buf_clear(&said);
	buf_clear(&out);
}

static void who_says_stop_does_not_wait(void **state)
{
	(void)state;
	struct buf out = BUF_INIT, said = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	int ends[2];
	give_device();
	set_script("exec tail -f /dev/null");
	struct launcher *launcher = start();
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_false(launcher_collect(launcher, &device.config, 0, ends[0],
				      &out, &said, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_true(launcher_has_ended(launcher));
	launcher_end(launcher);
	(void)close(ends[0]);
	(void)close(ends[1]);
	buf_clear(&said);
	buf_clear(&out);
}

/* The only child that we have. */
static pid_t launcher_pid(void)
{
	char path[64];
	long pid = 0;
	snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
		 (long)getpid());
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		return 0;
	}
	if (fscanf(file, "%ld", &pid) != 1) {
		pid = 0;
	}
	fclose(file);
	return (pid_t)pid;
}

static void one_that_was_killed_is_noticed(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	give_device();
	set_script("echo hello");
	struct launcher *launcher = start();
	pid_t pid = launcher_pid();
	if (pid == 0) {
		launcher_end(launcher);
		skip(); /* this kernel does not tell children */
	}
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_true(run_script(launcher, "echo hello", &out, &err));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_false(run_script(launcher, "echo hello", &out, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_true(launcher_has_ended(launcher));
	assert_int_equal(launcher_fd(launcher), -1);
	launcher_end(launcher);
	buf_clear(&out);
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 device_tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(numbers_that_are_none_are_refused),
		TEST(what_is_no_request_ends_it),
		TEST(half_a_request_is_none),
		TEST(who_closes_while_one_runs_ends_it),
		TEST(a_job_goes_where_the_client_says),
		TEST(a_stop_ends_a_job_and_nothing_else),
		TEST(a_descriptor_that_nobody_asked_for_ends_it),
		TEST(others_than_root_get_none),
		TEST(it_collects_as_somebody_else),
		TEST(errors_and_words_come_through),
		TEST(who_says_stop_does_not_wait),
		TEST(one_that_was_killed_is_noticed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
