/*
 * Programs are run without a shell, under limits, and their whole group is
 * gone afterwards. The programs here are the system's sh with a script.
 */
#include "base/spawn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

static const char *const no_environment[] = { NULL };

/* Generous: only the tests of the limit itself run into it. */
static const struct spawn_limits generous = { .timeout_ms = 60000 };

struct fixture {
	struct buf out;
	struct buf err_out;
	struct err err;
};

static int make_fixture(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){ 0 };
	*state = &fixture;
	return 0;
}

static int clear_fixture(void **state)
{
	struct fixture *fixture = *state;
	buf_clear(&fixture->out);
	buf_clear(&fixture->err_out);
	return 0;
}

static bool run_script(struct fixture *fixture, const char *script,
		       const struct spawn_limits *limits)
{
	const char *const argv[] = { "/bin/sh", "-c", script, "sh", NULL };
	return spawn_run(argv, no_environment, limits, &fixture->out,
			 &fixture->err_out, &fixture->err);
}

static void both_outputs_are_kept_apart(void **state)
{
	struct fixture *fixture = *state;
	buf_put_str(&fixture->out, "before ");
	assert_true(run_script(fixture, "echo out; echo err >&2", &generous));
	assert_string_equal(buf_str(&fixture->out), "before out\n");
	assert_string_equal(buf_str(&fixture->err_out), "err\n");
}

static void arguments_pass_no_shell(void **state)
{
	struct fixture *fixture = *state;
	const char *const argv[] = { "/bin/echo", "$(id); `id` *", "a\nb", "",
				     NULL };
	assert_true(spawn_run(argv, no_environment, &generous, &fixture->out,
			      NULL, &fixture->err));
	assert_string_equal(buf_str(&fixture->out), "$(id); `id` * a\nb \n");
}

static void the_child_gets_only_the_given_environment(void **state)
{
	struct fixture *fixture = *state;
	const char *const argv[] = { "/usr/bin/env", NULL };
	const char *const envp[] = { "A=1", "B=two words", NULL };
	assert_true(spawn_run(argv, envp, &generous, &fixture->out, NULL,
			      &fixture->err));
	assert_string_equal(buf_str(&fixture->out), "A=1\nB=two words\n");
}

static void the_child_has_no_descriptor_but_three(void **state)
{
	struct fixture *fixture = *state;
	int leaked = fcntl(STDERR_FILENO, F_DUPFD, 50); /* no FD_CLOEXEC */
	assert_true(leaked >= 50);
	assert_true(run_script(fixture,
			       "for fd in 3 4 5 6 7 8 9; do"
			       " [ -e /proc/$$/fd/$fd ] && echo open $fd; done;"
			       " [ -e /proc/$$/fd/50 ] && echo leaked;"
			       " cat; echo end",
			       &generous));
	close(leaked);
	/* cat saw an empty standard input */
	assert_string_equal(buf_str(&fixture->out), "end\n");
}

static void much_on_both_outputs_does_not_block(void **state)
{
	struct fixture *fixture = *state;
	assert_true(run_script(fixture,
			       "dd if=/dev/zero bs=100000 count=3 2>/dev/null"
			       " | tr '\\0' e >&2;"
			       "dd if=/dev/zero bs=100000 count=3 2>/dev/null"
			       " | tr '\\0' o",
			       &generous));
	assert_int_equal(fixture->out.len, 300000);
	assert_int_equal(fixture->err_out.len, 4096);
}

static void a_missing_program_is_not_found(void **state)
{
	struct fixture *fixture = *state;
	const char *const missing[] = { "/nonexistent/program", NULL };
	assert_false(spawn_run(missing, no_environment, &generous,
			       &fixture->out, NULL, &fixture->err));
	assert_int_equal(fixture->err.kind, ERR_NOT_FOUND);
	err_reset(&fixture->err);
	const char *const folder[] = { "/", NULL };
	assert_false(spawn_run(folder, no_environment, &generous, &fixture->out,
			       NULL, &fixture->err));
	assert_int_equal(fixture->err.kind, ERR_IO);
	err_reset(&fixture->err);
	/* PATH is not searched */
	const char *const bare[] = { "sh", NULL };
	assert_false(spawn_run(bare, no_environment, &generous, &fixture->out,
			       NULL, &fixture->err));
	assert_int_equal(fixture->err.kind, ERR_NOT_FOUND);
}

