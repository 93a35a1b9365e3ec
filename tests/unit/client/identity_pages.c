/*
 * The certificate of the device's own pages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/identity.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/mem.h"
#include "crypto/p256.h"
#include "formats/certs.h"
#include "tests/support/folder.h"

#define NOW 1795413600

struct made {
	char dir[64];
	char *path;
};

static int make_folder(void **state)
{
	struct made *made = mem_zalloc(sizeof(*made));
	folder_make(made->dir, sizeof(made->dir));
	made->path = files_join(made->dir, "pages.pem");
	*state = made;
	return 0;
}

static int remove_folder(void **state)
{
	struct made *made = *state;
	folder_remove(made->dir);
	mem_free(made->path);
	mem_free(made);
	return 0;
}

/* The blocks of the file: key, then certificate. */
static void read_blocks(const struct made *made, struct buf *key,
			struct buf *der)
{
	struct buf pem = BUF_INIT;
	char label[CERTS_LABEL_SIZE];
	assert_true(files_read(made->path, 65536, &pem, NULL));
	struct reader r = reader_of(pem.data, pem.len);
	assert_true(certs_pem_next(&r, label, key, NULL));
	assert_string_equal(label, "EC PRIVATE KEY");
	assert_true(certs_pem_next(&r, label, der, NULL));
	assert_string_equal(label, "CERTIFICATE");
	buf_clear(&pem);
}

static bool holds(const struct buf *der, const void *bytes, size_t len)
{
	return memmem(der->data, der->len, bytes, len) != NULL;
}

static void key_and_certificate_are_in_one_private_file(void **state)
{
	const struct made *made = *state;
	struct buf key = BUF_INIT, der = BUF_INIT;
	struct stat info;
	assert_true(
		identity_make_pages_certificate(made->path, NULL, NOW, NULL));
	read_blocks(made, &key, &der);
	uint8_t point[P256_POINT_SIZE];
	assert_true(certs_public_point(der.data, der.len, point, NULL));
	assert_true(holds(&key, point, sizeof(point)));
	assert_int_equal(stat(made->path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	buf_clear(&key);
	buf_clear(&der);
}

static void it_names_the_machine_and_is_valid_for_ten_years(void **state)
{
	const struct made *made = *state;
	static const uint8_t loopback[] = { 0x87, 4, 127, 0, 0, 1 };
	struct buf key = BUF_INIT, der = BUF_INIT;
	int64_t from, to;
	assert_true(
		identity_make_pages_certificate(made->path, NULL, NOW, NULL));
	read_blocks(made, &key, &der);
	assert_true(certs_validity(der.data, der.len, &from, &to, NULL));
	assert_true(from <= NOW && to >= NOW + (int64_t)3650 * 86400);
	assert_true(holds(&der, "localhost", 9));
	assert_true(holds(&der, loopback, sizeof(loopback)));
	buf_clear(&key);
	buf_clear(&der);
}

static void it_takes_the_names_that_are_given(void **state)
{
	const struct made *made = *state;
	static const char *const names[] = { "printer.example", "192.0.2.7",
					     "2001:db8::7", "PRINTER.example",
					     NULL };
	static const uint8_t v4[] = { 0x87, 4, 192, 0, 2, 7 };
	static const uint8_t v6[] = { 0x87, 16, 0x20, 0x01, 0x0d, 0xb8 };
	struct buf key = BUF_INIT, der = BUF_INIT;
	assert_true(
		identity_make_pages_certificate(made->path, names, NOW, NULL));
	read_blocks(made, &key, &der);
	assert_true(holds(&der, "\x82\x0fprinter.example", 17));
	assert_false(holds(&der, "PRINTER.example", 15));
	assert_true(holds(&der, v4, sizeof(v4)));
	assert_true(holds(&der, v6, sizeof(v6)));
	assert_false(holds(&der, "localhost", 9));
	buf_clear(&key);
	buf_clear(&der);
}

static void a_bad_name_makes_no_file(void **state)
{
	const struct made *made = *state;
	static const char *const none[] = { NULL };
	static const char *const bad[] = { "not a name", NULL };
	struct err err = { .kind = ERR_NONE };
	assert_false(
		identity_make_pages_certificate(made->path, none, NOW, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	assert_false(
		identity_make_pages_certificate(made->path, bad, NOW, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_false(files_exists(made->path));
}

static void the_fingerprint_is_as_browsers_show_it(void **state)
{
	const struct made *made = *state;
	char text[IDENTITY_FINGERPRINT_SIZE];
	struct buf key = BUF_INIT, der = BUF_INIT;
	uint8_t hash[SHA256_SIZE];
	assert_true(
		identity_make_pages_certificate(made->path, NULL, NOW, NULL));
	assert_true(identity_fingerprint(made->path, text, NULL));
	assert_int_equal(strlen(text), 95);
	read_blocks(made, &key, &der);
	certs_fingerprint(der.data, der.len, hash);
	char first[6];
	assert_true(snprintf(first, sizeof(first), "%02X:%02X", hash[0],
			     hash[1]) == 5);
	assert_memory_equal(text, first, 5);
	buf_clear(&key);
	buf_clear(&der);
}

static void a_file_without_certificate_has_no_fingerprint(void **state)
{
	const struct made *made = *state;
	char text[IDENTITY_FINGERPRINT_SIZE];
	struct err err = { .kind = ERR_NONE };
	assert_false(identity_fingerprint(made->path, text, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_true(files_write(made->path, "x\n", 2, 0600, NULL));
	assert_false(identity_fingerprint(made->path, text, NULL));
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		TEST(key_and_certificate_are_in_one_private_file),
		TEST(it_names_the_machine_and_is_valid_for_ten_years),
		TEST(it_takes_the_names_that_are_given),
		TEST(a_bad_name_makes_no_file),
		TEST(the_fingerprint_is_as_browsers_show_it),
		TEST(a_file_without_certificate_has_no_fingerprint),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
