/*
 * Certificate requests: openssl verifies ours.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/certs.h"

#include "certs_fixture.h"

static void openssl_verifies_our_request(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct buf output = BUF_INIT;
	struct err err = { 0 };
	char path[32];
	char command[200];

	(void)state;
	if (!have_openssl()) {
		skip();
	}
	test_key(3, &key);
	assert_true(certs_request(&key, "Example Printer 7", "EX7-004211", &der,
				  &err));
	test_file(path, &der);
	snprintf(command, sizeof(command),
		 "openssl req -inform DER -in %s -verify -noout -text 2>&1",
		 path);
	assert_int_equal(test_run(command, &output), 0);
	assert_non_null(strstr(buf_str(&output), "verify OK"));
	assert_non_null(strstr(buf_str(&output),
			       "Subject: CN = Example Printer 7, "
			       "serialNumber = EX7-004211"));
	assert_non_null(strstr(buf_str(&output), "ecdsa-with-SHA256"));
	unlink(path);
	buf_clear(&der);
	buf_clear(&output);
}

static void attributes_are_present_though_empty(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct err err = { 0 };
	static const uint8_t empty_attributes[] = { 0xa0, 0x00 };

	(void)state;
	test_key(3, &key);
	assert_true(certs_request(&key, "x", NULL, &der, &err));
	assert_non_null(memmem(der.data, der.len, empty_attributes,
			       sizeof(empty_attributes)));
	buf_clear(&der);
}

static void names_that_do_not_fit_are_refused(void **state)
{
	static const char long_name[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaa";
	struct p256_key key;
	struct buf der = BUF_INIT;

	(void)state;
	test_key(3, &key);
	assert_false(certs_request(&key, "", NULL, &der, NULL));
	assert_false(certs_request(&key, NULL, NULL, &der, NULL));
	assert_false(certs_request(&key, long_name, NULL, &der, NULL));
	assert_false(certs_request(&key, "a\nb", NULL, &der, NULL));
	assert_false(certs_request(&key, "a\xff", NULL, &der, NULL));
	assert_false(certs_request(&key, "x", "", &der, NULL));
	assert_false(certs_request(&key, "x", "under_score", &der, NULL));
	assert_false(certs_request(&key, "x", "Gr\xc3\xbcn", &der, NULL));
	assert_int_equal(der.len, 0);
	assert_true(certs_request(&key, long_name + 1, NULL, &der, NULL));
	buf_clear(&der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_verifies_our_request),
		cmocka_unit_test(attributes_are_present_though_empty),
		cmocka_unit_test(names_that_do_not_fit_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