static void another_status_than_0_is_told(void **state)
{
	struct fixture *fixture = *state;
	assert_false(run_script(fixture, "echo lost; echo why >&2; exit 3",
				&generous));
	assert_int_equal(fixture->err.kind, ERR_INVALID);
	assert_string_equal(fixture->err.text, "/bin/sh ended with status 3");
	assert_int_equal(fixture->out.len, 0);
	assert_string_equal(buf_str(&fixture->err_out), "why\n");
	err_reset(&fixture->err);
	assert_false(run_script(fixture, "kill -SEGV $$", &generous));
	assert_int_equal(fixture->err.kind, ERR_INVALID);
	assert_string_equal(fixture->err.text,
			    "/bin/sh was ended by signal 11");
}

static void a_program_that_hangs_is_ended(void **state)
{
	struct fixture *fixture = *state;
	struct spawn_limits limits = { .timeout_ms = 300 };
	assert_false(run_script(fixture, "echo begun; exec cat /dev/zero >&2",
				&limits));
	assert_int_equal(fixture->err.kind, ERR_RETRY);
	assert_int_equal(fixture->out.len, 0);
	err_reset(&fixture->err);
	/* Neither closing its outputs nor ignoring signals helps it. */
	assert_false(run_script(fixture,
				"exec >/dev/null 2>&1; trap '' TERM HUP INT;"
				"while :; do read x </dev/zero & wait; done",
				&limits));
	assert_int_equal(fixture->err.kind, ERR_RETRY);
}

static pid_t printed_pid(struct fixture *fixture)
{
	uint64_t pid = 0;
	assert_true(fixture->out.len > 1);
	fixture->out.data[fixture->out.len - 1] = '\0';
	assert_true(text_parse_u64(buf_str(&fixture->out), 2, INT32_MAX, &pid));
	return (pid_t)pid;
}

static void assert_killed(pid_t pid)
{
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void nothing_of_the_group_is_left(void **state)
{
	struct fixture *fixture = *state;
	/* Orphans become ours, so that we can wait for this one. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	/* The grandchild keeps the pipe open and would run for ever. */
	assert_true(
		run_script(fixture, "tail -f /dev/null & echo $!", &generous));
	assert_killed(printed_pid(fixture));
}

static void output_over_the_limit_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct spawn_limits limits = { .timeout_ms = 60000,
				       .output_bytes = 1000 };
	assert_false(run_script(fixture, "exec cat /dev/zero", &limits));
	assert_int_equal(fixture->err.kind, ERR_LIMIT);
	assert_int_equal(fixture->out.len, 0);
	err_reset(&fixture->err);
	assert_true(run_script(fixture, "printf '%01000d' 0", &limits));
	assert_int_equal(fixture->out.len, 1000);
	err_reset(&fixture->err);
	assert_false(run_script(fixture, "printf '%01001d' 0", &limits));
	assert_int_equal(fixture->err.kind, ERR_LIMIT);
}

static void an_endless_second_output_is_dropped(void **state)
{
	struct fixture *fixture = *state;
	struct spawn_limits limits = { .timeout_ms = 300 };
	assert_false(run_script(fixture, "exec cat /dev/zero >&2", &limits));
	assert_int_equal(fixture->err.kind, ERR_RETRY);
	assert_true(
		text_is_utf8(buf_str(&fixture->err_out), fixture->err_out.len));
}

static void whoever_may_stop_it_ends_it_at_once(void **state)
{
	struct fixture *fixture = *state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	struct spawn_limits limits = { .timeout_ms = 60000,
				       .stop_fd = ends[0] };
	assert_true(run_script(fixture, "echo undisturbed", &limits));
	assert_string_equal(buf_str(&fixture->out), "undisturbed\n");
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_false(run_script(fixture, "exec tail -f /dev/null", &limits));
	assert_int_equal(fixture->err.kind, ERR_RETRY);
	assert_non_null(strstr(fixture->err.text, "was stopped"));
	close(ends[0]);
	close(ends[1]);
}

