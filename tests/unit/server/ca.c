/*
 * Certificates: who gets one, what stands in it. What our own reader sees is
 * checked here; chains and names by OpenSSL.
 */
#include "server/ca.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "formats/certs.h"
#include "tests/support/folder.h"
#include "tests/unit/server/samples.h"

#define NOW SAMPLES_NOW
#define DAY_S 86400

static X509 *parse(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	assert_non_null(x);
	return x;
}

static struct ca *make(const char *name)
{
	struct ca *ca = NULL;
	struct err err = { 0 };
	assert_true(ca_create(name, NOW, &ca, &err));
	return ca;
}

static X509 *root_of(const struct ca *ca)
{
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	assert_true(ca_put_certificate(ca, &pem, &err));
	X509 *x = parse(buf_str(&pem));
	buf_clear(&pem);
	return x;
}

/* Does OpenSSL take the leaf for this purpose, under this root, now? */
static bool is_good(X509 *leaf, X509 *root, int purpose, time_t at)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	assert_int_equal(1, X509_STORE_add_cert(store, root));
	assert_int_equal(1, X509_STORE_CTX_init(ctx, store, leaf, NULL));
	X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), at);
	X509_STORE_CTX_set_purpose(ctx, purpose);
	bool ok = X509_verify_cert(ctx) == 1;
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return ok;
}

static void read_request(const char *name, const char *serial,
			 struct ca_request *request)
{
	struct p256_key key;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	*request = (struct ca_request)CA_REQUEST_INIT;
	samples_request(&key, name, serial, &pem);
	assert_true(ca_request_read(buf_str(&pem), pem.len, request, &err));
	buf_clear(&pem);
}

static void a_device_gets_our_subject_and_client_use_only(void **state)
{
	struct ca *ca = make("Devices");
	struct ca_request request;
	struct ca_certificate out = CA_CERTIFICATE_INIT;
	struct err err = { 0 };
	char name[80];
	(void)state;
	read_request("evil name", "EVIL-1", &request);
	assert_string_equal("evil name", request.common_name);
	assert_string_equal("EVIL-1", request.serial_number);
	assert_true(ca_issue_device(ca, &request, "ex7-1", "EX7-1", NOW, 30,
				    &out, &err));
	X509 *leaf = parse(buf_str(&out.pem));
	X509 *root = root_of(ca);
	X509_NAME *subject = X509_get_subject_name(leaf);
	assert_int_equal(2, X509_NAME_entry_count(subject));
	X509_NAME_get_text_by_NID(subject, NID_commonName, name, sizeof(name));
	assert_string_equal("ex7-1", name);
	X509_NAME_get_text_by_NID(subject, NID_serialNumber, name,
				  sizeof(name));
	assert_string_equal("EX7-1", name);
	assert_true(is_good(leaf, root, X509_PURPOSE_SSL_CLIENT, NOW));
	assert_false(is_good(leaf, root, X509_PURPOSE_SSL_SERVER, NOW));
	assert_false(
		is_good(leaf, root, X509_PURPOSE_SSL_CLIENT, NOW + 31 * DAY_S));
	assert_int_equal(0, X509_check_ca(leaf));
	int at = X509_get_ext_by_NID(leaf, NID_ext_key_usage, -1);
	assert_int_equal(0,
			 X509_EXTENSION_get_critical(X509_get_ext(leaf, at)));
	X509_free(root);
	X509_free(leaf);
	ca_certificate_clear(&out);
	ca_request_clear(&request);
	ca_free(ca);
}

static void our_reader_agrees(void **state)
{
	struct ca *ca = make("Devices");
	struct ca_request request;
	struct ca_certificate out = CA_CERTIFICATE_INIT;
	struct buf der = BUF_INIT;
	struct err err = { 0 };
	char label[CERTS_LABEL_SIZE];
	uint8_t hash[SHA256_SIZE];
	char hex[65];
	int64_t from = 0, until = 0;
	(void)state;
	read_request("a", NULL, &request);
	assert_true(ca_issue_device(ca, &request, "ex7-1", "", NOW, 30, &out,
				    &err));
	struct reader r = reader_of(out.pem.data, out.pem.len);
	assert_true(certs_pem_next(&r, label, &der, &err));
	certs_fingerprint(der.data, der.len, hash);
	hex_encode(hex, hash, sizeof(hash));
	assert_string_equal(hex, out.sha256);
	assert_true(certs_validity(der.data, der.len, &from, &until, &err));
	assert_int_equal(out.not_before, from);
	assert_int_equal(out.not_after, until);
	assert_int_equal(NOW + 30 * DAY_S, until);
	assert_true(from < NOW);
	assert_int_equal(32, strlen(out.serial));
	buf_clear(&der);
	ca_certificate_clear(&out);
	ca_request_clear(&request);
	ca_free(ca);
}

