/*
 * Requests as they come, from PEM and from DER, and answers in certs-only
 * messages. What OpenSSL makes is checked by OpenSSL's own reader and by ours.
 */
#include "server/ca.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include "base/encoding.h"
#include "formats/certs.h"
#include "tests/unit/server/samples.h"

#define NOW SAMPLES_NOW

/* A fresh request in DER and its key. */
static void make_der(struct p256_key *key, const char *name, struct buf *der)
{
	struct err err = { 0 };
	p256_generate(key);
	assert_true(certs_request(key, name, "EX7-1", der, &err));
}

static void der_and_pem_say_the_same(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT, pem = BUF_INIT;
	struct ca_request a = CA_REQUEST_INIT, b = CA_REQUEST_INIT;
	struct err err = { 0 };
	(void)state;
	make_der(&key, "ex7-1", &der);
	certs_pem_put(&pem, "CERTIFICATE REQUEST", der.data, der.len);
	assert_true(ca_request_read_der(der.data, der.len, &a, &err));
	assert_true(ca_request_read(buf_str(&pem), pem.len, &b, &err));
	assert_string_equal("ex7-1", a.common_name);
	assert_string_equal("EX7-1", a.serial_number);
	assert_string_equal(a.common_name, b.common_name);
	assert_string_equal(a.serial_number, b.serial_number);
	assert_int_equal(64, strlen(a.key_sha256));
	assert_string_equal(a.key_sha256, b.key_sha256);
	ca_request_clear(&a);
	ca_request_clear(&b);
	buf_clear(&der);
	buf_clear(&pem);
}