static void resource_limits_hold(void **state)
{
	struct fixture *fixture = *state;
	struct spawn_limits limits = { .timeout_ms = 60000,
				       .open_files = 20,
				       .cpu_seconds = 7 };
	assert_true(run_script(fixture, "ulimit -n; ulimit -t; ulimit -c",
			       &limits));
	assert_string_equal(buf_str(&fixture->out), "20\n7\n0\n");
#ifndef SLUICE_SANITIZERS
	buf_reset(&fixture->out);
	limits.memory_bytes = 64 * 1024 * 1024;
	assert_true(run_script(fixture, "ulimit -v", &limits));
	assert_string_equal(buf_str(&fixture->out), "65536\n");
#endif
}

/*
 * A user that no process of the machine has: all of it are ended, so no other
 * test may run as it, nor this one twice at a time.
 */
static struct unix_user nobody_else(void)
{
	uid_t number = 62000 + (uid_t)getpid() % 2000;
	return (struct unix_user){ .uid = number, .gid = number };
}

static void root_runs_the_child_as_the_given_user(void **state)
{
	struct fixture *fixture = *state;
	const struct unix_user user = nobody_else();
	struct spawn_limits limits = { .timeout_ms = 60000, .user = &user };
	char expected[32];
	if (geteuid() != 0) {
		/* Whoever is not root is told, and nothing runs. */
		assert_false(run_script(fixture, "id -u", &limits));
		assert_int_equal(fixture->err.kind, ERR_IO);
		return;
	}
	assert_true(run_script(fixture, "id -u; id -G", &limits));
	(void)snprintf(expected, sizeof(expected), "%ju\n%ju\n",
		       (uintmax_t)user.uid, (uintmax_t)user.gid);
	assert_string_equal(buf_str(&fixture->out), expected);
}

static void files_have_a_limit(void **state)
{
	struct fixture *fixture = *state;
	struct spawn_limits limits = { .timeout_ms = 60000,
				       .file_bytes = 4096 };
	assert_true(run_script(fixture, "ulimit -f", &limits));
	assert_string_equal(buf_str(&fixture->out), "8\n");
}

