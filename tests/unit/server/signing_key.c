/* Keys that sign notes: made once, for their owner alone. */
#include "server/signing_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "crypto/keyfile.h"
#include "formats/note.h"
#include "tests/support/folder.h"

static char dir[64];

static int begin(void **state)
{
	(void)state;
	folder_make(dir, sizeof(dir));
	return 0;
}

static int end(void **state)
{
	(void)state;
	folder_remove(dir);
	return 0;
}

static unsigned mode_of(const char *path)
{
	struct stat info;
	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 0777;
}

static void key_and_verifier_belong_together(void **state)
{
	char name[KEYFILE_NAME_SIZE];
	struct ed25519_key key;
	struct note_verifier verifier, of_key;
	struct buf text = BUF_INIT;
	char *key_path = files_join(dir, "one.key");
	char *verifier_path = files_join(dir, "one.verifier");
	(void)state;
	assert_true(signing_key_make_files(key_path, verifier_path,
					   "comms.example/x", &text, NULL));
	assert_int_equal(mode_of(key_path), 0600);
	assert_int_equal(mode_of(verifier_path), 0644);
	assert_true(keyfile_read_ed25519(key_path, name, &key, NULL));
	assert_string_equal(name, "comms.example/x");
	assert_true(note_verifier_load(verifier_path, &verifier, NULL));
	assert_true(note_verifier_of(name, key.public_key, &of_key, NULL));
	assert_memory_equal(&verifier.public_key, &of_key.public_key,
			    sizeof(of_key.public_key));
	assert_non_null(strstr(buf_str(&text), "comms.example/x+"));
	buf_clear(&text);
	mem_free(verifier_path);
	mem_free(key_path);
}

static void what_is_there_is_never_overwritten(void **state)
{
	struct err err = { 0 };
	char *key_path = files_join(dir, "one.key");
	char *verifier_path = files_join(dir, "one.verifier");
	(void)state;
	assert_true(files_write(verifier_path, "old", 3, 0644, NULL));
	assert_false(signing_key_make_files(key_path, verifier_path, "a/x",
					    NULL, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_false(files_exists(key_path));
	assert_int_equal(unlink(verifier_path), 0);
	assert_true(files_write(key_path, "old", 3, 0600, NULL));
	assert_false(signing_key_make_files(key_path, verifier_path, "a/x",
					    NULL, NULL));
	assert_false(files_exists(verifier_path));
	mem_free(verifier_path);
	mem_free(key_path);
}

static void a_name_that_is_none_makes_nothing(void **state)
{
	struct err err = { 0 };
	char *key_path = files_join(dir, "one.key");
	char *verifier_path = files_join(dir, "one.verifier");
	(void)state;
	assert_false(signing_key_make_files(key_path, verifier_path, "a b",
					    NULL, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_false(files_exists(key_path));
	assert_false(files_exists(verifier_path));
	mem_free(verifier_path);
	mem_free(key_path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(key_and_verifier_belong_together),
		TEST(what_is_there_is_never_overwritten),
		TEST(a_name_that_is_none_makes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
