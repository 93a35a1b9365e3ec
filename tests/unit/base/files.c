/* Files are read under a bound and replaced whole or not at all. */
#include "base/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

/* A folder of its own for each test. */
static int make_folder(void **state)
{
	const char *base = getenv("TMPDIR");
	char *dir = files_join(base != NULL ? base : "/tmp", "files-XXXXXX");
	*state = mkdtemp(dir);
	return *state == NULL;
}

static int remove_folder(void **state)
{
	char command[4200];
	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	int failed = system(command);
	mem_free(*state);
	return failed;
}

static size_t count_entries(const char *dir)
{
	size_t count = 0;
	DIR *open = opendir(dir);
	assert_non_null(open);
	while (readdir(open) != NULL) {
		count++;
	}
	closedir(open);
	return count - 2; /* . and .. */
}

static void what_was_written_is_read(void **state)
{
	char *path = files_join(*state, "file");
	struct err err = { 0 };
	struct buf out = BUF_INIT;
	buf_put_str(&out, "before ");
	assert_true(files_write(path, "a\0b", 3, 0640, &err));
	assert_true(files_read(path, 3, &out, &err));
	assert_int_equal(out.len, 10);
	assert_memory_equal(out.data, "before a\0b", 11);
	buf_clear(&out);
	mem_free(path);
}

static void replacing_leaves_one_file_with_the_mode(void **state)
{
	char *path = files_join(*state, "file");
	struct err err = { 0 };
	struct stat about;
	mode_t before = umask(077);
	assert_true(files_write(path, "one", 3, 0600, &err));
	assert_true(files_write(path, "", 0, 0664, &err));
	umask(before);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0664);
	assert_int_equal(about.st_size, 0);
	assert_int_equal(count_entries(*state), 1);
	mem_free(path);
}

