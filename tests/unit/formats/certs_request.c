/*
 * Certificate requests: openssl verifies ours, we verify openssl's.
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

static void our_own_request_opens(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct buf subject = BUF_INIT;
	uint8_t point[P256_POINT_SIZE];
	struct err err = { 0 };

	(void)state;
	test_key(3, &key);
	assert_true(
		certs_request(&key, "Printer, 7", "EX7-004211", &der, &err));
	assert_true(
		certs_request_open(der.data, der.len, point, &subject, &err));
	assert_memory_equal(point, key.public_point, sizeof(point));
	assert_string_equal(buf_str(&subject),
			    "CN=Printer\\, 7, serialNumber=EX7-004211");
	assert_true(certs_request_open(der.data, der.len, point, NULL, &err));
	buf_clear(&der);
	buf_clear(&subject);
}

static void a_request_of_openssl_opens(void **state)
{
	struct buf der = BUF_INIT;
	struct buf subject = BUF_INIT;
	uint8_t point[P256_POINT_SIZE];
	struct err err = { 0 };

	(void)state;
	if (!have_openssl()) {
		skip();
	}
	assert_int_equal(
		test_run("openssl req -new -newkey ec -pkeyopt "
			 "ec_paramgen_curve:P-256 -nodes -keyout /dev/null "
			 "-subj '/O=Example/CN=peer' -addext "
			 "subjectAltName=DNS:peer.example -outform DER "
			 "2>/dev/null",
			 &der),
		0);
	assert_true(
		certs_request_open(der.data, der.len, point, &subject, &err));
	assert_string_equal(buf_str(&subject), "O=Example, CN=peer");
	buf_clear(&der);
	buf_clear(&subject);
}

static void every_changed_byte_is_refused(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct buf subject = BUF_INIT;
	uint8_t point[P256_POINT_SIZE] = { 7 };
	struct err err = { 0 };

	(void)state;
	test_key(3, &key);
	assert_true(certs_request(&key, "x", NULL, &der, &err));
	for (size_t i = 0; i < der.len; i++) {
		struct err refused = { 0 };
		der.data[i] ^= 0x04;
		assert_false(certs_request_open(der.data, der.len, point,
						&subject, &refused));
		assert_true(refused.kind == ERR_INVALID ||
			    refused.kind == ERR_DENIED);
		der.data[i] ^= 0x04;
		assert_false(
			certs_request_open(der.data, i, point, &subject, NULL));
	}
	assert_int_equal(point[0], 7);
	assert_int_equal(subject.len, 0);
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

static void too_big_a_request_is_not_looked_at(void **state)
{
	static uint8_t big[CERTS_MAX_BYTES + 1];
	uint8_t point[P256_POINT_SIZE];
	struct err err = { 0 };

	(void)state;
	assert_false(certs_request_open(big, sizeof(big), point, NULL, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_verifies_our_request),
		cmocka_unit_test(attributes_are_present_though_empty),
		cmocka_unit_test(our_own_request_opens),
		cmocka_unit_test(a_request_of_openssl_opens),
		cmocka_unit_test(every_changed_byte_is_refused),
		cmocka_unit_test(names_that_do_not_fit_are_refused),
		cmocka_unit_test(too_big_a_request_is_not_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
