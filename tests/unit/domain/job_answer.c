/*
 * Lists of jobs from the daemon to a page (src/domain/job_answer.c). The
 * daemon's end runs in a child.
 */
#include "domain/job_answer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "formats/job_list.h"
#include "tests/support/folder.h"
#include "tests/unit/store/temporary_db.h"

#define LONG_MS 60000 /* longer than any test: nothing waits for it */

/* One letter too long. */
#define LONG_ID                               \
	"12345678901234567890123456789012345" \
	"678901234567890123456789012345"

struct place {
	char state[64];
	struct job_answer *answer; /* of key "k" */
};

static int begin(void **state)
{
	struct place *p = mem_zalloc(sizeof(*p));
	signal(SIGPIPE, SIG_IGN);
	folder_make(p->state, sizeof(p->state));
	assert_done(job_answer_open(p->state, "k", &p->answer, err));
	*state = p;
	return 0;
}

static int end(void **state)
{
	struct place *p = *state;
	job_answer_close(p->answer);
	folder_remove(p->state);
	mem_free(p);
	return 0;
}

static void path_in(const struct place *p, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", p->state, name);
}

/* A daemon that gives so many bytes; its exit code is the kind of its error. */
static pid_t give(const struct place *p, size_t bytes, int timeout_ms)
{
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct err why = { .kind = ERR_NONE };
		char *list = mem_zalloc(bytes + 1);
		/* Else it would be a reader itself. */
		for (int fd = 3; fd < 64; fd++) {
			close(fd);
		}
		memset(list, 'j', bytes);
		bool ok = job_answer_give(p->state, "k", list, bytes,
					  timeout_ms, &why);
		_exit(ok ? ERR_NONE : (int)why.kind);
	}
	return child;
}

static int given(pid_t child)
{
	int status = 1;
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static size_t entries_in(const char *state)
{
	size_t count = 0;
	DIR *folder = opendir(state);
	const struct dirent *entry;
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		count += entry->d_name[0] != '.';
	}
	closedir(folder);
	return count;
}

static void the_page_gets_what_the_daemon_gives(void **state)
{
	struct place *p = *state;
	static const size_t sizes[] = { 1, 4096, 65536, 65537,
					JOB_LIST_BYTES_MAX };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct buf out = BUF_INIT;
		job_answer_close(p->answer);
		p->answer = NULL;
		assert_done(job_answer_open(p->state, "k", &p->answer, err));
		pid_t child = give(p, sizes[i], LONG_MS);
		assert_done(job_answer_wait(p->answer, LONG_MS, &out, err));
		assert_int_equal(ERR_NONE, given(child));
		assert_int_equal(sizes[i], out.len);
		assert_int_equal('j', out.data[out.len - 1]);
		buf_burn(&out);
	}
}

static void it_is_a_fifo_for_the_group_and_goes_away(void **state)
{
	struct place *p = *state;
	char path[128];
	struct stat about;
	mode_t before = umask(077);
	job_answer_close(p->answer);
	p->answer = NULL;
	assert_int_equal(0, entries_in(p->state));
	assert_done(job_answer_open(p->state, "k", &p->answer, err));
	umask(before);
	path_in(p, "jobs-k", path);
	assert_int_equal(0, lstat(path, &about));
	assert_true(S_ISFIFO(about.st_mode));
	assert_int_equal(0660, about.st_mode & 07777);
	job_answer_close(p->answer);
	p->answer = NULL;
	assert_int_equal(0, entries_in(p->state));
	job_answer_close(NULL);
}

/* What was on its way is in no file, during and after. */
static void nothing_of_it_is_in_a_file(void **state)
{
	struct place *p = *state;
	char path[128];
	struct stat about;
	struct buf out = BUF_INIT;
	pid_t child = give(p, 1000, LONG_MS);
	assert_int_equal(ERR_NONE, given(child)); /* the kernel holds it */
	path_in(p, "jobs-k", path);
	assert_int_equal(0, lstat(path, &about));
	assert_int_equal(0, about.st_size);
	assert_int_equal(1, entries_in(p->state));
	assert_done(job_answer_wait(p->answer, LONG_MS, &out, err));
	assert_int_equal(1000, out.len);
	buf_burn(&out);
}

static void nobody_answers(void **state)
{
	struct place *p = *state;
	struct buf out = BUF_INIT;
	assert_fails(ERR_RETRY, job_answer_wait(p->answer, 1, &out, err));
	assert_int_equal(0, out.len);
}

/* The daemon ends before it said anything. */
static void an_empty_answer_is_none(void **state)
{
	struct place *p = *state;
	struct buf out = BUF_INIT;
	assert_int_equal(ERR_NONE, given(give(p, 0, LONG_MS)));
	assert_fails(ERR_RETRY, job_answer_wait(p->answer, 1, &out, err));
	buf_burn(&out);
}

static void an_answer_that_does_not_end_is_not_taken(void **state)
{
	struct place *p = *state;
	char path[128];
	struct buf out = BUF_INIT;
	path_in(p, "jobs-k", path);
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(4, write(fd, "some", 4));
	assert_fails(ERR_RETRY, job_answer_wait(p->answer, 1, &out, err));
	close(fd);
	buf_clear(&out);
}

