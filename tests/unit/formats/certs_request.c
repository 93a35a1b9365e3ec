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

/* What openssl reads in a request that renews this certificate. */
static void read_renewal(const struct p256_key *key, const struct buf *der,
			 struct buf *output)
{
	struct buf request = BUF_INIT;
	struct err err = { 0 };
	char path[32], command[200];

	assert_true(certs_request_renewal(key, der->data, der->len, &request,
					  &err));
	test_file(path, &request);
	snprintf(command, sizeof(command),
		 "openssl req -inform DER -in %s -verify -noout -text 2>&1",
		 path);
	assert_int_equal(test_run(command, output), 0);
	assert_non_null(strstr(buf_str(output), "verify OK"));
	unlink(path);
	buf_clear(&request);
}

static void a_renewal_keeps_the_names_of_the_certificate(void **state)
{
	static const char *const dns[] = { "printer.example", "p.example",
					   NULL };
	static const char *const ips[] = { "192.0.2.7", NULL };
	static const struct certs_names names = { "Printer", dns, ips };
	static const struct certs_names plain = { "Printer", NULL, NULL };
	struct p256_key old, key;
	struct buf der = BUF_INIT, output = BUF_INIT;

	(void)state;
	if (!have_openssl()) {
		skip();
	}
	test_key(3, &old);
	test_key(4, &key);
	assert_true(certs_self_signed(&old, &names, TEST_BEGIN, TEST_END, &der,
				      NULL));
	read_renewal(&key, &der, &output);
	assert_non_null(strstr(buf_str(&output), "Subject: CN = Printer\n"));
	assert_non_null(strstr(buf_str(&output),
			       "DNS:printer.example, DNS:p.example, "
			       "IP Address:192.0.2.7"));
	/* And nothing else of what it may be. */
	assert_null(strstr(buf_str(&output), "Key Usage"));
	buf_clear(&der);
	buf_reset(&output);
	assert_true(certs_self_signed(&old, &plain, TEST_BEGIN, TEST_END, &der,
				      NULL));
	read_renewal(&key, &der, &output);
	assert_null(strstr(buf_str(&output), "Alternative"));
	buf_clear(&der);
	buf_clear(&output);
}

static void what_is_no_certificate_cannot_be_renewed(void **state)
{
	static const char *const dns[] = { "printer.example", NULL };
	static const struct certs_names names = { "Printer", dns, NULL };
	struct p256_key key;
	struct buf der = BUF_INIT, request = BUF_INIT;

	(void)state;
	test_key(3, &key);
	assert_true(certs_self_signed(&key, &names, TEST_BEGIN, TEST_END, &der,
				      NULL));
	for (size_t len = 0; len < der.len; len++) {
		struct err err = { 0 };
		assert_false(certs_request_renewal(&key, der.data, len,
						   &request, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_int_equal(request.len, 0);
	}
	buf_clear(&der);
	buf_clear(&request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_verifies_our_request),
		cmocka_unit_test(attributes_are_present_though_empty),
		cmocka_unit_test(names_that_do_not_fit_are_refused),
		cmocka_unit_test(a_renewal_keeps_the_names_of_the_certificate),
		cmocka_unit_test(what_is_no_certificate_cannot_be_renewed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
