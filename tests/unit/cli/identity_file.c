/*
 * Files of secret keys: made once, for their user alone, read line by line.
 */
#include "cli/identity_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "capture.h"

struct place {
	char *dir;
	char *path;
	struct cli cli;
	char *problems;
	size_t problems_len;
};

static int set_up(void **state)
{
	struct place *p = mem_zalloc(sizeof(*p));
	p->dir = capture_make_dir();
	p->path = files_join(p->dir, "desk.key");
	p->cli.program = "sluice-server";
	p->cli.problems = open_memstream(&p->problems, &p->problems_len);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	fclose(p->cli.problems);
	free(p->problems);
	capture_remove_dir(p->dir);
	mem_free(p->path);
	mem_free(p);
	return 0;
}

static void is_made_once_and_read_again(void **state)
{
	struct place *p = *state;
	struct age_recipient recipient;
	struct age_recipient second;
	struct identities *identities = NULL;
	struct err err = { 0 };
	struct stat about;
	struct buf before = BUF_INIT;
	struct buf after = BUF_INIT;
	assert_true(identity_file_make(p->path, 1764108000, &recipient, &err));
	assert_int_equal(stat(p->path, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
	assert_true(files_read(p->path, 4096, &before, &err));
	assert_true(strncmp(buf_str(&before),
			    "# created: 2025-11-25T22:00:00Z\n"
			    "# public key: age1",
			    50) == 0);
	assert_false(identity_file_make(p->path, 1764108000, &second, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	assert_true(files_read(p->path, 4096, &after, &err));
	assert_string_equal(buf_str(&before), buf_str(&after));
	assert_true(identity_file_read(&p->cli, p->path, &identities, &err));
	assert_int_equal(identities->count, 1);
	assert_memory_equal(identities->at[0].recipient.key, recipient.key, 32);
	identity_file_free(identities);
	fflush(p->cli.problems);
	assert_string_equal(p->problems, "");
	buf_clear(&before);
	buf_clear(&after);
}

static bool read_text(struct place *p, const char *text, mode_t mode,
		      size_t *count, struct err *err)
{
	struct identities *identities = NULL;
	assert_true(files_write(p->path, text, strlen(text), mode, err));
	bool ok = identity_file_read(&p->cli, p->path, &identities, err);
	*count = ok ? identities->count : 0;
	identity_file_free(identities);
	return ok;
}

static void a_key(char text[AGE_IDENTITY_TEXT_SIZE])
{
	struct age_identity identity;
	age_identity_make(&identity);
	age_identity_format(&identity, text);
}

static void takes_comments_empty_lines_and_both_line_ends(void **state)
{
	struct place *p = *state;
	char a[AGE_IDENTITY_TEXT_SIZE];
	char b[AGE_IDENTITY_TEXT_SIZE];
	char text[400];
	size_t count = 0;
	struct err err = { 0 };
	a_key(a);
	a_key(b);
	snprintf(text, sizeof(text), "# one\r\n%s\r\n\r\n\n# two\n%s", a, b);
	assert_true(read_text(p, text, 0600, &count, &err));
	assert_int_equal(count, 2);
	fflush(p->cli.problems);
	assert_string_equal(p->problems, "");
	assert_true(read_text(p, text, 0640, &count, &err));
	fflush(p->cli.problems);
	assert_non_null(strstr(p->problems, "chmod 600"));
}

static void a_wrong_line_is_named_but_not_shown(void **state)
{
	struct place *p = *state;
	char key[AGE_IDENTITY_TEXT_SIZE];
	char text[400];
	size_t count = 0;
	struct err err = { 0 };
	a_key(key);
	key[30] = key[30] == 'Q' ? 'P' : 'Q';
	snprintf(text, sizeof(text), "# desk\n%s\n", key);
	assert_false(read_text(p, text, 0600, &count, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, "line 2"));
	assert_null(strstr(err.text, key + 20));
}

static void files_that_hold_no_keys_are_refused(void **state)
{
	struct place *p = *state;
	size_t count = 0;
	struct err err = { 0 };
	struct identities *identities = NULL;
	assert_false(read_text(p, "# nothing\n", 0600, &count, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	char *big = mem_zalloc(70000);
	memset(big, '#', 69999);
	assert_false(read_text(p, big, 0600, &count, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	mem_free(big);
	err_reset(&err);
	assert_true(files_write(p->path, "#\0\n", 3, 0600, &err));
	assert_false(identity_file_read(&p->cli, p->path, &identities, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	assert_false(identity_file_read(&p->cli, "/nonexistent/key",
					&identities, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	err_reset(&err);
	char key[AGE_IDENTITY_TEXT_SIZE];
	struct buf many = BUF_INIT;
	a_key(key);
	for (int i = 0; i <= IDENTITIES_MAX; i++) {
		buf_printf(&many, "%s\n", key);
	}
	assert_false(read_text(p, buf_str(&many), 0600, &count, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&many);
	identity_file_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_made_once_and_read_again),
		TEST(takes_comments_empty_lines_and_both_line_ends),
		TEST(a_wrong_line_is_named_but_not_shown),
		TEST(files_that_hold_no_keys_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
