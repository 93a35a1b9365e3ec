/*
 * The daemon with job data: a long upload gives way to what somebody asks
 * for and goes on at once; lists of jobs and questions to the server are
 * answered while it waits.
 */
#include "tests/unit/client/job_scene.h"

#include "client/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "domain/job_answer.h"
#include "domain/requests.h"

#define HANGS_MS 60000
#define LOOK_S 60 /* daemon.c */

static int log_ends[2];
static FILE *told; /* the daemon's running log */

static void run_daemon(struct job_scene *scene)
{
	struct err err = { .kind = ERR_NONE };
	scene->device.log = (struct log){ .fd = log_ends[1],
					  .least = LOG_INFO_LEVEL,
					  .program = "daemon" };
	if (!daemon_run(&scene->device.client, &err)) {
		(void)dprintf(log_ends[1], "%s\n", err.text);
		_exit(1);
	}
}

static void expect_log(const char *words)
{
	char line[1024];
	struct pollfd fd = { .fd = fileno(told), .events = POLLIN };
	do {
		assert_int_equal(poll(&fd, 1, HANGS_MS), 1);
		assert_non_null(fgets(line, sizeof(line), told));
	} while (strstr(line, words) == NULL);
}

static pid_t start_daemon(struct job_scene *scene)
{
	assert_int_equal(pipe2(log_ends, O_CLOEXEC), 0);
	pid_t pid = job_scene_fork(scene, run_daemon);
	(void)close(log_ends[1]);
	told = fdopen(log_ends[0], "r");
	assert_non_null(told);
	(void)setvbuf(told, NULL, _IONBF, 0);
	return pid;
}

static void end_daemon(pid_t pid)
{
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(job_scene_wait(pid), 0);
	(void)fclose(told);
}

static int64_t ask(struct job_scene *scene, enum request_kind kind,
		   const char *key)
{
	int64_t id = 0;
	unsigned services = kind == REQUEST_PREVIEW ? METERING : 0;
	assert_done(requests_add(scene->device.db, kind, services, "anna", key,
				 device_time(), &id, err));
	requests_wake(scene->device.config.state);
	return id;
}

/*
 * The preview is answered while the upload is on its way, and the upload
 * goes on where it was, long before the daemon would look by itself: the
 * test's clock stands still.
 */
static void an_upload_gives_way_and_goes_on_at_once(void **state)
{
	struct job_scene *scene = *state;
	struct job_told heard;
	job_scene_source(scene, "yes | head -c 1000000");
	job_scene_server(scene, "slow,hold=200000,times=1");
	job_scene_confirm(scene, 1);
	pid_t pid = start_daemon(scene);
	job_scene_await_hold(scene);
	(void)ask(scene, REQUEST_PREVIEW, "one");
	fault_go_on(&scene->server);
	expect_log("staged");
	expect_log("received by the server");
	job_scene_hear(scene, &heard);
	assert_int_equal(0, heard.whole);
	job_scene_hear(scene, &heard);
	assert_string_equal("HEAD PATCH GET ", heard.text);
	assert_int_equal(1, heard.whole);
	end_daemon(pid);
	job_scene_assert(scene, JOBS_SENT, "");
	assert_int_equal(1, job_scene_entries(scene, LEDGER_SENT));
	assert_int_equal(0, job_scene_files(scene));
}

static void the_list_of_jobs_comes_through_the_sandbox(void **state)
{
	struct job_scene *scene = *state;
	struct job_answer *answer = NULL;
	struct job_list list = JOB_LIST_INIT;
	struct buf xml = BUF_INIT;
	job_scene_source(scene,
			 "echo '<Jobs xmlns=\"urn:sluice:jobs:1\"><Source>"
			 "<Job id=\"job-1\"/></Source></Jobs>'");
	pid_t pid = start_daemon(scene);
	expect_log("ready");
	assert_done(job_answer_open(scene->device.config.state, "key-1",
				    &answer, err));
	(void)ask(scene, REQUEST_JOBS, "key-1");
	assert_done(job_answer_wait(answer, HANGS_MS, &xml, err));
	assert_done(job_list_read(buf_str(&xml), xml.len, &list, err));
	assert_non_null(job_list_find(&list, "spool", "job-1"));
	end_daemon(pid);
	job_answer_close(answer);
	job_list_clear(&list);
	buf_clear(&xml);
}