static void serial_numbers_never_repeat(void **state)
{
	struct ca *ca = make("Devices");
	struct ca_request request;
	struct err err = { 0 };
	char last[41] = "";
	(void)state;
	read_request("a", NULL, &request);
	for (int i = 0; i < 20; i++) {
		struct ca_certificate out = CA_CERTIFICATE_INIT;
		assert_true(ca_issue_device(ca, &request, "ex7-1", "", NOW, 1,
					    &out, &err));
		assert_string_not_equal(last, out.serial);
		memcpy(last, out.serial, sizeof(last));
		ca_certificate_clear(&out);
	}
	ca_request_clear(&request);
	ca_free(ca);
}

static void the_server_gets_its_dns_name(void **state)
{
	struct ca *ca = make("Server");
	struct ca_certificate out = CA_CERTIFICATE_INIT;
	struct buf key = BUF_INIT;
	struct err err = { 0 };
	(void)state;
	assert_true(
		ca_issue_server(ca, "comms.example", NOW, &key, &out, &err));
	X509 *leaf = parse(buf_str(&out.pem));
	X509 *root = root_of(ca);
	assert_int_equal(1, X509_check_host(leaf, "comms.example", 0, 0, NULL));
	assert_int_equal(0, X509_check_host(leaf, "other.example", 0, 0, NULL));
	assert_true(is_good(leaf, root, X509_PURPOSE_SSL_SERVER, NOW));
	assert_false(is_good(leaf, root, X509_PURPOSE_SSL_CLIENT, NOW));
	assert_non_null(strstr(buf_str(&key), "PRIVATE KEY"));
	X509_free(root);
	X509_free(leaf);
	buf_burn(&key);
	ca_certificate_clear(&out);
	ca_free(ca);
}

static void two_authorities_do_not_vouch_for_each_other(void **state)
{
	struct ca *devices = make("Devices");
	struct ca *server = make("Server");
	struct ca_request request;
	struct ca_certificate out = CA_CERTIFICATE_INIT;
	struct err err = { 0 };
	(void)state;
	read_request("a", NULL, &request);
	assert_true(ca_issue_device(devices, &request, "ex7-1", "", NOW, 1,
				    &out, &err));
	X509 *leaf = parse(buf_str(&out.pem));
	X509 *wrong = root_of(server);
	assert_false(is_good(leaf, wrong, X509_PURPOSE_SSL_CLIENT, NOW));
	X509_free(wrong);
	X509_free(leaf);
	ca_certificate_clear(&out);
	ca_request_clear(&request);
	ca_free(server);
	ca_free(devices);
}

static void names_that_do_not_fit_are_refused(void **state)
{
	struct ca *ca = make("Devices");
	struct ca_request request;
	struct ca_certificate out = CA_CERTIFICATE_INIT;
	struct buf key = BUF_INIT;
	struct err err = { 0 };
	char longer[CA_NAME_MAX + 2];
	(void)state;
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	read_request("a", NULL, &request);
	const struct {
		const char *device, *serial;
		int days;
	} bad[] = {
		{ "", "", 1 },       { longer, "", 1 },
		{ "a\nb", "", 1 },   { "a", "no_underscore", 1 },
		{ "a", longer, 1 },  { "a", "", 0 },
		{ "a", "", 100000 },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_reset(&err);
		assert_false(ca_issue_device(ca, &request, bad[i].device,
					     bad[i].serial, NOW, bad[i].days,
					     &out, &err));
		assert_int_equal(ERR_INVALID, err.kind);
	}
	err_reset(&err);
	assert_false(ca_issue_server(ca, "a,DNS:b", NOW, &key, &out, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	ca_request_clear(&request);
	ca_free(ca);
}

static void what_is_saved_is_private_and_loads_again(void **state)
{
	char dir[64];
	struct ca *ca = make("Devices");
	struct ca *again = NULL;
	struct ca *other = make("Other");
	struct err err = { 0 };
	struct stat st;
	(void)state;
	folder_make(dir, sizeof(dir));
	char *key = files_join(dir, "ca.key");
	char *pem = files_join(dir, "ca.pem");
	char *other_key = files_join(dir, "other.key");
	char *other_pem = files_join(dir, "other.pem");
	assert_true(ca_save(ca, key, pem, &err));
	assert_true(ca_save(other, other_key, other_pem, &err));
	assert_int_equal(0, stat(key, &st));
	assert_int_equal(0600, st.st_mode & 0777);
	assert_true(ca_load(key, pem, &again, &err));
	ca_free(again);
	assert_false(ca_load(other_key, pem, &again, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	err_reset(&err);
	assert_false(ca_load("/nonexistent", pem, &again, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	mem_free(key);
	mem_free(pem);
	mem_free(other_key);
	mem_free(other_pem);
	folder_remove(dir);
	ca_free(ca);
	ca_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_gets_our_subject_and_client_use_only),
		cmocka_unit_test(our_reader_agrees),
		cmocka_unit_test(serial_numbers_never_repeat),
		cmocka_unit_test(the_server_gets_its_dns_name),
		cmocka_unit_test(two_authorities_do_not_vouch_for_each_other),
		cmocka_unit_test(names_that_do_not_fit_are_refused),
		cmocka_unit_test(what_is_saved_is_private_and_loads_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
