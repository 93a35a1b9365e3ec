/*
 * Job sources that do what they should, and others; in processes of ours, and
 * through a launcher where root runs the tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/job_source.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "tests/support/device.h"

#define CLIENT_UID 64321 /* nobody has it */

static struct device device;
static const struct log no_log = { .fd = -1, .program = "test" };

#define LIST(jobs)                                              \
	"echo '<Jobs xmlns=\"urn:sluice:jobs:1\"><Source>" jobs \
	"</Source></Jobs>'"

/* Lists two jobs and gives "content". */
static const char good[] =
	"case $1 in list) " LIST("<Job id=\"1\"><Name>a</Name></Job>"
				 "<Job id=\"2\"/>") ";; "
						    "get) printf "
						    "content;; esac";

/* The n-th source is this script, with "list" or "get ID" behind. */
static void set_source(size_t n, const char *script)
{
	static char paths[DEVICE_JOB_SOURCES_MAX][128];
	static const char *const names[DEVICE_JOB_SOURCES_MAX] = {
		"zero", "one", "two", "three", "four", "five", "six", "seven",
	};
	snprintf(paths[n], sizeof(paths[n]), "%s/jobs-%zu", device.dir, n);
	/* In place: a launcher may run this file and no other. */
	FILE *file = fopen(paths[n], "w");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n", script);
	fclose(file);
	assert_int_equal(chmod(paths[n], 0755), 0);
	device.config.job_sources[n] = (struct device_job_source){
		.run = { names[n], paths[n], "", "" },
		.title = "A source",
	};
	if (n >= device.config.job_sources_count) {
		device.config.job_sources_count = n + 1;
	}
}

static void list_jobs(struct job_list *list)
{
	struct err err = { .kind = ERR_NONE };
	if (!job_source_list(&device.client, list, &err)) {
		fail_msg("%s", err.text);
	}
}

static struct job_stream *open_job(const char *source, const char *id)
{
	struct job_stream *stream = NULL;
	struct err err = { .kind = ERR_NONE };
	if (!job_source_open(&device.client, source, id, &stream, &err)) {
		fail_msg("%s", err.text);
	}
	return stream;
}

/* Counts the bytes up to the end; -1 = failed. */
static ssize_t read_whole(struct job_stream *stream, struct err *err)
{
	static uint8_t part[65536];
	ssize_t got, sum = 0;
	while ((got = job_stream_read(stream, part, sizeof(part), err)) > 0) {
		sum += got;
	}
	return got < 0 ? -1 : sum;
}

/* The first source's job 1 has so many bytes, and this is the verdict. */
static void assert_job(ssize_t bytes, enum err_kind kind, const char *words)
{
	struct err err = { .kind = ERR_NONE }, verdict = { .kind = ERR_NONE };
	struct job_stream *stream = open_job("zero", "1");
	assert_int_equal(read_whole(stream, &err), bytes);
	bool ok = job_stream_close(stream, &verdict);
	if (ok != (kind == ERR_NONE) || verdict.kind != kind ||
	    strstr(verdict.text, words) == NULL) {
		fail_msg("\"%s\" (%s)", verdict.text,
			 err_kind_name(verdict.kind));
	}
}

/* ---- all of these hold with a launcher, too ---- */

static void sources_are_listed_together(void **state)
{
	(void)state;
	struct job_list list;
	set_source(0, good);
	set_source(1, "echo 'The queue is gone.' >&2; exit 1");
	set_source(2, good);
	list_jobs(&list);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.of[0].name, "zero");
	assert_string_equal(list.of[0].title, "A source");
	assert_string_equal(list.of[0].problem, "");
	assert_string_equal(list.of[1].problem, "The queue is gone.");
	assert_int_equal(list.of[1].count, 0);
	assert_non_null(job_list_find(&list, "two", "1"));
	assert_string_equal(job_list_find(&list, "zero", "1")->name, "a");
	job_list_clear(&list);
}