static void assert_row(struct job_scene *scene, int64_t id,
		       enum request_state state, const char *problem)
{
	struct request_row row;
	assert_done(requests_get(scene->device.db, id, &row, err));
	assert_int_equal(state, row.state);
	if (strstr(row.problem, problem) == NULL) {
		fail_msg("%s", row.problem);
	}
}

static void a_person_is_told_why_the_server_was_not_asked(void **state)
{
	struct job_scene *scene = *state;
	struct client_done done;
	int64_t jobs = ask(scene, REQUEST_JOBS, "nobody-waits");
	int64_t keyless = ask(scene, REQUEST_JOBS, "");
	assert_done(consent_withdraw(scene->device.db, "carla", SERVICE_UNSET,
				     device_time(), NULL, err));
	int64_t notices = ask(scene, REQUEST_NOTICES, "");
	assert_done(client_work(&scene->device.client, true, &done, err));
	assert_int_equal(3, done.requests);
	assert_row(scene, jobs, REQUEST_DONE, "");
	assert_row(scene, keyless, REQUEST_REFUSED, "no key");
	assert_row(scene, notices, REQUEST_REFUSED,
		   "Remote services are not allowed");
}

/* A command's round is for what it asked, not for hours of an upload. */
static void only_the_daemons_round_takes_job_data_on(void **state)
{
	struct job_scene *scene = *state;
	struct client_done done;
	job_scene_server(scene, "");
	job_scene_confirm(scene, 1);
	assert_done(client_work(&scene->device.client, false, &done, err));
	job_scene_assert(scene, JOBS_WAITING, "");
	assert_true(fault_is_quiet(&scene->server));
	assert_done(client_work(&scene->device.client, true, &done, err));
	job_scene_assert(scene, JOBS_SENT, "");
	/* It would have given way before the next look at the table. */
	assert_true(scene->device.client.yield_at > 0);
	assert_true(scene->device.client.yield_at <= device_time() + LOOK_S);
	assert_true(done.next > device_time());
}

/* Job data that waits for a server wants a round at its time. */
static void the_next_round_is_when_job_data_is_due(void **state)
{
	struct job_scene *scene = *state;
	struct client_done done;
	job_scene_server(scene, "status=503");
	job_scene_confirm(scene, 1);
	assert_done(client_work(&scene->device.client, true, &done, err));
	assert_true(done.next > device_time());
	assert_true(done.next <= device_time() + JOBS_LOOK_S);
}

static void a_start_removes_what_pages_left_behind(void **state)
{
	struct job_scene *scene = *state;
	struct job_answer *left = NULL;
	char *path =
		device_config_state_path(&scene->device.config, "jobs-left");
	assert_done(job_answer_open(scene->device.config.state, "left", &left,
				    err));
	assert_int_equal(0, access(path, F_OK));
	pid_t pid = start_daemon(scene);
	expect_log("ready");
	assert_int_equal(-1, access(path, F_OK));
	assert_int_equal(ENOENT, errno);
	end_daemon(pid);
	job_answer_close(left);
	mem_free(path);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, job_scene_begin, job_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(an_upload_gives_way_and_goes_on_at_once),
		TEST(the_list_of_jobs_comes_through_the_sandbox),
		TEST(a_person_is_told_why_the_server_was_not_asked),
		TEST(only_the_daemons_round_takes_job_data_on),
		TEST(the_next_round_is_when_job_data_is_due),
		TEST(a_start_removes_what_pages_left_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