static void it_works_in_the_given_folder(void **state)
{
	struct fixture *fixture = *state;
	int folder = open("/usr", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct spawn_limits limits = { .timeout_ms = 60000,
				       .folder_fd = folder };
	assert_true(run_script(fixture, "pwd", &limits));
	assert_string_equal(buf_str(&fixture->out), "/usr\n");
	close(folder);
}

static void a_sandbox_takes_the_capabilities_too(void **state)
{
	struct fixture *fixture = *state;
	struct sandbox_path none[] = { { NULL, false } };
	struct spawn_limits limits = { .timeout_ms = 60000,
				       .profile = SANDBOX_COLLECTOR_EXEC,
				       .paths = none };
	assert_true(run_script(fixture,
			       "chown 1 /dev/null 2>/dev/null && echo chown;"
			       "setsid true 2>/dev/null && echo setsid;"
			       "echo end",
			       &limits));
	assert_string_equal(buf_str(&fixture->out), "end\n");
}

static void who_hides_in_another_session_is_ended_too(void **state)
{
	struct fixture *fixture = *state;
	if (geteuid() != 0) {
		skip(); /* only root can give it a user of its own */
	}
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	const struct unix_user user = nobody_else();
	struct spawn_limits limits = { .timeout_ms = 60000,
				       .user = &user,
				       .user_alone = true };
	assert_true(run_script(fixture,
			       "echo $(setsid sh -c 'trap \"\" TERM HUP INT;"
			       "echo $$; exec tail -f /dev/null >/dev/null' &)",
			       &limits));
	assert_killed(printed_pid(fixture));
}

/* Is who hid from this one run killed? */
static bool hidden_one_is_ended(void)
{
	const char *const argv[] = {
		"/bin/sh", "-c",
		"echo $(setsid sh -c 'echo $$; exec sleep 60 >/dev/null' &)",
		NULL
	};
	const struct unix_user user = nobody_else();
	const struct spawn_limits limits = { .timeout_ms = 60000,
					     .user = &user,
					     .user_alone = true };
	struct buf text = BUF_INIT;
	struct err err = { 0 };
	int status = 0;
	pid_t pid = -1;
	if (spawn_run(argv, no_environment, &limits, &text, NULL, &err)) {
		pid = (pid_t)strtol(buf_str(&text), NULL, 10);
	}
	buf_clear(&text);
	return pid > 1 && waitpid(pid, &status, 0) == pid &&
	       WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* Programs of several users that end at one moment. */
static void each_of_several_users_is_ended_whole(void **state)
{
	(void)state;
	enum { USERS = 6, TIMES = 20 };
	pid_t children[USERS];
	int status = 0;
	if (geteuid() != 0) {
		skip(); /* only root can give it a user of its own */
	}
	for (int i = 0; i < USERS; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			bool ok =
				prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
			for (int k = 0; ok && k < TIMES; k++) {
				ok = hidden_one_is_ended();
			}
			_exit(ok ? 0 : 1);
		}
	}
	for (int i = 0; i < USERS; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
}

static void signals_that_we_ignore_are_not_ignored_by_the_child(void **state)
{
	struct fixture *fixture = *state;
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	bool ok = run_script(fixture, "kill -PIPE $$; echo ignored", &generous);
	(void)signal(SIGPIPE, before);
	assert_false(ok);
	assert_string_equal(fixture->err.text,
			    "/bin/sh was ended by signal 13");
}

/* ---- an output that we read as it comes ---- */

static struct spawn *start_script(struct fixture *fixture, const char *script,
				  const struct spawn_limits *limits, int out_fd)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	struct spawn *spawn = NULL;
	if (!spawn_start(argv, no_environment, limits, out_fd, &spawn,
			 &fixture->err)) {
		fail_msg("%s", fixture->err.text);
	}
	return spawn;
}

/* Reads to the end and gives the bytes; -1 = failed. */
static ssize_t read_whole(struct fixture *fixture, struct spawn *spawn)
{
	char part[777];
	ssize_t got, sum = 0;
	while ((got = spawn_read(spawn, part, sizeof(part), &fixture->err)) >
	       0) {
		buf_put(&fixture->out, part, (size_t)got);
		sum += got;
	}
	return got < 0 ? -1 : sum;
}

static void a_stream_is_read_as_it_comes(void **state)
{
	struct fixture *fixture = *state;
	struct spawn *spawn = start_script(
		fixture, "head -c 1000000 /dev/zero; echo end; echo why >&2",
		&generous, -1);
	assert_int_equal(read_whole(fixture, spawn), 1000004);
	char more;
	assert_int_equal(spawn_read(spawn, &more, 1, &fixture->err), 0);
	assert_true(spawn_end(spawn, &fixture->err_out, &fixture->err));
	assert_string_equal(buf_str(&fixture->err_out), "why\n");
	assert_memory_equal(fixture->out.data + 1000000, "end\n", 4);
}

static void what_a_stream_says_does_not_block_it(void **state)
{
	struct fixture *fixture = *state;
	struct spawn *spawn =
		start_script(fixture,
			     "head -c 1000000 /dev/zero >&2; echo end; exit 3",
			     &generous, -1);
	assert_int_equal(read_whole(fixture, spawn), 4);
	assert_false(spawn_end(spawn, &fixture->err_out, &fixture->err));
	assert_int_equal(fixture->err.kind, ERR_INVALID);
	assert_string_equal(fixture->err.text, "/bin/sh ended with status 3");
}

static void the_verdict_is_waited_for(void **state)
{
	struct fixture *fixture = *state;
	struct spawn *spawn = start_script(
		fixture, "echo x; exec >&-; sleep 0.1; exit 5", &generous, -1);
	assert_int_equal(read_whole(fixture, spawn), 2);
	assert_false(spawn_end(spawn, NULL, &fixture->err));
	assert_string_equal(fixture->err.text, "/bin/sh ended with status 5");
}

static void who_does_not_want_the_rest_ends_it(void **state)
{
	struct fixture *fixture = *state;
	char byte;
	struct spawn *spawn =
		start_script(fixture, "exec cat /dev/zero", &generous, -1);
	assert_int_equal(spawn_read(spawn, &byte, 1, &fixture->err), 1);
	assert_false(spawn_end(spawn, NULL, &fixture->err));
	assert_int_equal(fixture->err.kind, ERR_RETRY);
}

static void a_stream_has_an_end_in_time_too(void **state)
{
	struct fixture *fixture = *state;
	struct spawn_limits limits = { .timeout_ms = 200 };
	struct spawn *spawn = start_script(
		fixture, "echo x; exec tail -f /dev/null", &limits, -1);
	assert_int_equal(read_whole(fixture, spawn), -1);
	assert_int_equal(fixture->err.kind, ERR_RETRY);
	err_reset(&fixture->err);
	assert_false(spawn_end(spawn, NULL, &fixture->err));
	assert_non_null(strstr(fixture->err.text, "in time"));
}

static void a_stream_is_stopped_at_once(void **state)
{
	struct fixture *fixture = *state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	struct spawn_limits limits = { .timeout_ms = 60000,
				       .stop_fd = ends[0] };
	struct spawn *spawn =
		start_script(fixture, "exec tail -f /dev/null", &limits, -1);
	assert_int_equal(read_whole(fixture, spawn), -1);
	assert_false(spawn_end(spawn, NULL, &fixture->err));
	assert_non_null(strstr(fixture->err.text, "was stopped"));
	close(ends[0]);
	close(ends[1]);
}

static void an_orphan_with_the_pipe_is_no_reason_to_wait(void **state)
{
	struct fixture *fixture = *state;
	struct spawn *spawn = start_script(
		fixture, "tail -f /dev/null & echo x", &generous, -1);
	assert_int_equal(read_whole(fixture, spawn), 2);
	assert_true(spawn_end(spawn, NULL, &fixture->err));
}

static void an_output_may_be_somebody_elses(void **state)
{
	struct fixture *fixture = *state;
	int ends[2];
	char text[8] = "";
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	struct spawn *spawn =
		start_script(fixture, "echo hello", &generous, ends[1]);
	assert_true(spawn_end(spawn, NULL, &fixture->err));
	assert_int_equal(read(ends[0], text, sizeof(text)), 6);
	assert_string_equal(text, "hello\n");
	/* Ours was closed. */
	assert_int_equal(read(ends[0], text, sizeof(text)), 0);
	close(ends[0]);
}

static void a_missing_program_has_no_stream(void **state)
{
	struct fixture *fixture = *state;
	const char *const argv[] = { "/nonexistent/program", NULL };
	struct spawn *spawn = NULL;
	assert_true(spawn_start(argv, no_environment, &generous, -1, &spawn,
				&fixture->err));
	assert_int_equal(read_whole(fixture, spawn), 0);
	assert_false(spawn_end(spawn, NULL, &fixture->err));
	assert_int_equal(fixture->err.kind, ERR_NOT_FOUND);
}

#define WITH_BUFFERS(test) \
	cmocka_unit_test_setup_teardown(test, make_fixture, clear_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BUFFERS(both_outputs_are_kept_apart),
		WITH_BUFFERS(arguments_pass_no_shell),
		WITH_BUFFERS(the_child_gets_only_the_given_environment),
		WITH_BUFFERS(the_child_has_no_descriptor_but_three),
		WITH_BUFFERS(much_on_both_outputs_does_not_block),
		WITH_BUFFERS(a_missing_program_is_not_found),
		WITH_BUFFERS(another_status_than_0_is_told),
		WITH_BUFFERS(a_program_that_hangs_is_ended),
		WITH_BUFFERS(nothing_of_the_group_is_left),
		WITH_BUFFERS(output_over_the_limit_is_refused),
		WITH_BUFFERS(an_endless_second_output_is_dropped),
		WITH_BUFFERS(whoever_may_stop_it_ends_it_at_once),
		WITH_BUFFERS(resource_limits_hold),
		WITH_BUFFERS(root_runs_the_child_as_the_given_user),
		WITH_BUFFERS(files_have_a_limit),
		WITH_BUFFERS(it_works_in_the_given_folder),
		WITH_BUFFERS(a_sandbox_takes_the_capabilities_too),
		WITH_BUFFERS(who_hides_in_another_session_is_ended_too),
		cmocka_unit_test(each_of_several_users_is_ended_whole),
		WITH_BUFFERS(a_stream_is_read_as_it_comes),
		WITH_BUFFERS(what_a_stream_says_does_not_block_it),
		WITH_BUFFERS(the_verdict_is_waited_for),
		WITH_BUFFERS(who_does_not_want_the_rest_ends_it),
		WITH_BUFFERS(a_stream_has_an_end_in_time_too),
		WITH_BUFFERS(a_stream_is_stopped_at_once),
		WITH_BUFFERS(an_orphan_with_the_pipe_is_no_reason_to_wait),
		WITH_BUFFERS(an_output_may_be_somebody_elses),
		WITH_BUFFERS(a_missing_program_has_no_stream),
		WITH_BUFFERS(
			signals_that_we_ignore_are_not_ignored_by_the_child),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
