/*
 * Sockets of the workers. Their loop runs in tests/flows, behind the real web
 * server.
 */
#include "server/fastcgi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "tests/support/folder.h"

static void a_socket_takes_its_mode(void **state)
{
	char dir[64];
	struct stat st;
	struct err err = { 0 };
	int fd = -1;
	(void)state;
	folder_make(dir, sizeof(dir));
	char *path = files_join(dir, "api.sock");
	assert_true(fastcgi_listen(path, 0660, &fd, &err));
	assert_int_equal(0, stat(path, &st));
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(0660, st.st_mode & 0777);
	close(fd);
	mem_free(path);
	folder_remove(dir);
}

static void an_old_socket_is_replaced_a_living_one_is_not(void **state)
{
	char dir[64];
	struct err err = { 0 };
	int fd = -1;
	int again = -1;
	(void)state;
	folder_make(dir, sizeof(dir));
	char *path = files_join(dir, "api.sock");
	assert_true(fastcgi_listen(path, 0660, &fd, &err));
	assert_false(fastcgi_listen(path, 0660, &again, &err));
	assert_int_equal(ERR_RETRY, err.kind);
	assert_int_equal(-1, again);
	close(fd); /* as a killed process leaves it */
	err_reset(&err);
	assert_true(fastcgi_listen(path, 0660, &again, &err));
	close(again);
	mem_free(path);
	folder_remove(dir);
}

static void a_file_in_its_place_is_kept(void **state)
{
	char dir[64];
	struct err err = { 0 };
	int fd = -1;
	(void)state;
	folder_make(dir, sizeof(dir));
	char *path = files_join(dir, "api.sock");
	assert_true(files_write(path, "precious", 8, 0600, &err));
	assert_false(fastcgi_listen(path, 0660, &fd, &err));
	assert_int_equal(ERR_IO, err.kind);
	assert_true(files_exists(path));
	mem_free(path);
	folder_remove(dir);
}

static void a_path_that_is_too_long_is_told(void **state)
{
	char path[200];
	struct err err = { 0 };
	int fd = -1;
	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_false(fastcgi_listen(path, 0660, &fd, &err));
	assert_int_equal(ERR_LIMIT, err.kind);
}

static void a_folder_that_is_missing_is_told(void **state)
{
	struct err err = { 0 };
	int fd = -1;
	(void)state;
	assert_false(fastcgi_listen("/nonexistent/api.sock", 0660, &fd, &err));
	assert_int_equal(ERR_IO, err.kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_takes_its_mode),
		cmocka_unit_test(an_old_socket_is_replaced_a_living_one_is_not),
		cmocka_unit_test(a_file_in_its_place_is_kept),
		cmocka_unit_test(a_path_that_is_too_long_is_told),
		cmocka_unit_test(a_folder_that_is_missing_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
