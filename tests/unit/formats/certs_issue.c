/*
 * Certificates that we make: openssl reads them and agrees.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/certs.h"

#include "certs_fixture.h"

static const char *const dns[] = { "printer.example", "localhost", NULL };
static const char *const ips[] = { "192.0.2.7", "2001:db8::7", "::1", NULL };

static const struct certs_names names = { .common_name = "Example Printer 7",
					  .dns = dns,
					  .ips = ips };

static void openssl_says(const struct buf *der, const char *const *parts)
{
	char path[32];
	char command[256];
	struct buf output = BUF_INIT;

	if (!have_openssl()) {
		skip();
	}
	test_file(path, der);
	snprintf(command, sizeof(command),
		 "openssl x509 -inform DER -in %s -noout -text 2>&1", path);
	assert_int_equal(test_run(command, &output), 0);
	for (size_t i = 0; parts[i] != NULL; i++) {
		if (strstr(buf_str(&output), parts[i]) == NULL) {
			print_error("no \"%s\" in:\n%s\n", parts[i],
				    buf_str(&output));
			fail();
		}
	}
	unlink(path);
	buf_clear(&output);
}

static void a_self_signed_one_says_what_browsers_ask_for(void **state)
{
	static const char *const parts[] = {
		"Version: 3 (0x2)",
		"Signature Algorithm: ecdsa-with-SHA256",
		"Issuer: CN = Example Printer 7",
		"Subject: CN = Example Printer 7",
		"Not Before: Nov 18 11:06:40 2026 GMT",
		"Not After : Nov 19 11:06:40 2026 GMT",
		"ASN1 OID: prime256v1",
		"X509v3 Basic Constraints: critical\n                CA:FALSE",
		"X509v3 Key Usage: critical\n                Digital Signature",
		"TLS Web Server Authentication",
		"DNS:printer.example, DNS:localhost, "
		"IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7, "
		"IP Address:0:0:0:0:0:0:0:1",
		NULL
	};
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	test_key(1, &key);
	assert_true(certs_self_signed(&key, &names, TEST_BEGIN, TEST_END, &der,
				      &err));
	openssl_says(&der, parts);
	buf_clear(&der);
}

static void openssl_verifies_the_signature_of_a_self_signed_one(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct buf pem = BUF_INIT;
	struct buf output = BUF_INIT;
	char path[32];
	char command[256];
	struct err err = { 0 };

	(void)state;
	if (!have_openssl()) {
		skip();
	}
	test_key(1, &key);
	assert_true(certs_self_signed(&key, &names, TEST_BEGIN, TEST_END, &der,
				      &err));
	certs_pem_put(&pem, "CERTIFICATE", der.data, der.len);
	test_file(path, &pem);
	snprintf(command, sizeof(command),
		 "openssl verify -x509_strict -check_ss_sig -attime %lld "
		 "-verify_hostname localhost -verify_ip 2001:db8::7 "
		 "-purpose sslserver -CAfile %s %s 2>&1",
		 (long long)TEST_BEGIN + 1, path, path);
	int status = test_run(command, &output);
	if (status != 0) {
		print_message("%s", buf_str(&output));
	}
	assert_int_equal(status, 0);
	unlink(path);
	buf_clear(&der);
	buf_clear(&pem);
	buf_clear(&output);
}

static void put_pem(struct buf *out, const struct buf *der)
{
	certs_pem_put(out, "CERTIFICATE", der->data, der->len);
}

/* Verifies leaf against authority with openssl; gives its exit status. */
static int verify(const struct buf *authority, const struct buf *leaf,
		  const char *purpose)
{
	struct buf a = BUF_INIT;
	struct buf l = BUF_INIT;
	struct buf output = BUF_INIT;
	char a_path[32];
	char l_path[32];
	char command[300];

	put_pem(&a, authority);
	put_pem(&l, leaf);
	test_file(a_path, &a);
	test_file(l_path, &l);
	snprintf(command, sizeof(command),
		 "openssl verify -x509_strict -attime %lld -purpose %s "
		 "-CAfile %s %s 2>&1",
		 (long long)TEST_BEGIN + 1, purpose, a_path, l_path);
	int status = test_run(command, &output);
	unlink(a_path);
	unlink(l_path);
	buf_clear(&a);
	buf_clear(&l);
	buf_clear(&output);
	return status;
}

