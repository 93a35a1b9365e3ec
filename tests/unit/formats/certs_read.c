/*
 * Looking into certificates: ours and openssl's, and broken ones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/certs.h"

#include "certs_fixture.h"

static void make(struct buf *der, struct p256_key *key)
{
	static const char *const dns[] = { "printer.example", NULL };
	static const struct certs_names names = { "Printer", dns, NULL };
	struct err err = { 0 };

	test_key(4, key);
	assert_true(certs_self_signed(key, &names, TEST_BEGIN, TEST_END, der,
				      &err));
}

static void everything_comes_back(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct buf subject = BUF_INIT;
	struct buf issuer = BUF_INIT;
	uint8_t point[P256_POINT_SIZE];
	int64_t begin = 0;
	int64_t end = 0;
	struct err err = { 0 };

	(void)state;
	make(&der, &key);
	assert_true(certs_validity(der.data, der.len, &begin, &end, &err));
	assert_int_equal(begin, TEST_BEGIN);
	assert_int_equal(end, TEST_END);
	assert_true(certs_public_point(der.data, der.len, point, &err));
	assert_memory_equal(point, key.public_point, sizeof(point));
	assert_true(certs_subject_text(der.data, der.len, &subject, &err));
	assert_string_equal(buf_str(&subject), "CN=Printer");
	assert_true(certs_issuer_text(der.data, der.len, &issuer, &err));
	assert_string_equal(buf_str(&issuer), "CN=Printer");
	buf_clear(&subject);
	assert_true(certs_subject_der(der.data, der.len, &subject, &err));
	assert_int_equal(subject.data[0], 0x30);
	assert_int_equal(subject.data[1], subject.len - 2);
	buf_clear(&issuer);
	assert_true(certs_issuer_der(der.data, der.len, &issuer, &err));
	assert_int_equal(issuer.len, subject.len);
	assert_memory_equal(issuer.data, subject.data, issuer.len);
	buf_clear(&der);
	buf_clear(&subject);
	buf_clear(&issuer);
}

static void a_certificate_of_openssl_is_read(void **state)
{
	struct buf der = BUF_INIT;
	struct buf subject = BUF_INIT;
	uint8_t point[P256_POINT_SIZE];
	int64_t begin = 0;
	int64_t end = 0;
	struct err err = { 0 };

	(void)state;
	if (!have_openssl()) {
		skip();
	}
	assert_int_equal(
		test_run(
			"openssl req -x509 -newkey ec -pkeyopt "
			"ec_paramgen_curve:P-256 -nodes -keyout /dev/null "
			"-subj '/C=DE/O=Example, Inc/OU=R\\+D/CN=peer' -days 3 "
			"-utf8 -outform DER 2>/dev/null",
			&der),
		0);
	assert_true(certs_validity(der.data, der.len, &begin, &end, &err));
	assert_int_equal(end - begin, 3 * 86400);
	assert_true(certs_public_point(der.data, der.len, point, &err));
	assert_true(certs_subject_text(der.data, der.len, &subject, &err));
	assert_string_equal(buf_str(&subject),
			    "C=DE, O=Example\\, Inc, OU=R\\+D, CN=peer");
	buf_clear(&der);
	buf_clear(&subject);
}

static void a_key_of_another_kind_is_refused_by_name(void **state)
{
	struct buf der = BUF_INIT;
	uint8_t point[P256_POINT_SIZE] = { 9 };
	struct err err = { 0 };

	(void)state;
	if (!have_openssl()) {
		skip();
	}
	assert_int_equal(
		test_run("openssl req -x509 -newkey ed25519 -nodes -keyout "
			 "/dev/null -subj /CN=x -outform DER 2>/dev/null",
			 &der),
		0);
	assert_false(certs_public_point(der.data, der.len, point, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, "P-256"));
	assert_int_equal(point[0], 9);
	buf_clear(&der);
}

static void cut_and_trailing_bytes_are_refused(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	int64_t begin = 0;
	int64_t end = 0;

	(void)state;
	make(&der, &key);
	for (size_t len = 0; len < der.len; len++) {
		struct err err = { 0 };
		assert_false(certs_validity(der.data, len, &begin, &end, &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
	buf_put_char(&der, '\0');
	assert_false(certs_validity(der.data, der.len, &begin, &end, NULL));
	assert_int_equal(begin, 0);
	buf_clear(&der);
}

static void too_big_a_certificate_is_not_looked_at(void **state)
{
	static uint8_t big[CERTS_MAX_BYTES + 1];
	int64_t begin;
	int64_t end;
	struct err err = { 0 };

	(void)state;
	assert_false(certs_validity(big, sizeof(big), &begin, &end, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void the_fingerprint_is_the_one_that_openssl_prints(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct buf output = BUF_INIT;
	uint8_t hash[SHA256_SIZE];
	char path[32];
	char command[160];

	(void)state;
	if (!have_openssl()) {
		skip();
	}
	make(&der, &key);
	certs_fingerprint(der.data, der.len, hash);
	test_file(path, &der);
	snprintf(command, sizeof(command),
		 "openssl x509 -inform DER -in %s -noout -fingerprint "
		 "-sha256",
		 path);
	assert_int_equal(test_run(command, &output), 0);
	const char *at = strchr(buf_str(&output), '=');
	for (size_t i = 0; i < sizeof(hash); i++) {
		char pair[4];
		snprintf(pair, sizeof(pair), "%02X", hash[i]);
		assert_non_null(at);
		assert_memory_equal(at + 1, pair, 2);
		at += 3;
	}
	unlink(path);
	buf_clear(&der);
	buf_clear(&output);
}

/* One byte of the extensions is another: never more than they hold. */
static void broken_extensions_are_refused_or_passed_over(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT, names = BUF_INIT;

	(void)state;
	make(&der, &key);
	assert_true(certs_alt_names_der(der.data, der.len, &names, NULL));
	assert_int_equal(names.data[0], 0x30);
	assert_non_null(memmem(names.data, names.len, "printer.example", 15));
	size_t whole = names.len;
	for (size_t at = 0; at < der.len; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			der.data[at] ^= (uint8_t)(1u << bit);
			buf_reset(&names);
			if (!certs_alt_names_der(der.data, der.len, &names,
						 NULL)) {
				assert_int_equal(names.len, 0);
			}
			assert_in_range(names.len, 0, der.len);
			der.data[at] ^= (uint8_t)(1u << bit);
		}
	}
	buf_reset(&names);
	assert_true(certs_alt_names_der(der.data, der.len, &names, NULL));
	assert_int_equal(names.len, whole);
	buf_clear(&names);
	buf_clear(&der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_comes_back),
		cmocka_unit_test(a_certificate_of_openssl_is_read),
		cmocka_unit_test(a_key_of_another_kind_is_refused_by_name),
		cmocka_unit_test(cut_and_trailing_bytes_are_refused),
		cmocka_unit_test(too_big_a_certificate_is_not_looked_at),
		cmocka_unit_test(
			the_fingerprint_is_the_one_that_openssl_prints),
		cmocka_unit_test(broken_extensions_are_refused_or_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
