/*
 * What comes to an authority and what it answers with: requests (PKCS#10) are
 * read and checked, certificates go out in certs-only messages. Issuing is
 * ca.c's; the transport around it est.c's.
 */
#include "server/ca.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/sha256.h"

#define POINT_SIZE 65 /* 0x04 || x || y */

/* Uncompressed P-256, as BearSSL wants it in the certificate. */
static bool is_p256(EVP_PKEY *key)
{
	char group[32] = "";
	uint8_t point[POINT_SIZE + 32];
	size_t len = 0;
	return EVP_PKEY_is_a(key, "EC") &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
	       text_equal(group, SN_X9_62_prime256v1) &&
	       EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
					       point, sizeof(point),
					       &len) == 1 &&
	       len == POINT_SIZE && point[0] == 0x04;
}

/*
 * The one value of an attribute of the subject; "" if there is none. false:
 * there are several, or what is there cannot be taken.
 */
static bool read_name(X509_NAME *name, int nid, char *dst, size_t size)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1);
	unsigned char *text = NULL;
	int len =
		at < 0 ? -1
		       : ASN1_STRING_to_UTF8(
				 &text, X509_NAME_ENTRY_get_data(
						X509_NAME_get_entry(name, at)));
	bool fits = len > 0 && (size_t)len < size &&
		    X509_NAME_get_index_by_NID(name, nid, at) < 0 &&
		    text_is_one_line((const char *)text, (size_t)len);
	dst[0] = '\0';
	if (fits) {
		memcpy(dst, text, (size_t)len);
		dst[len] = '\0';
	}
	OPENSSL_free(text);
	return fits || at < 0;
}

/* SHA-256 of the SubjectPublicKeyInfo. */
static bool key_hash(EVP_PKEY *key, char key_sha256[65])
{
	unsigned char *der = NULL;
	uint8_t hash[SHA256_SIZE];
	int len = i2d_PUBKEY(key, &der);
	if (len <= 0) {
		return false;
	}
	sha256_bytes(der, (size_t)len, hash);
	hex_encode(key_sha256, hash, sizeof(hash));
	OPENSSL_free(der);
	return true;
}

/* Checks req (NULL: could not be read), fills *request and frees req. */
static bool take_request(X509_REQ *req, const char *form,
			 struct ca_request *request, struct err *err)
{
	struct ca_request r = CA_REQUEST_INIT;
	EVP_PKEY *key = NULL;
	bool ok = false;
	if (req == NULL || (key = X509_REQ_get_pubkey(req)) == NULL) {
		err_set(err, ERR_INVALID,
			"This is no certificate request (PKCS#10 in %s).",
			form);
		goto out;
	}
	if (!is_p256(key) ||
	    X509_REQ_get_signature_nid(req) != NID_ecdsa_with_SHA256) {
		err_set(err, ERR_INVALID,
			"The certificate request must have a P-256 key and be "
			"signed by ecdsa-with-SHA256.");
		goto out;
	}
	if (X509_REQ_verify(req, key) != 1 || !key_hash(key, r.key_sha256)) {
		err_set(err, ERR_DENIED,
			"The certificate request is not signed by its own "
			"key.");
		goto out;
	}
	X509_NAME *subject = X509_REQ_get_subject_name(req);
	/* Who may have the certificate is asked by this name. */
	if (!read_name(subject, NID_commonName, r.common_name,
		       sizeof(r.common_name))) {
		err_set(err, ERR_INVALID,
			"The certificate request must have one common name of "
			"at most %d bytes on one line, or none.",
			CA_NAME_MAX);
		goto out;
	}
	(void)!read_name(subject, NID_serialNumber, r.serial_number,
			 sizeof(r.serial_number));
	*request = r;
	request->key = key;
	key = NULL;
	ok = true;
out:
	ERR_clear_error();
	EVP_PKEY_free(key);
	X509_REQ_free(req);
	return ok;
}

static bool check_size(size_t len, struct err *err)
{
	return len <= CA_REQUEST_MAX ||
	       err_set(err, ERR_LIMIT,
		       "The certificate request is longer than %d bytes.",
		       CA_REQUEST_MAX);
}

bool ca_request_read(const char *pem, size_t len, struct ca_request *request,
		     struct err *err)
{
	if (!check_size(len, err)) {
		return false;
	}
	char password[] = ""; /* else OpenSSL asks the terminal for it */
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	X509_REQ *req = PEM_read_bio_X509_REQ(bio, NULL, NULL, password);
	BIO_free(bio);
	return take_request(req, "PEM", request, err);
}

bool ca_request_read_der(const void *der, size_t len,
			 struct ca_request *request, struct err *err)
{
	if (!check_size(len, err)) {
		return false;
	}
	const unsigned char *at = der;
	X509_REQ *req = d2i_X509_REQ(NULL, &at, (long)len);
	if (req != NULL && at != (const unsigned char *)der + len) {
		X509_REQ_free(req);
		req = NULL;
	}
	return take_request(req, "DER", request, err);
}

void ca_request_clear(struct ca_request *request)
{
	EVP_PKEY_free(request->key);
	*request = (struct ca_request)CA_REQUEST_INIT;
}

/* NULL and err set when there is no certificate. */
static X509 *read_certificate(const char *pem, struct err *err)
{
	char password[] = ""; /* else OpenSSL asks the terminal for it */
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, password);
	BIO_free(bio);
	if (x == NULL) {
		ERR_clear_error();
		err_set(err, ERR_INVALID, "This is no certificate in PEM.");
	}
	return x;
}

bool ca_key_of(const char *pem, char key_sha256[65], struct err *err)
{
	X509 *x = read_certificate(pem, err);
	if (x == NULL) {
		return false;
	}
	EVP_PKEY *key = X509_get0_pubkey(x);
	bool ok = (key != NULL && key_hash(key, key_sha256)) ||
		  err_set(err, ERR_INVALID,
			  "The certificate's key cannot be read.");
	ERR_clear_error();
	X509_free(x);
	return ok;
}

bool ca_put_certs_only(const char *pem, struct buf *der, struct err *err)
{
	X509 *x = read_certificate(pem, err);
	if (x == NULL) {
		return false;
	}
	PKCS7 *message = PKCS7_new();
	unsigned char *bytes = NULL;
	int len = -1;
	if (message != NULL && PKCS7_set_type(message, NID_pkcs7_signed) == 1 &&
	    PKCS7_content_new(message, NID_pkcs7_data) == 1 &&
	    PKCS7_set_detached(message, 1) == 1 && /* no content */
	    PKCS7_add_certificate(message, x) == 1) {
		len = i2d_PKCS7(message, &bytes);
	}
	bool ok = len > 0 ||
		  err_set(err, ERR_BUG, "The answer could not be made.");
	if (ok) {
		buf_put(der, bytes, (size_t)len);
	}
	ERR_clear_error();
	OPENSSL_free(bytes);
	PKCS7_free(message);
	X509_free(x);
	return ok;
}
