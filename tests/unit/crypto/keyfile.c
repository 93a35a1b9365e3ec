/*
 * Key files: what is written can be read, by openssl too; all else is refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/keyfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"

/* A key in the form that "openssl ecparam -genkey -noout" gives. */
#define OPENSSL_KEY                                                          \
	"-----BEGIN EC PRIVATE KEY-----\n"                                   \
	"MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n" \
	"AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8\n" \
	"maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"                             \
	"-----END EC PRIVATE KEY-----\n"

struct place {
	char dir[64];
	char *path;
};

static int set_up(void **state)
{
	struct place *place = mem_zalloc(sizeof(*place));

	snprintf(place->dir, sizeof(place->dir), "/tmp/keyfile-XXXXXX");
	if (mkdtemp(place->dir) == NULL) {
		return -1;
	}
	place->path = files_join(place->dir, "key.pem");
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	unlink(place->path);
	rmdir(place->dir);
	mem_free(place->path);
	mem_free(place);
	return 0;
}

static void write_text(const char *path, const char *text)
{
	struct err err = { 0 };

	assert_true(files_write(path, text, strlen(text), 0600, &err));
}

static void a_p256_key_comes_back(void **state)
{
	struct place *place = *state;
	struct p256_key key;
	struct p256_key back;
	struct stat st;
	struct err err = { 0 };

	p256_generate(&key);
	assert_true(keyfile_write_p256(place->path, &key, &err));
	assert_int_equal(stat(place->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(keyfile_read_p256(place->path, &back, &err));
	assert_memory_equal(&key, &back, sizeof(key));
}

static void the_form_is_the_one_of_openssl(void **state)
{
	struct place *place = *state;
	struct p256_key key;
	struct buf text = BUF_INIT;
	struct err err = { 0 };

	write_text(place->path, OPENSSL_KEY);
	assert_true(keyfile_read_p256(place->path, &key, &err));
	assert_true(keyfile_write_p256(place->path, &key, &err));
	assert_true(files_read(place->path, 4096, &text, &err));
	assert_string_equal(buf_str(&text), OPENSSL_KEY);
	buf_clear(&text);
}

static void openssl_reads_our_file(void **state)
{
	struct place *place = *state;
	struct p256_key key;
	struct err err = { 0 };
	char command[256];

	if (system("openssl version >/dev/null 2>&1") != 0) {
		skip();
	}
	p256_generate(&key);
	assert_true(keyfile_write_p256(place->path, &key, &err));
	snprintf(command, sizeof(command),
		 "openssl ec -check -noout -in %s >/dev/null 2>&1",
		 place->path);
	assert_int_equal(system(command), 0);
}

static void assert_refused(const char *path, enum err_kind kind)
{
	struct p256_key key;
	struct p256_key untouched;
	struct err err = { 0 };

	memset(&key, 0x55, sizeof(key));
	untouched = key;
	assert_false(keyfile_read_p256(path, &key, &err));
	assert_int_equal(err.kind, kind);
	assert_memory_equal(&key, &untouched, sizeof(key));
}

static void other_p256_files_are_refused(void **state)
{
	struct place *place = *state;
	char text[2048] = OPENSSL_KEY;

	assert_refused(place->path, ERR_NOT_FOUND);
	write_text(place->path, "");
	assert_refused(place->path, ERR_INVALID);
	text[60] = text[60] == 'A' ? 'B' : 'A'; /* another secret */
	write_text(place->path, text);
	assert_refused(place->path, ERR_INVALID);
	write_text(place->path, OPENSSL_KEY "more\n");
	assert_refused(place->path, ERR_INVALID);
	write_text(place->path, "-----BEGIN EC PRIVATE KEY-----\n"
				"MHcCAQEEIMmvqdhFunUWa1whV2ex\n");
	assert_refused(place->path, ERR_INVALID);
	memset(text, 'A', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	write_text(place->path, text);
	assert_refused(place->path, ERR_LIMIT);
}

static void a_file_that_others_may_read_is_refused(void **state)
{
	struct place *place = *state;

	write_text(place->path, OPENSSL_KEY);
	assert_int_equal(chmod(place->path, 0640), 0);
	assert_refused(place->path, ERR_DENIED);
	assert_int_equal(chmod(place->path, 0604), 0);
	assert_refused(place->path, ERR_DENIED);
}

static void an_ed25519_key_comes_back_with_its_name(void **state)
{
	struct place *place = *state;
	struct ed25519_key key;
	struct ed25519_key back;
	char name[KEYFILE_NAME_SIZE];
	struct stat st;
	struct err err = { 0 };

	ed25519_generate(&key);
	assert_true(keyfile_write_ed25519(place->path, "sluice/EX7-004211",
					  &key, &err));
	assert_int_equal(stat(place->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(keyfile_read_ed25519(place->path, name, &back, &err));
	assert_string_equal(name, "sluice/EX7-004211");
	assert_memory_equal(&key, &back, sizeof(key));
}

/* From the documentation of Go's sumdb/note package. */
#define GO_KEY                               \
	"PRIVATE+KEY+PeterNeumann+c74f20a3+" \
	"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"

static void a_signer_key_of_go_is_read(void **state)
{
	struct place *place = *state;
	struct ed25519_key key;
	char name[KEYFILE_NAME_SIZE];
	struct buf text = BUF_INIT;
	struct err err = { 0 };

	write_text(place->path, GO_KEY);
	assert_true(keyfile_read_ed25519(place->path, name, &key, &err));
	assert_string_equal(name, "PeterNeumann");
	assert_true(keyfile_write_ed25519(place->path, name, &key, &err));
	assert_true(files_read(place->path, 4096, &text, &err));
	assert_string_equal(buf_str(&text), GO_KEY);
	buf_clear(&text);
}

static void other_ed25519_files_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"PRIVATE+KEY+\n",
		"PRIVATE+KEY+PeterNeumann+c74f20a3+\n",
		/* no line break, another name, id, type, secret, more */
		"PRIVATE+KEY+PeterNeumann+c74f20a3+"
		"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
		"PRIVATE+KEY+PeterNeumanm+c74f20a3+"
		"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n",
		"PRIVATE+KEY+PeterNeumann+c74f20a4+"
		"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n",
		"PRIVATE+KEY+PeterNeumann+c74f20a3+"
		"AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n",
		"PRIVATE+KEY+PeterNeumann+c74f20a3+"
		"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFy\n",
		GO_KEY "\n",
		"PRIVATE+KEY+Peter Neumann+c74f20a3+"
		"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n",
	};
	struct place *place = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ed25519_key key;
		char name[KEYFILE_NAME_SIZE] = "untouched";
		struct err err = { 0 };
		write_text(place->path, bad[i]);
		assert_false(
			keyfile_read_ed25519(place->path, name, &key, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_string_equal(name, "untouched");
	}
}

static void bad_names_are_not_written(void **state)
{
	struct place *place = *state;
	struct ed25519_key key;
	char name[KEYFILE_NAME_SIZE + 1];
	struct err err = { 0 };

	ed25519_generate(&key);
	memset(name, 'n', sizeof(name));
	name[KEYFILE_NAME_SIZE] = '\0';
	assert_false(keyfile_write_ed25519(place->path, name, &key, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_false(keyfile_write_ed25519(place->path, "", &key, NULL));
	assert_false(keyfile_write_ed25519(place->path, "a b", &key, NULL));
	assert_false(keyfile_write_ed25519(place->path, "a+b", &key, NULL));
	assert_false(keyfile_write_ed25519(place->path, "a\nb", &key, NULL));
	assert_false(files_exists(place->path));
	name[KEYFILE_NAME_SIZE - 1] = '\0';
	assert_true(keyfile_write_ed25519(place->path, name, &key, NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_p256_key_comes_back),
		TEST(the_form_is_the_one_of_openssl),
		TEST(openssl_reads_our_file),
		TEST(other_p256_files_are_refused),
		TEST(a_file_that_others_may_read_is_refused),
		TEST(an_ed25519_key_comes_back_with_its_name),
		TEST(a_signer_key_of_go_is_read),
		TEST(other_ed25519_files_are_refused),
		TEST(bad_names_are_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