static void a_bigger_file_is_refused_and_nothing_put(void **state)
{
	char *path = files_join(*state, "file");
	struct err err = { 0 };
	struct buf out = BUF_INIT;
	buf_put_str(&out, "kept");
	char *big = mem_zalloc(40000);
	assert_true(files_write(path, big, 40000, 0600, &err));
	assert_false(files_read(path, 39999, &out, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(buf_str(&out), "kept");
	err_reset(&err);
	out.max = 100;
	assert_false(files_read(path, 40000, &out, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&out);
	mem_free(big);
	mem_free(path);
}

static void a_missing_file_is_not_found(void **state)
{
	struct err err = { 0 };
	struct buf out = BUF_INIT;
	char *path = files_join(*state, "none");
	assert_false(files_exists(path));
	assert_false(files_read(path, 10, &out, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, path));
	mem_free(path);
}

static void what_is_no_ordinary_file_is_not_read(void **state)
{
	struct err err = { 0 };
	struct buf out = BUF_INIT;
	assert_false(files_read(*state, 10, &out, &err));
	assert_int_equal(err.kind, ERR_IO);
	char *fifo = files_join(*state, "fifo");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	err_reset(&err);
	assert_false(files_read(fifo, 10, &out, &err)); /* and does not hang */
	assert_int_equal(err.kind, ERR_IO);
	mem_free(fifo);
}

static void a_failed_write_keeps_the_old_file(void **state)
{
	char *path = files_join(*state, "file");
	struct err err = { 0 };
	assert_true(files_write(path, "old", 3, 0600, &err));
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* As a full disk: no file may grow over 1,000 bytes. */
		struct rlimit limit = { 1000, 1000 };
		char *big = mem_zalloc(5000);
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		bool refused = !files_write(path, big, 5000, 0600, &err) &&
			       err.kind == ERR_IO;
		mem_free(big);
		_exit(refused ? 0 : 1);
	}
	int status = 1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	struct buf out = BUF_INIT;
	assert_true(files_read(path, 100, &out, &err));
	assert_string_equal(buf_str(&out), "old");
	assert_int_equal(count_entries(*state), 1);
	buf_clear(&out);
	mem_free(path);
}

static void writing_where_no_folder_is_fails(void **state)
{
	char *path = files_join(*state, "none/file");
	struct err err = { 0 };
	assert_false(files_write(path, "x", 1, 0600, &err));
	assert_int_equal(err.kind, ERR_IO);
	mem_free(path);
}

static void a_file_takes_the_place_of_another(void **state)
{
	char *from = files_join(*state, "next");
	char *to = files_join(*state, "file");
	struct err err = { 0 };
	struct buf out = BUF_INIT;
	assert_true(files_write(from, "new", 3, 0600, &err));
	assert_true(files_write(to, "old", 3, 0644, &err));
	assert_true(files_replace(from, to, &err));
	assert_false(files_exists(from));
	assert_true(files_read(to, 10, &out, &err));
	assert_string_equal(buf_str(&out), "new");
	assert_int_equal(count_entries(*state), 1);
	assert_false(files_replace(from, to, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_true(files_exists(to));
	buf_clear(&out);
	mem_free(from);
	mem_free(to);
}

static void a_file_is_removed_and_may_be_gone_already(void **state)
{
	char *path = files_join(*state, "file");
	struct err err = { 0 };
	assert_true(files_write(path, "x", 1, 0600, &err));
	assert_true(files_remove(path, &err));
	assert_false(files_exists(path));
	assert_true(files_remove(path, &err));
	assert_true(files_make_dir(path, 0700, &err));
	assert_false(files_remove(path, &err));
	assert_int_equal(err.kind, ERR_IO);
	mem_free(path);
}

static void folders_are_made_with_their_parents(void **state)
{
	char *path = files_join(*state, "a//b/c/");
	char *middle = files_join(*state, "a/b");
	struct err err = { 0 };
	struct stat about;
	assert_true(files_make_dir(path, 0750, &err));
	assert_true(files_make_dir(path, 0700, &err));
	assert_int_equal(stat(middle, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0750);
	char *file = files_join(path, "file");
	char *below = files_join(file, "d");
	assert_true(files_write(file, "", 0, 0600, &err));
	assert_false(files_make_dir(file, 0700, &err));
	assert_int_equal(err.kind, ERR_IO);
	err_reset(&err);
	assert_false(files_make_dir(below, 0700, &err));
	assert_int_equal(err.kind, ERR_IO);
	mem_free(below);
	mem_free(file);
	mem_free(middle);
	mem_free(path);
}

static void joining_puts_one_slash(void **state)
{
	(void)state;
	static const char *const cases[][3] = { { "a", "b", "a/b" },
						{ "a/", "b", "a/b" },
						{ "/", "b", "/b" },
						{ "", "b", "b" } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *joined = files_join(cases[i][0], cases[i][1]);
		assert_string_equal(joined, cases[i][2]);
		mem_free(joined);
	}
}

static void a_held_lock_is_refused_until_it_is_let_go(void **state)
{
	char *path = files_join(*state, "lock");
	struct err err = { 0 };
	int first = -1;
	int second = -1;
	assert_true(files_lock(path, &first, &err));
	assert_false(files_lock(path, &second, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_int_equal(second, -1);
	close(first);
	err_reset(&err);
	assert_true(files_lock(path, &second, &err));
	close(second);
	char *nowhere = files_join(*state, "none/lock");
	assert_false(files_lock(nowhere, &first, &err));
	assert_int_equal(err.kind, ERR_IO);
	mem_free(nowhere);
	mem_free(path);
}

#define WITH_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(what_was_written_is_read),
		WITH_FOLDER(replacing_leaves_one_file_with_the_mode),
		WITH_FOLDER(a_bigger_file_is_refused_and_nothing_put),
		WITH_FOLDER(a_missing_file_is_not_found),
		WITH_FOLDER(what_is_no_ordinary_file_is_not_read),
		WITH_FOLDER(a_failed_write_keeps_the_old_file),
		WITH_FOLDER(writing_where_no_folder_is_fails),
		WITH_FOLDER(a_file_takes_the_place_of_another),
		WITH_FOLDER(a_file_is_removed_and_may_be_gone_already),
		WITH_FOLDER(folders_are_made_with_their_parents),
		cmocka_unit_test(joining_puts_one_slash),
		WITH_FOLDER(a_held_lock_is_refused_until_it_is_let_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
