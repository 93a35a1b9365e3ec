/* A folder with jobs, and with what others put there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collectors/job_folder.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "tests/support/folder.h"

static char dir[64];
static int folder = -1;

static int set_up(void **state)
{
	(void)state;
	folder_make(dir, sizeof(dir));
	assert_true(job_folder_open(dir, &folder, NULL));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)close(folder);
	folder_remove(dir);
	return 0;
}

static void put(const char *name, const char *text)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_APPEND, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Seconds since 1970. */
static void set_time(const char *name, time_t time)
{
	const struct timespec times[2] = { { time, 5 }, { time, 5 } };
	assert_int_equal(utimensat(folder, name, times, 0), 0);
}

static void list_jobs(struct job_list *list)
{
	struct err err = { .kind = ERR_NONE };
	memset(list, 0, sizeof(*list));
	if (!job_folder_list(folder, list, &err)) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(list->count, 1);
}

/* The only job's id. */
static void only_id(char id[JOB_ID_SIZE])
{
	struct job_list list;
	list_jobs(&list);
	assert_int_equal(list.of[0].count, 1);
	memcpy(id, list.of[0].jobs[0].id, JOB_ID_SIZE);
	job_list_clear(&list);
}

/* Of short jobs: what is written fits into a pipe. */
static bool get(const char *id, char text[256], struct err *err)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	err_reset(err);
	bool ok = job_folder_get(folder, id, ends[1], err);
	close(ends[1]);
	ssize_t got = read(ends[0], text, 255);
	assert_true(got >= 0);
	text[got] = '\0';
	close(ends[0]);
	return ok;
}

static void a_job_is_listed_and_given(void **state)
{
	(void)state;
	struct job_list list;
	struct err err = { .kind = ERR_NONE };
	char text[256];
	put("Invoice 12.pdf", "%PDF-1.7 secret");
	set_time("Invoice 12.pdf", 1795615327);
	list_jobs(&list);
	assert_int_equal(list.of[0].count, 1);
	const struct job *job = &list.of[0].jobs[0];
	assert_string_equal(job->name, "Invoice 12.pdf");
	assert_string_equal(job->type, "application/pdf");
	assert_int_equal(job->bytes, 15);
	assert_int_equal(job->pages, -1);
	assert_int_equal(job->time, 1795615327);
	assert_int_equal(strlen(job->id), 32);
	assert_int_equal(strspn(job->id, "0123456789abcdef"), 32);
	assert_true(get(job->id, text, &err));
	assert_string_equal(text, "%PDF-1.7 secret");
	job_list_clear(&list);
}

static void an_empty_one_is_one_too(void **state)
{
	(void)state;
	char id[JOB_ID_SIZE], text[256];
	struct err err = { .kind = ERR_NONE };
	put("empty", "");
	only_id(id);
	assert_true(get(id, text, &err));
	assert_string_equal(text, "");
}