static void an_authority_issues_what_openssl_verifies(void **state)
{
	struct p256_key root;
	struct p256_key holder;
	struct buf authority = BUF_INIT;
	struct buf server = BUF_INIT;
	struct buf client = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	if (!have_openssl()) {
		skip();
	}
	test_key(1, &root);
	test_key(2, &holder);
	assert_true(certs_authority(&root, "Example Devices", TEST_BEGIN,
				    TEST_END, &authority, &err));
	struct certs_order order = { .use = CERTS_SERVER,
				     .public_point = holder.public_point,
				     .names = names,
				     .not_before = TEST_BEGIN,
				     .not_after = TEST_END };
	assert_true(certs_issue(&root, authority.data, authority.len, &order,
				&server, &err));
	order.use = CERTS_CLIENT;
	order.serial_number = "EX7-004211";
	assert_true(certs_issue(&root, authority.data, authority.len, &order,
				&client, &err));
	assert_int_equal(verify(&authority, &server, "sslserver"), 0);
	assert_int_not_equal(verify(&authority, &server, "sslclient"), 0);
	assert_int_equal(verify(&authority, &client, "sslclient"), 0);
	assert_int_not_equal(verify(&authority, &client, "sslserver"), 0);
	assert_int_not_equal(verify(&server, &client, "sslclient"), 0);
	buf_clear(&authority);
	buf_clear(&server);
	buf_clear(&client);
}

static void two_certificates_have_different_serials(void **state)
{
	struct p256_key key;
	struct buf a = BUF_INIT;
	struct buf b = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	test_key(1, &key);
	assert_true(certs_authority(&key, "A", TEST_BEGIN, TEST_END, &a, &err));
	assert_true(certs_authority(&key, "A", TEST_BEGIN, TEST_END, &b, &err));
	/* After SEQUENCE, SEQUENCE, [0] version: INTEGER of 16 bytes. */
	assert_memory_equal(a.data + 13, "\x02\x10", 2);
	assert_true((a.data[15] & 0x80) == 0);
	assert_memory_not_equal(a.data + 15, b.data + 15, 16);
	buf_clear(&a);
	buf_clear(&b);
}

static void assert_refused(const struct certs_names *bad, int64_t begin,
			   int64_t end)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct err err = { 0 };

	test_key(1, &key);
	assert_false(certs_self_signed(&key, bad, begin, end, &der, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(der.len, 0);
}

static void bad_names_and_times_are_refused(void **state)
{
	static const char *const bad_dns[] = {
		"",
		"a..b",
		".a",
		"a.",
		"-a",
		"a-",
		"a b",
		"a_b",
		"192.0.2.1/24",
		"*.example",
		"a\nb",
		("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaa"),
	};
	static const char *const bad_ips[] = { "", "1.2.3", "300.1.1.1",
					       "fe80::1%eth0", "::g" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad_dns) / sizeof(bad_dns[0]); i++) {
		const char *const list[] = { bad_dns[i], NULL };
		struct certs_names bad = { "x", list, NULL };
		assert_refused(&bad, TEST_BEGIN, TEST_END);
	}
	for (size_t i = 0; i < sizeof(bad_ips) / sizeof(bad_ips[0]); i++) {
		const char *const list[] = { bad_ips[i], NULL };
		struct certs_names bad = { "x", NULL, list };
		assert_refused(&bad, TEST_BEGIN, TEST_END);
	}
	assert_refused(&names, TEST_END, TEST_BEGIN);
	assert_refused(&names, TEST_BEGIN, TEST_BEGIN);
	assert_refused(&names, -1, TEST_END);
	assert_refused(&names, 0, INT64_C(253402300800));
}

static void an_authority_must_be_the_holder_of_its_key(void **state)
{
	struct p256_key root;
	struct p256_key other;
	struct buf authority = BUF_INIT;
	struct buf der = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	test_key(1, &root);
	test_key(2, &other);
	assert_true(certs_authority(&root, "Root", TEST_BEGIN, TEST_END,
				    &authority, &err));
	struct certs_order order = { .use = CERTS_CLIENT,
				     .public_point = other.public_point,
				     .names = { "x", NULL, NULL },
				     .not_before = TEST_BEGIN,
				     .not_after = TEST_END };
	assert_false(certs_issue(&other, authority.data, authority.len, &order,
				 &der, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	assert_false(
		certs_issue(&root, authority.data, 20, &order, &der, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	order.use = CERTS_UNSET;
	assert_false(certs_issue(&root, authority.data, authority.len, &order,
				 &der, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(der.len, 0);
	buf_clear(&authority);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_self_signed_one_says_what_browsers_ask_for),
		cmocka_unit_test(
			openssl_verifies_the_signature_of_a_self_signed_one),
		cmocka_unit_test(an_authority_issues_what_openssl_verifies),
		cmocka_unit_test(two_certificates_have_different_serials),
		cmocka_unit_test(bad_names_and_times_are_refused),
		cmocka_unit_test(an_authority_must_be_the_holder_of_its_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