static void der_must_be_whole_and_alone(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct ca_request request = CA_REQUEST_INIT;
	struct err err = { 0 };
	(void)state;
	make_der(&key, "ex7-1", &der);
	for (size_t len = 0; len < der.len; len++) {
		err_reset(&err);
		assert_false(
			ca_request_read_der(der.data, len, &request, &err));
		assert_int_equal(ERR_INVALID, err.kind);
		assert_null(request.key);
	}
	buf_put_char(&der, '\0');
	err_reset(&err);
	assert_false(ca_request_read_der(der.data, der.len, &request, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	err_reset(&err);
	assert_false(ca_request_read_der(der.data, CA_REQUEST_MAX + 1, &request,
					 &err));
	assert_int_equal(ERR_LIMIT, err.kind);
	buf_clear(&der);
}

/* Whatever byte is another one: no key is taken that did not sign. */
static void no_altered_request_passes_for_another_key(void **state)
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct ca_request whole = CA_REQUEST_INIT;
	struct err err = { 0 };
	(void)state;
	make_der(&key, "ex7-1", &der);
	assert_true(ca_request_read_der(der.data, der.len, &whole, &err));
	for (size_t at = 0; at < der.len; at++) {
		struct ca_request request = CA_REQUEST_INIT;
		err_reset(&err);
		der.data[at] ^= 0x55;
		if (ca_request_read_der(der.data, der.len, &request, &err)) {
			assert_string_equal(whole.key_sha256,
					    request.key_sha256);
			assert_string_equal("ex7-1", request.common_name);
		} else {
			assert_null(request.key);
		}
		der.data[at] ^= 0x55;
		ca_request_clear(&request);
	}
	ca_request_clear(&whole);
	buf_clear(&der);
}

static void bad_requests_are_refused(void **state)
{
	struct p256_key key;
	struct ca_request request = CA_REQUEST_INIT;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	(void)state;
	assert_false(ca_request_read("nothing", 7, &request, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	assert_null(request.key);

	samples_request(&key, "a", NULL, &pem);
	err_reset(&err);
	assert_false(
		ca_request_read(buf_str(&pem), pem.len / 2, &request, &err));
	assert_int_equal(ERR_INVALID, err.kind);

	err_reset(&err);
	assert_false(ca_request_read(buf_str(&pem), CA_REQUEST_MAX + 1,
				     &request, &err));
	assert_int_equal(ERR_LIMIT, err.kind);
	err_reset(&err);
	uint8_t *big = calloc(1, CA_REQUEST_MAX + 1);
	assert_false(
		ca_request_read_der(big, CA_REQUEST_MAX + 1, &request, &err));
	assert_int_equal(ERR_LIMIT, err.kind);
	free(big);
	buf_clear(&pem);
}

/* A request whose signature is not by its own key. */
static void a_borrowed_key_is_refused(void **state)
{
	struct p256_key key, other;
	struct buf der = BUF_INIT, pem = BUF_INIT;
	struct ca_request request = CA_REQUEST_INIT;
	struct err err = { 0 };
	(void)state;
	p256_generate(&key);
	p256_generate(&other);
	assert_true(certs_request(&key, "a", NULL, &der, &err));
	uint8_t *point =
		memmem(der.data, der.len, key.public_point, P256_POINT_SIZE);
	assert_non_null(point);
	memcpy(point, other.public_point, P256_POINT_SIZE);
	certs_pem_put(&pem, "CERTIFICATE REQUEST", der.data, der.len);
	assert_false(ca_request_read(buf_str(&pem), pem.len, &request, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	buf_clear(&der);
	buf_clear(&pem);
}

/* Requests of openssl's own making with other keys or signatures. */
static void refuse_signed(EVP_PKEY *key, const EVP_MD *digest)
{
	struct ca_request request = CA_REQUEST_INIT;
	struct err err = { 0 };
	X509_REQ *req = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *data = NULL;
	assert_non_null(key);
	assert_int_equal(1, X509_REQ_set_pubkey(req, key));
	assert_true(X509_REQ_sign(req, key, digest) > 0);
	assert_int_equal(1, PEM_write_bio_X509_REQ(bio, req));
	long len = BIO_get_mem_data(bio, &data);
	assert_false(ca_request_read(data, (size_t)len, &request, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	assert_non_null(strstr(err.text, "P-256"));
	BIO_free(bio);
	X509_REQ_free(req);
	EVP_PKEY_free(key);
}

/* One of openssl's own making, with these names and extensions. */
static void make_odd(const char *const *names, const char *const *extensions,
		     struct buf *der)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *req = X509_REQ_new();
	X509_NAME *subject = X509_REQ_get_subject_name(req);
	STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
	unsigned char *bytes = NULL;
	for (size_t i = 0; names[i] != NULL; i++) {
		/* "#" stands for NUL. */
		char name[200];
		size_t n = strlen(names[i]);
		memcpy(name, names[i], n);
		for (char *at = memchr(name, '#', n); at != NULL;
		     at = memchr(name, '#', n)) {
			*at = '\0';
		}
		assert_int_equal(
			1, X509_NAME_add_entry_by_NID(
				   subject, NID_commonName, V_ASN1_UTF8STRING,
				   (const unsigned char *)name, (int)n, -1, 0));
	}
	for (size_t i = 0; extensions[i] != NULL; i += 2) {
		X509_EXTENSION *one = X509V3_EXT_conf(NULL, NULL, extensions[i],
						      extensions[i + 1]);
		assert_non_null(one);
		assert_true(sk_X509_EXTENSION_push(list, one) > 0);
	}
	assert_int_equal(1, X509_REQ_add_extensions(req, list));
	assert_int_equal(1, X509_REQ_set_pubkey(req, key));
	assert_true(X509_REQ_sign(req, key, EVP_sha256()) > 0);
	int len = i2d_X509_REQ(req, &bytes);
	assert_true(len > 0);
	buf_put(der, bytes, (size_t)len);
	OPENSSL_free(bytes);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	X509_REQ_free(req);
	EVP_PKEY_free(key);
}

static const char *const no_extensions[] = { NULL };

/* Else a name that nobody compared would count as none. */
static void a_name_that_cannot_be_compared_is_refused(void **state)
{
	static const char long_name[] =
		"0123456789012345678901234567890123456789012345678901234567890123"
		"x";
	static const char *const bad[][3] = {
		{ "ex7-1", "ex7-2", NULL },
		{ "ex7-1#ex7-2", NULL },
		{ "#", NULL },
		{ "ex7-1\nex7-2", NULL },
		{ long_name, NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf der = BUF_INIT;
		struct ca_request request = CA_REQUEST_INIT;
		struct err err = { 0 };
		make_odd(bad[i], no_extensions, &der);
		assert_false(
			ca_request_read_der(der.data, der.len, &request, &err));
		assert_int_equal(ERR_INVALID, err.kind);
		assert_non_null(strstr(err.text, "common name"));
		buf_clear(&der);
	}
}

/* Whatever a device asks to be, it gets what a device gets. */
static void extensions_of_a_request_are_not_taken(void **state)
{
	static const char *const names[] = { "ex7-1", NULL };
	static const char *const extensions[] = {
		"basicConstraints",    "critical,CA:TRUE",  "keyUsage",
		"keyCertSign,cRLSign", "extendedKeyUsage",  "serverAuth",
		"subjectAltName",      "DNS:comms.example", NULL,
	};
	struct buf der = BUF_INIT;
	struct ca *ca = NULL;
	struct ca_request request = CA_REQUEST_INIT;
	struct ca_certificate made = CA_CERTIFICATE_INIT;
	struct err err = { 0 };
	(void)state;
	make_odd(names, extensions, &der);
	assert_true(ca_create("Devices", NOW, &ca, &err));
	assert_true(ca_request_read_der(der.data, der.len, &request, &err));
	assert_true(ca_issue_device(ca, &request, "ex7-1", "", NOW, 30, &made,
				    &err));
	BIO *bio = BIO_new_mem_buf(made.pem.data, (int)made.pem.len);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	assert_non_null(x);
	assert_int_equal(0, X509_check_ca(x));
	assert_int_equal(KU_DIGITAL_SIGNATURE, X509_get_key_usage(x));
	assert_int_equal(XKU_SSL_CLIENT, X509_get_extended_key_usage(x));
	assert_int_equal(-1, X509_get_ext_by_NID(x, NID_subject_alt_name, -1));
	X509_free(x);
	BIO_free(bio);
	ca_certificate_clear(&made);
	ca_request_clear(&request);
	ca_free(ca);
	buf_clear(&der);
}

static void other_keys_are_refused(void **state)
{
	(void)state;
	refuse_signed(EVP_EC_gen("P-384"), EVP_sha256());
	refuse_signed(EVP_RSA_gen(2048), EVP_sha256());
	/* Of the same size, and not the curve. */
	refuse_signed(EVP_EC_gen("secp256k1"), EVP_sha256());
	refuse_signed(EVP_EC_gen("brainpoolP256r1"), EVP_sha256());
	/* The curve, and another digest. */
	refuse_signed(EVP_EC_gen("P-256"), EVP_sha384());
}

/* Names that are no line, or too long for one, are no names. */
static void names_that_are_no_line_are_refused(void **state)
{
	static const struct {
		const char *given, *taken;
		int times;
	} rows[] = {
		{ "a", "a", 1 },
		{ "a",
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaa",
		  64 },
		{ "\xc3\xbc", "", 64 },
		{ "\xf0\x9f\x98\x80", "", 64 },
		{ "a\nb", "", 1 },
		{ "a\x7f", "", 1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ca_request request = CA_REQUEST_INIT;
		struct buf name = BUF_INIT;
		struct err err = { 0 };
		EVP_PKEY *key = EVP_EC_gen("P-256");
		X509_REQ *req = X509_REQ_new();
		unsigned char *der = NULL;
		for (int n = 0; n < rows[i].times; n++) {
			buf_put_str(&name, rows[i].given);
		}
		assert_int_equal(1, X509_NAME_add_entry_by_NID(
					    X509_REQ_get_subject_name(req),
					    NID_commonName, MBSTRING_UTF8,
					    name.data, (int)name.len, -1, 0));
		assert_int_equal(1, X509_REQ_set_pubkey(req, key));
		assert_true(X509_REQ_sign(req, key, EVP_sha256()) > 0);
		int len = i2d_X509_REQ(req, &der);
		assert_true(len > 0);
		bool taken =
			ca_request_read_der(der, (size_t)len, &request, &err);
		assert_int_equal(rows[i].taken[0] != '\0', taken);
		assert_string_equal(rows[i].taken,
				    taken ? request.common_name : "");
		ca_request_clear(&request);
		assert_null(request.key);
		OPENSSL_free(der);
		X509_REQ_free(req);
		EVP_PKEY_free(key);
		buf_clear(&name);
	}
}

/* A certificate of a fresh device under a fresh authority. */
static void issue(struct ca_certificate *out, char key_sha256[65])
{
	struct p256_key key;
	struct buf der = BUF_INIT;
	struct ca *ca = NULL;
	struct ca_request request = CA_REQUEST_INIT;
	struct err err = { 0 };
	make_der(&key, "ex7-1", &der);
	assert_true(ca_create("Devices", NOW, &ca, &err));
	assert_true(ca_request_read_der(der.data, der.len, &request, &err));
	assert_true(
		ca_issue_device(ca, &request, "ex7-1", "", NOW, 30, out, &err));
	memcpy(key_sha256, request.key_sha256, sizeof(request.key_sha256));
	ca_request_clear(&request);
	ca_free(ca);
	buf_clear(&der);
}

static void a_certificate_tells_its_key(void **state)
{
	struct ca_certificate made = CA_CERTIFICATE_INIT;
	struct err err = { 0 };
	char key[65] = "", again[65] = "kept";
	(void)state;
	issue(&made, key);
	assert_true(ca_key_of(buf_str(&made.pem), again, &err));
	assert_string_equal(key, again);
	assert_false(ca_key_of("no certificate", again, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	assert_string_equal(key, again);
	ca_certificate_clear(&made);
}

static void certs_only_holds_the_one_certificate_and_nothing_else(void **state)
{
	struct ca_certificate made = CA_CERTIFICATE_INIT;
	struct buf der = BUF_INIT;
	struct err err = { 0 };
	char key[65], hash_text[65];
	uint8_t hash[SHA256_SIZE];
	unsigned len = sizeof(hash);
	(void)state;
	issue(&made, key);
	assert_true(ca_put_certs_only(buf_str(&made.pem), &der, &err));
	const unsigned char *at = der.data;
	PKCS7 *message = d2i_PKCS7(NULL, &at, (long)der.len);
	assert_non_null(message);
	assert_ptr_equal(der.data + der.len, at);
	assert_true(PKCS7_type_is_signed(message));
	/* RFC 7030 section 4.1.3: no content, no signer. */
	assert_int_equal(1, PKCS7_get_detached(message));
	assert_int_equal(
		0, sk_PKCS7_SIGNER_INFO_num(PKCS7_get_signer_info(message)));
	const STACK_OF(X509) *certificates = message->d.sign->cert;
	assert_int_equal(1, sk_X509_num(certificates));
	assert_int_equal(1, X509_digest(sk_X509_value(certificates, 0),
					EVP_sha256(), hash, &len));
	hex_encode(hash_text, hash, sizeof(hash));
	assert_string_equal(made.sha256, hash_text);
	PKCS7_free(message);
	size_t before = der.len;
	assert_false(ca_put_certs_only("nothing", &der, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	assert_int_equal(before, der.len);
	buf_clear(&der);
	ca_certificate_clear(&made);
}

static void serial_numbers_are_of_printable_characters(void **state)
{
	char longer[CA_SERIAL_MAX + 2];
	(void)state;
	memset(longer, '7', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_false(ca_serial_is_valid(longer));
	assert_true(ca_serial_is_valid(longer + 1));
	assert_true(ca_serial_is_valid(""));
	assert_true(ca_serial_is_valid("EX7-004211 (b)"));
	assert_false(ca_serial_is_valid("EX7_004211"));
	assert_false(ca_serial_is_valid("EX7\n"));
	assert_false(ca_serial_is_valid("\xc3\xa4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(der_and_pem_say_the_same),
		cmocka_unit_test(der_must_be_whole_and_alone),
		cmocka_unit_test(no_altered_request_passes_for_another_key),
		cmocka_unit_test(bad_requests_are_refused),
		cmocka_unit_test(a_borrowed_key_is_refused),
		cmocka_unit_test(other_keys_are_refused),
		cmocka_unit_test(a_name_that_cannot_be_compared_is_refused),
		cmocka_unit_test(extensions_of_a_request_are_not_taken),
		cmocka_unit_test(names_that_are_no_line_are_refused),
		cmocka_unit_test(a_certificate_tells_its_key),
		cmocka_unit_test(
			certs_only_holds_the_one_certificate_and_nothing_else),
		cmocka_unit_test(serial_numbers_are_of_printable_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