static void too_long_is_refused_and_the_daemon_goes_on(void **state)
{
	struct place *p = *state;
	struct buf out = BUF_INIT;
	pid_t child = give(p, JOB_LIST_BYTES_MAX + 100000, LONG_MS);
	assert_fails(ERR_LIMIT, job_answer_wait(p->answer, LONG_MS, &out, err));
	assert_true(out.len <= JOB_LIST_BYTES_MAX);
	job_answer_close(p->answer);
	p->answer = NULL;
	assert_int_equal(ERR_NONE, given(child));
	buf_burn(&out);
}

static void nobody_reads(void **state)
{
	struct place *p = *state;
	/* More than a pipe holds, and a page that does not read. */
	assert_int_equal(ERR_RETRY, given(give(p, 300000, 1)));
	/* A page that went away. */
	job_answer_close(p->answer);
	p->answer = NULL;
	assert_done(job_answer_give(p->state, "k", "x", 1, LONG_MS, err));
}

/* The page died and left its place. */
static void a_place_without_a_reader_is_no_error(void **state)
{
	struct place *p = *state;
	char path[128];
	path_in(p, "jobs-dead", path);
	assert_int_equal(0, mkfifo(path, 0660));
	assert_done(job_answer_give(p->state, "dead", "x", 1, LONG_MS, err));
}

static void keys_are_ids(void **state)
{
	struct place *p = *state;
	static const char *const bad[] = { "",     "../x",     "a/b",  "a b",
					   "a\nb", "\xc3\xa4", LONG_ID };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct job_answer *answer = NULL;
		assert_fails(ERR_INVALID,
			     job_answer_open(p->state, bad[i], &answer, err));
		assert_null(answer);
		assert_fails(ERR_INVALID, job_answer_give(p->state, bad[i], "x",
							  1, LONG_MS, err));
	}
	assert_int_equal(1, entries_in(p->state));
}

static void a_place_is_made_once(void **state)
{
	struct place *p = *state;
	struct job_answer *answer = NULL;
	assert_fails(ERR_IO, job_answer_open(p->state, "k", &answer, err));
	assert_null(answer);
	/* And the one that stands stays. */
	assert_int_equal(1, entries_in(p->state));
	assert_fails(ERR_IO,
		     job_answer_open("/nonexistent", "k", &answer, err));
}

/* Names of jobs never go into what is no FIFO. */
static void what_is_no_fifo_is_not_written(void **state)
{
	struct place *p = *state;
	char file[128], link[128], other[128];
	struct buf kept = BUF_INIT;
	path_in(p, "jobs-file", file);
	path_in(p, "jobs-link", link);
	path_in(p, "other", other);
	assert_done(files_write(file, "kept", 4, 0600, err));
	assert_done(files_write(other, "kept", 4, 0600, err));
	assert_int_equal(0, symlink(other, link));
	assert_fails(ERR_IO, job_answer_give(p->state, "file", "names", 5,
					     LONG_MS, err));
	assert_fails(ERR_IO, job_answer_give(p->state, "link", "names", 5,
					     LONG_MS, err));
	assert_done(files_read(file, 99, &kept, err));
	assert_done(files_read(other, 99, &kept, err));
	assert_string_equal("keptkept", buf_str(&kept));
	buf_clear(&kept);
	struct job_answer *answer = NULL;
	assert_fails(ERR_IO, job_answer_open(p->state, "file", &answer, err));
	assert_fails(ERR_IO, job_answer_open(p->state, "link", &answer, err));
	assert_true(files_exists(file));
}

static void the_sweep_takes_places_and_nothing_else(void **state)
{
	struct place *p = *state;
	char file[128], link[128], fifo[128], other[128], folder[128];
	path_in(p, "jobs-file", file);
	path_in(p, "jobs-link", link);
	path_in(p, "jobs-folder", folder);
	path_in(p, "jobs-left", fifo);
	path_in(p, "other", other);
	assert_done(files_write(file, "x", 1, 0600, err));
	assert_int_equal(0, symlink("other", link));
	assert_int_equal(0, mkdir(folder, 0700));
	assert_int_equal(0, mkfifo(fifo, 0600));
	assert_int_equal(0, mkfifo(other, 0600));
	job_answer_sweep(p->state);
	assert_int_equal(4, entries_in(p->state));
	struct stat about;
	assert_int_equal(-1, lstat(fifo, &about));
	assert_int_equal(0, lstat(other, &about));
	assert_int_equal(0, lstat(link, &about));
	assert_int_equal(0, lstat(file, &about));
	job_answer_sweep("/nonexistent");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		T(the_page_gets_what_the_daemon_gives),
		T(it_is_a_fifo_for_the_group_and_goes_away),
		T(nothing_of_it_is_in_a_file),
		T(nobody_answers),
		T(an_empty_answer_is_none),
		T(an_answer_that_does_not_end_is_not_taken),
		T(too_long_is_refused_and_the_daemon_goes_on),
		T(nobody_reads),
		T(a_place_without_a_reader_is_no_error),
		T(keys_are_ids),
		T(a_place_is_made_once),
		T(what_is_no_fifo_is_not_written),
		T(the_sweep_takes_places_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