static void another_content_has_another_id(void **state)
{
	(void)state;
	char first[JOB_ID_SIZE], id[JOB_ID_SIZE], text[256];
	struct err err = { .kind = ERR_NONE };
	put("job", "one");
	set_time("job", 1000);
	only_id(first);
	only_id(id);
	assert_string_equal(id, first);
	set_time("job", 1001);
	only_id(id);
	assert_string_not_equal(id, first);
	put("job", "more");
	set_time("job", 1000);
	only_id(id);
	assert_string_not_equal(id, first);
	assert_int_equal(renameat(folder, "job", folder, "other"), 0);
	char renamed[JOB_ID_SIZE];
	only_id(renamed);
	assert_string_not_equal(renamed, id);
	assert_false(get(first, text, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_string_equal(err.text, "There is no such job any more.");
	assert_string_equal(text, "");
}

static void only_whole_files_of_the_folder_count(void **state)
{
	(void)state;
	struct job_list list;
	put(".hidden", "x");
	put("half.part", "x");
	put("half.tmp", "x");
	assert_int_equal(symlinkat("/etc/shadow", folder, "shadow"), 0);
	assert_int_equal(symlinkat("half.part", folder, "link"), 0);
	assert_int_equal(symlinkat("/", folder, "root"), 0);
	assert_int_equal(mkfifoat(folder, "fifo", 0644), 0);
	assert_int_equal(mkdirat(folder, "sub", 0755), 0);
	put("sub/job", "x");
	list_jobs(&list);
	assert_int_equal(list.of[0].count, 0);
	assert_string_equal(list.of[0].problem, "");
	job_list_clear(&list);
	/* They count as soon as they are whole. */
	assert_int_equal(renameat(folder, "half.part", folder, "whole"), 0);
	list_jobs(&list);
	assert_int_equal(list.of[0].count, 1);
	job_list_clear(&list);
}

static void a_link_in_a_jobs_place_is_not_followed(void **state)
{
	(void)state;
	char id[JOB_ID_SIZE], text[256];
	struct err err = { .kind = ERR_NONE };
	put("job", "x");
	only_id(id);
	assert_int_equal(renameat(folder, "job", folder, ".moved"), 0);
	assert_int_equal(symlinkat(".moved", folder, "job"), 0);
	assert_false(get(id, text, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_string_equal(text, "");
}

static void names_are_bytes(void **state)
{
	(void)state;
	struct job_list list;
	struct err err = { .kind = ERR_NONE };
	char longest[256], text[256];
	memset(longest, '\xff', 255);
	longest[255] = '\0';
	const char *const names[] = {
		longest,
		"two\nlines",
		"\xe2\x80\xae"
		"fdp.exe",
		"<a>&\"'",
		"-rf",
		"$(id) `id`",
		"%s%n",
	};
	const size_t count = sizeof(names) / sizeof(names[0]);
	for (size_t i = 0; i < count; i++) {
		put(names[i], "x");
		set_time(names[i], (time_t)(1000 - i));
	}
	list_jobs(&list);
	assert_int_equal(list.of[0].count, count);
	for (size_t i = 0; i < count; i++) {
		const struct job *job = &list.of[0].jobs[i];
		assert_null(strpbrk(job->name, "\n\xff"));
		assert_null(strstr(job->name, "\xe2\x80\xae"));
		assert_true(get(job->id, text, &err));
	}
	assert_string_equal(list.of[0].jobs[1].name, "two\xef\xbf\xbdlines");
	assert_string_equal(list.of[0].jobs[3].name, "<a>&\"'");
	job_list_clear(&list);
}

static void an_unreadable_one_is_told(void **state)
{
	(void)state;
	char id[JOB_ID_SIZE], text[256];
	struct err err = { .kind = ERR_NONE };
	put("job", "x");
	only_id(id);
	assert_int_equal(fchmodat(folder, "job", 0, 0), 0);
	assert_int_equal(fchmod(folder, 0755), 0);
	pid_t pid = fork();
	if (pid == 0) {
		bool told =
			(geteuid() != 0 || setuid(64321) == 0) &&
			!get(id, text, &err) && err.kind == ERR_DENIED &&
			strncmp(err.text, "The job cannot be read: ", 24) == 0;
		_exit(told ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* ---- while it is read ---- */

#define BIG (1024 * 1024) /* more than a pipe holds */

static void put_big(const char *name)
{
	put(name, "start");
	int fd = openat(folder, name, O_WRONLY);
	assert_int_equal(ftruncate(fd, BIG), 0);
	close(fd);
}

/* A child that gives the job; it waits for us after 64 KiB. */
static pid_t start_get(const char *id, int *fd)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct err err = { .kind = ERR_NONE };
		close(ends[0]);
		bool ok = job_folder_get(folder, id, ends[1], &err);
		_exit(ok ? 0 : (int)err.kind);
	}
	close(ends[1]);
	char byte;
	assert_int_equal(read(ends[0], &byte, 1), 1);
	*fd = ends[0];
	return pid;
}

/* The rest of the job: its bytes, and how it ended. */
static size_t finish_get(pid_t pid, int fd, int *kind)
{
	static char part[65536];
	size_t sum = 1;
	ssize_t got;
	while ((got = read(fd, part, sizeof(part))) > 0) {
		sum += (size_t)got;
	}
	close(fd);
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	*kind = WEXITSTATUS(status);
	return sum;
}

static void grow(void)
{
	put("job", "more");
}

static void shrink(void)
{
	int fd = openat(folder, "job", O_WRONLY);
	assert_int_equal(ftruncate(fd, BIG - 1), 0);
	close(fd);
}

static void touch(void)
{
	set_time("job", 1000);
}

static void overwrite(void)
{
	int fd = openat(folder, "job", O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, BIG - 1), 1);
	close(fd);
	set_time("job", 1000);
}

static void one_that_changes_is_not_the_job(void **state)
{
	(void)state;
	static void (*const changes[])(void) = { grow, shrink, touch,
						 overwrite };
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char id[JOB_ID_SIZE];
		int fd, kind;
		put_big("job");
		only_id(id);
		pid_t pid = start_get(id, &fd);
		changes[i]();
		assert_true(finish_get(pid, fd, &kind) <= BIG);
		assert_int_equal(kind, ERR_INVALID);
		assert_int_equal(unlinkat(folder, "job", 0), 0);
	}
}

static void one_that_goes_meanwhile_is_whole(void **state)
{
	(void)state;
	char id[JOB_ID_SIZE];
	int fd, kind;
	put_big("job");
	only_id(id);
	pid_t pid = start_get(id, &fd);
	assert_int_equal(unlinkat(folder, "job", 0), 0);
	assert_int_equal(finish_get(pid, fd, &kind), BIG);
	assert_int_equal(kind, 0);
}

/* ---- many ---- */

static void the_newest_are_listed_and_the_others_can_be_got(void **state)
{
	(void)state;
	struct job_list list, all;
	struct err err = { .kind = ERR_NONE };
	char text[256], oldest[JOB_ID_SIZE];
	put("oldest", "first");
	set_time("oldest", 1);
	only_id(oldest);
	for (int i = 0; i < JOB_LIST_MAX + 20; i++) {
		char name[16];
		snprintf(name, sizeof(name), "job-%d", i);
		put(name, "x");
		set_time(name, 1000 + i * 7919 % 1000);
	}
	list_jobs(&list);
	assert_int_equal(list.of[0].count, JOB_LIST_MAX);
	assert_non_null(strstr(list.of[0].problem, "newest"));
	for (size_t i = 1; i < list.of[0].count; i++) {
		assert_true(list.of[0].jobs[i - 1].time >=
			    list.of[0].jobs[i].time);
	}
	assert_null(job_list_find(&list, "", oldest));
	assert_true(get(oldest, text, &err));
	assert_string_equal(text, "first");
	struct buf out = BUF_INIT;
	job_list_put(&out, &list);
	assert_true(job_list_read(buf_str(&out), out.len, &all, NULL));
	buf_clear(&out);
	job_list_clear(&all);
	job_list_clear(&list);
}

static void what_is_no_folder_is_told(void **state)
{
	(void)state;
	int none = -1;
	struct err err = { .kind = ERR_NONE };
	assert_false(job_folder_open("/nonexistent/folder", &none, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	err_reset(&err);
	assert_false(job_folder_open("/etc/passwd", &none, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_int_equal(none, -1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_job_is_listed_and_given),
		TEST(an_empty_one_is_one_too),
		TEST(another_content_has_another_id),
		TEST(only_whole_files_of_the_folder_count),
		TEST(a_link_in_a_jobs_place_is_not_followed),
		TEST(names_are_bytes),
		TEST(an_unreadable_one_is_told),
		TEST(one_that_changes_is_not_the_job),
		TEST(one_that_goes_meanwhile_is_whole),
		TEST(the_newest_are_listed_and_the_others_can_be_got),
		TEST(what_is_no_folder_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
