/*
 * PEM: blocks among other text, and broken ones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/certs.h"

#include <string.h>

static void blocks_come_back_in_order(void **state)
{
	struct buf text = BUF_INIT;
	struct buf der = BUF_INIT;
	char label[CERTS_LABEL_SIZE];
	uint8_t bytes[100];
	struct err err = { 0 };

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	buf_put_str(&text, "subject: somebody\n\n");
	certs_pem_put(&text, "CERTIFICATE", bytes, sizeof(bytes));
	certs_pem_put(&text, "CERTIFICATE REQUEST", "x", 1);
	buf_put_str(&text, "the end");
	struct reader r = reader_of(text.data, text.len);
	assert_true(certs_pem_next(&r, label, &der, &err));
	assert_string_equal(label, "CERTIFICATE");
	assert_int_equal(der.len, sizeof(bytes));
	assert_memory_equal(der.data, bytes, sizeof(bytes));
	buf_reset(&der);
	assert_true(certs_pem_next(&r, label, &der, &err));
	assert_string_equal(label, "CERTIFICATE REQUEST");
	assert_int_equal(der.len, 1);
	assert_false(certs_pem_next(&r, label, &der, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	buf_clear(&text);
	buf_clear(&der);
}

static void lines_have_64_columns(void **state)
{
	static const uint8_t bytes[49];
	struct buf text = BUF_INIT;

	(void)state;
	certs_pem_put(&text, "X", bytes, 48);
	assert_string_equal(
		buf_str(&text),
		"-----BEGIN X-----\n"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAA\n"
		"-----END X-----\n");
	buf_reset(&text);
	certs_pem_put(&text, "X", bytes, 49);
	assert_non_null(strstr(buf_str(&text), "AAAA\nAA==\n-----END"));
	buf_clear(&text);
}

static void assert_next(const char *text, bool ok, enum err_kind kind)
{
	struct reader r = reader_of(text, strlen(text));
	struct buf der = BUF_INIT;
	char label[CERTS_LABEL_SIZE] = "untouched";
	struct err err = { 0 };

	assert_int_equal(certs_pem_next(&r, label, &der, &err), ok);
	assert_int_equal(err.kind, kind);
	if (!ok) {
		assert_string_equal(label, "untouched");
		assert_int_equal(der.len, 0);
	}
	buf_clear(&der);
}

static void files_from_other_systems_are_read(void **state)
{
	(void)state;
	assert_next("-----BEGIN X-----\r\nAAAA\r\n-----END X-----\r\n", true,
		    ERR_NONE);
	assert_next("-----BEGIN X-----\nAAAA \n-----END X-----", true,
		    ERR_NONE);
}

static void broken_blocks_are_refused(void **state)
{
	(void)state;
	assert_next("", false, ERR_NOT_FOUND);
	assert_next("no block\n", false, ERR_NOT_FOUND);
	assert_next("-----BEGIN X-----\nAAAA\n", false, ERR_INVALID);
	assert_next("-----BEGIN X-----\nAAAA\n-----END Y-----\n", false,
		    ERR_INVALID);
	assert_next("-----BEGIN X-----\n-----END X-----\n", false, ERR_INVALID);
	assert_next("-----BEGIN X-----\nAAA\n-----END X-----\n", false,
		    ERR_INVALID);
	assert_next("-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n"
		    "-----END X-----\n",
		    false, ERR_INVALID);
	assert_next("-----BEGIN -----\nAAAA\n-----END -----\n", false,
		    ERR_NOT_FOUND);
}

static void a_block_is_bounded(void **state)
{
	static const char line[] =
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAA\n";
	struct buf text = BUF_INIT;

	(void)state;
	buf_put_str(&text, "-----BEGIN X-----\n");
	for (int i = 0; i < 2000; i++) {
		buf_put_str(&text, line);
	}
	buf_put_str(&text, "-----END X-----\n");
	assert_next(buf_str(&text), false, ERR_LIMIT);
	buf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_come_back_in_order),
		cmocka_unit_test(lines_have_64_columns),
		cmocka_unit_test(files_from_other_systems_are_read),
		cmocka_unit_test(broken_blocks_are_refused),
		cmocka_unit_test(a_block_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
