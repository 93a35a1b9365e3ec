/* The folder of a first configuration. */
#include "base/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"

struct fixture {
	char *dir; /* as realpath() says */
	struct place place;
};

static int make_fixture(void **state)
{
	const char *base = getenv("TMPDIR");
	struct fixture *f = mem_zalloc(sizeof(*f));
	char *dir = files_join(base != NULL ? base : "/tmp", "place-XXXXXX");
	if (mkdtemp(dir) == NULL) {
		return -1;
	}
	f->dir = realpath(dir, NULL);
	mem_free(dir);
	*state = f;
	return 0;
}

static void remove_one(const char *dir, const char *name)
{
	char *path = files_join(dir, name);
	if (unlink(path) != 0) {
		(void)rmdir(path);
	}
	mem_free(path);
}

static int remove_fixture(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "a/b/web/tmp", "a/b/web",
					     "a/b/text",    "a/b/x.conf.draft",
					     "a/b",         "a",
					     "file" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		remove_one(f->dir, names[i]);
	}
	int failed = rmdir(f->dir);
	place_clear(&f->place);
	mem_free(f->dir);
	mem_free(f);
	return failed;
}

static bool open_at(struct fixture *f, const char *name, struct err *err)
{
	char *conf = files_join(f->dir, name);
	place_clear(&f->place);
	bool ok = place_open(conf, &f->place, err);
	mem_free(conf);
	return ok;
}

/* Permissions of a file in the place. */
static mode_t mode_of(const struct fixture *f, const char *name)
{
	struct stat about;
	char *path = files_join(f->place.folder, name);
	assert_int_equal(stat(path, &about), 0);
	mem_free(path);
	return about.st_mode & 07777;
}

static void assert_content(const char *path, const char *wanted)
{
	struct buf text = BUF_INIT;
	assert_true(files_read(path, 100, &text, NULL));
	assert_string_equal(buf_str(&text), wanted);
	buf_clear(&text);
}

static void the_folder_is_made_and_its_paths_are_absolute(void **state)
{
	struct fixture *f = *state;
	assert_true(open_at(f, "a/./b//x.conf", NULL));
	char *folder = files_join(f->dir, "a/b");
	char *conf = files_join(folder, "x.conf");
	char *draft = files_join(folder, "x.conf.draft");
	assert_string_equal(f->place.folder, folder);
	assert_string_equal(f->place.conf, conf);
	assert_string_equal(f->place.draft, draft);
	assert_int_equal(mode_of(f, "."), 0755);
	assert_false(files_exists(conf));
	assert_false(files_exists(draft));
	mem_free(folder);
	mem_free(conf);
	mem_free(draft);
}

static void a_name_without_folder_is_in_the_working_folder(void **state)
{
	struct fixture *f = *state;
	char *here = realpath(".", NULL);
	assert_true(place_open("x.conf", &f->place, NULL));
	assert_string_equal(f->place.folder, here);
	mem_free(here);
}

static void a_file_in_the_way_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	char *path = files_join(f->dir, "file");
	assert_true(files_write(path, "", 0, 0600, NULL));
	assert_false(open_at(f, "file/x.conf", &err));
	assert_int_equal(err.kind, ERR_IO);
	mem_free(path);
	assert_null(f->place.conf);
}

static void folders_and_files_are_made_by_name(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT;
	struct err err = { 0 };
	buf_put_str(&text, "one\n");
	assert_true(open_at(f, "a/b/x.conf", NULL));
	assert_true(place_make_dir(&f->place, "web", 0750, NULL));
	assert_true(place_make_dir(&f->place, "web/tmp", 0700, NULL));
	assert_true(place_write(&f->place, "text", &text, NULL));
	assert_int_equal(mode_of(f, "web"), 0750);
	assert_int_equal(mode_of(f, "web/tmp"), 0700);
	assert_int_equal(mode_of(f, "text"), 0644);
	char *path = files_join(f->place.folder, "text");
	assert_content(path, "one\n");
	mem_free(path);
	assert_false(place_make_dir(&f->place, "text", 0755, &err));
	assert_int_equal(err.kind, ERR_IO);
	err_reset(&err);
	assert_false(place_write(&f->place, "none/text", &text, &err));
	assert_int_equal(err.kind, ERR_IO);
	buf_clear(&text);
}

static void the_draft_is_not_the_configuration(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT;
	buf_put_str(&text, "[x]\n");
	assert_true(open_at(f, "a/b/x.conf", NULL));
	assert_true(place_write_draft(&f->place, &text, NULL));
	assert_content(f->place.draft, "[x]\n");
	assert_int_equal(mode_of(f, "x.conf.draft"), 0644);
	assert_false(files_exists(f->place.conf));
	buf_clear(&text);
}

static void clearing_twice_is_harmless(void **state)
{
	struct fixture *f = *state;
	assert_true(open_at(f, "x.conf", NULL));
	place_clear(&f->place);
	assert_null(f->place.folder);
	place_clear(&f->place);
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_fixture, remove_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(the_folder_is_made_and_its_paths_are_absolute),
		IN_FOLDER(a_name_without_folder_is_in_the_working_folder),
		IN_FOLDER(a_file_in_the_way_is_an_error),
		IN_FOLDER(folders_and_files_are_made_by_name),
		IN_FOLDER(the_draft_is_not_the_configuration),
		IN_FOLDER(clearing_twice_is_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