static void a_bad_list_is_a_problem(void **state)
{
	(void)state;
	static const struct {
		const char *script, *problem;
	} rows[] = {
		{ "echo hello", "no list of jobs" },
		{ "exit 0", "printed nothing" },
		{ "exit 3", "status 3" },
		{ "yes", "more than" },
		{ LIST("<Job id=\"a/b\"/>"), "no list of jobs" },
		{ "echo '<Jobs xmlns=\"urn:sluice:jobs:1\"/>'", "0 sources" },
		{ LIST("<Problem>It is asleep.</Problem>"), "It is asleep." },
		{ "printf 'a\\342\\200\\256b\\nc' >&2; exit 1", "a\xef\xbf\xbd"
								"b" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct job_list list;
		set_source(0, rows[i].script);
		list_jobs(&list);
		if (strstr(list.of[0].problem, rows[i].problem) == NULL) {
			fail_msg("%s: %s", rows[i].script, list.of[0].problem);
		}
		assert_null(strchr(list.of[0].problem, '\n'));
		job_list_clear(&list);
	}
}

static void a_job_is_read_to_its_verdict(void **state)
{
	(void)state;
	set_source(0, "printf \"$1 $2\"");
	assert_job(5, ERR_NONE, "");
	set_source(0, "yes | head -c 5000000");
	assert_job(5000000, ERR_NONE, "");
	set_source(0, "exit 0");
	assert_job(0, ERR_NONE, "");
	set_source(0, "printf part; echo 'The job changed.' >&2; exit 1");
	assert_job(4, ERR_INVALID, "The job changed.");
	set_source(0, "printf part; exit 4");
	assert_job(4, ERR_INVALID, "A source");
	set_source(0, "kill -9 $$");
	assert_job(0, ERR_INVALID, "signal 9");
	set_source(0, "yes | head -c 1000000 >&2; printf x");
	assert_job(1, ERR_NONE, "");
	set_source(0, "echo x");
	device.config.job_sources[0].run.program = "/nonexistent/jobs";
	assert_job(0, ERR_IO, "cannot be started");
}

static void a_stream_that_is_given_up_leaves_all_else(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	struct job_list list;
	char byte;
	set_source(0, "case $1 in list) " LIST("") ";; *) exec yes;; "
						   "esac");
	for (int i = 0; i < 3; i++) {
		struct job_stream *stream = open_job("zero", "1");
		assert_int_equal(job_stream_read(stream, &byte, 1, &err), 1);
		assert_false(job_stream_close(stream, &err));
		assert_int_equal(err.kind, ERR_RETRY);
		err_reset(&err);
		list_jobs(&list);
		assert_string_equal(list.of[0].problem, "");
		job_list_clear(&list);
	}
}

static void one_that_hangs_has_its_time(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	set_source(0, "exec tail -f /dev/null");
	device.config.jobs_timeout_s = 1;
	struct job_stream *stream = open_job("zero", "1");
	/* Late here, or the end that the launcher put to it. */
	if (read_whole(stream, &err) != 0) {
		assert_int_equal(err.kind, ERR_RETRY);
	}
	err_reset(&err);
	assert_false(job_stream_close(stream, &err));
	assert_int_equal(err.kind, ERR_RETRY);
}

static void it_sees_little_and_writes_nothing(void **state)
{
	(void)state;
	struct job_list list;
	/* What it says is shown only when it fails. */
	set_source(0, "for f in ./jobs-x $0.x /var/tmp/jobs-x; do"
		      " echo x 2>/dev/null >$f && echo wrote $f >&2 && exit 1;"
		      "done;"
		      "ls /proc /root >/dev/null 2>&1 && echo sees >&2 &&"
		      " exit 1; " LIST(""));
	list_jobs(&list);
	assert_string_equal(list.of[0].problem, "");
	job_list_clear(&list);
}

/* ---- without one ---- */

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	struct job_list list;
	struct job_stream *stream = NULL;
	struct err err = { .kind = ERR_NONE };
	assert_false(job_source_list(&device.client, &list, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	job_list_clear(&list);
	set_source(0, good);
	static const char *const wrong[][2] = {
		{ "one", "1" }, { "", "1" }, { "zero", "" }, { "zero", "../1" }
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		err_reset(&err);
		assert_false(job_source_open(&device.client, wrong[i][0],
					     wrong[i][1], &stream, &err));
		assert_int_equal(err.kind, ERR_NOT_FOUND);
		assert_null(stream);
	}
}

static void a_stop_ends_it(void **state)
{
	(void)state;
	struct job_list list;
	struct err err = { .kind = ERR_NONE };
	int ends[2];
	set_source(0, "exec tail -f /dev/null");
	struct job_stream *stream = open_job("zero", "1");
	(void)!job_stream_close(stream, NULL);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	device.client.stop_fd = ends[0];
	stream = open_job("zero", "1");
	assert_int_equal(read_whole(stream, &err), -1);
	assert_int_equal(err.kind, ERR_RETRY);
	assert_false(job_stream_close(stream, NULL));
	err_reset(&err);
	assert_false(job_source_list(&device.client, &list, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	job_list_clear(&list);
	close(ends[0]);
	close(ends[1]);
}

static void what_does_not_fit_is_said(void **state)
{
	(void)state;
	struct job_list list;
	for (size_t n = 0; n < 2; n++) {
		set_source(n,
			   "echo '<Jobs xmlns=\"urn:sluice:jobs:1\"><Source>';"
			   "for i in $(seq 300); do echo \"<Job id='$i'/>\"; "
			   "done; echo '</Source></Jobs>'");
	}
	list_jobs(&list);
	assert_int_equal(list.of[0].count, 300);
	assert_int_equal(list.of[1].count, JOB_LIST_MAX - 300);
	assert_string_equal(list.of[0].problem, "");
	assert_non_null(strstr(list.of[1].problem, "only the first"));
	job_list_clear(&list);
}

/* ---- with one ---- */

static void only_one_job_is_open_at_a_time(void **state)
{
	(void)state;
	struct job_stream *other = NULL;
	struct job_list list;
	struct err err = { .kind = ERR_NONE };
	set_source(0, good);
	struct job_stream *stream = open_job("zero", "1");
	assert_false(
		job_source_open(&device.client, "zero", "2", &other, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	list_jobs(&list);
	assert_non_null(strstr(list.of[0].problem, "being read"));
	job_list_clear(&list);
	assert_int_equal(read_whole(stream, &err), 7);
	assert_true(job_stream_close(stream, &err));
	list_jobs(&list);
	assert_int_equal(list.of[0].count, 2);
	job_list_clear(&list);
}

static void it_runs_as_somebody_else(void **state)
{
	(void)state;
	struct job_list list;
	char own[32];
	set_source(0, "[ $1 = list ] || exec id -u; id -u >&2; exit 1");
	list_jobs(&list);
	snprintf(own, sizeof(own), "%ju", (uintmax_t)geteuid());
	assert_string_not_equal(list.of[0].problem, own);
	assert_int_equal(strspn(list.of[0].problem, "0123456789"),
			 strlen(list.of[0].problem));
	job_list_clear(&list);
}

/* The launcher knows the sources of its start: eight, changed as files. */
static int start_launcher(void **state)
{
	device_set_up(state);
	device.config.jobs_timeout_s = 60;
	if (geteuid() != 0) {
		return 0;
	}
	assert_int_equal(chmod(device.dir, 0755), 0);
	assert_int_equal(chown(device.config.state, CLIENT_UID, CLIENT_UID), 0);
	for (size_t n = 0; n < 3; n++) {
		set_source(n, good);
	}
	assert_true(launcher_start(&device.config, &no_log,
				   &device.client.launcher, NULL));
	assert_non_null(device.client.launcher);
	device.config.job_sources_count = 0;
	return 0;
}

static int end_launcher(void **state)
{
	launcher_end(device.client.launcher);
	return device_tear_down(state);
}

static int set_up(void **state)
{
	device_set_up(state);
	device.config.jobs_timeout_s = 60;
	return 0;
}

int main(void)
{
#define TEST(name)                                             \
	cmocka_unit_test_prestate_setup_teardown(name, set_up, \
						 device_tear_down, &device)
#define LAUNCHED(name)                                                   \
	{                                                                \
#name " (launched)", name, start_launcher, end_launcher, \
			&device                                          \
	}
	const struct CMUnitTest tests[] = {
		TEST(sources_are_listed_together),
		TEST(a_bad_list_is_a_problem),
		TEST(a_job_is_read_to_its_verdict),
		TEST(a_stream_that_is_given_up_leaves_all_else),
		TEST(one_that_hangs_has_its_time),
		TEST(it_sees_little_and_writes_nothing),
		TEST(what_is_not_there_is_not_found),
		TEST(a_stop_ends_it),
		TEST(what_does_not_fit_is_said),
	};
	const struct CMUnitTest launched[] = {
		LAUNCHED(sources_are_listed_together),
		LAUNCHED(a_bad_list_is_a_problem),
		LAUNCHED(a_stream_that_is_given_up_leaves_all_else),
		LAUNCHED(one_that_hangs_has_its_time),
		LAUNCHED(it_sees_little_and_writes_nothing),
		LAUNCHED(a_stop_ends_it),
		LAUNCHED(only_one_job_is_open_at_a_time),
		LAUNCHED(it_runs_as_somebody_else),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	/* Others than root get no launcher. */
	if (geteuid() == 0) {
		failed += cmocka_run_group_tests(launched, NULL, NULL);
	}
	return failed;
}
