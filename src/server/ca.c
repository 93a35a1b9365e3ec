/*
 * The certificate authorities, by OpenSSL's libcrypto: with ca_request.c, what
 * comes in and goes out as messages, the only file of the product that uses
 * it (TLS is lighttpd's and BearSSL's). The workers that enrol devices call
 * this, and the commands init and "device add"; no other worker does. Which
 * certificate belongs to which device is kept by certificates.c.
 */
#include "server/ca.h"

#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/sha256.h"

#define SERIAL_SIZE 16
#define DAY_S (24 * 60 * 60)
#define FILE_MAX (16 * 1024)

struct ca {
	EVP_PKEY *key;
	X509 *certificate;
};

/* One extension, in the form of OpenSSL's configuration files. */
struct extension {
	int nid;
	const char *value;
};

static const struct extension root_extensions[] = {
	{ NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
	{ NID_key_usage, "critical,keyCertSign,cRLSign" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_undef, NULL }
};

static const struct extension server_extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "serverAuth" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid" },
	{ NID_undef, NULL }
};

static const struct extension device_extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "clientAuth" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid" },
	{ NID_undef, NULL }
};

/* Sets a BUG error with OpenSSL's reason. */
static bool fail(struct err *err, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	err_set(err, ERR_BUG, "%s: %s.", what,
		reason == NULL ? "OpenSSL gave no reason" : reason);
	ERR_clear_error();
	return false;
}

static bool set_serial(X509 *x)
{
	uint8_t bytes[SERIAL_SIZE];
	if (RAND_bytes(bytes, SERIAL_SIZE) != 1) {
		return false;
	}
	/* Positive, and never shorter than 16 bytes. */
	bytes[0] = (uint8_t)((bytes[0] & 0x3f) | 0x40);
	BIGNUM *number = BN_bin2bn(bytes, SERIAL_SIZE, NULL);
	bool ok = number != NULL &&
		  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)) != NULL;
	BN_free(number);
	return ok;
}

static bool set_times(X509 *x, int64_t not_before, int64_t not_after)
{
	return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)not_before) !=
		       NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(x), (time_t)not_after) != NULL;
}

static bool add_name(X509_NAME *name, int nid, const char *value)
{
	return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
					  (const unsigned char *)value, -1, -1,
					  0) == 1;
}

static bool add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool ok = extension != NULL && X509_add_ext(x, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

static bool add_extensions(X509 *x, X509 *issuer,
			   const struct extension *extensions)
{
	for (; extensions->value != NULL; extensions++) {
		if (!add_extension(x, issuer, extensions->nid,
				   extensions->value)) {
			return false;
		}
	}
	return true;
}

/* What differs from one certificate to the next. */
struct order {
	const char *common_name;
	const char *serial_number; /* NULL or "" = none */
	EVP_PKEY *key;             /* the holder's */
	int64_t not_before, not_after;
	const struct extension *extensions;
	const char *alternative; /* "DNS:comms.example"; NULL = none */
};

/* issuer NULL = self-signed by signer. NULL and err set on failure. */
static X509 *build(const struct order *order, X509 *issuer, EVP_PKEY *signer,
		   struct err *err)
{
	X509 *x = X509_new();
	if (x == NULL) {
		fail(err, "The certificate could not be made");
		return NULL;
	}
	X509 *parent = issuer == NULL ? x : issuer;
	X509_NAME *subject = X509_get_subject_name(x);
	bool has_serial =
		order->serial_number != NULL && order->serial_number[0] != '\0';
	bool ok = X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
		  set_times(x, order->not_before, order->not_after) &&
		  add_name(subject, NID_commonName, order->common_name) &&
		  (!has_serial ||
		   add_name(subject, NID_serialNumber, order->serial_number)) &&
		  X509_set_issuer_name(x, X509_get_subject_name(parent)) == 1 &&
		  X509_set_pubkey(x, order->key) == 1 &&
		  (order->alternative == NULL ||
		   add_extension(x, parent, NID_subject_alt_name,
				 order->alternative)) &&
		  add_extensions(x, parent, order->extensions) &&
		  X509_sign(x, signer, EVP_sha256()) > 0;
	if (!ok) {
		fail(err, "The certificate could not be made");
		X509_free(x);
		return NULL;
	}
	return x;
}

/* Appends what OpenSSL wrote; the BIO is wiped and freed. */
static bool take_bio(BIO *bio, bool written, struct buf *out, struct err *err)
{
	char *data = NULL;
	long len = bio == NULL ? 0 : BIO_get_mem_data(bio, &data);
	bool ok = written && len > 0;
	if (ok) {
		buf_put(out, data, (size_t)len);
	} else {
		fail(err, "Key or certificate could not be written");
	}
	if (len > 0) {
		mem_burn(data, (size_t)len);
	}
	BIO_free(bio);
	return ok;
}

static bool put_certificate(X509 *x, struct buf *out, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool ok = bio != NULL && PEM_write_bio_X509(bio, x) == 1;
	return take_bio(bio, ok, out, err);
}

static bool put_key(EVP_PKEY *key, struct buf *out, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	bool ok = bio != NULL && PEM_write_bio_PrivateKey(bio, key, NULL, NULL,
							  0, NULL, NULL) == 1;
	return take_bio(bio, ok, out, err);
}

/* Fills out and frees x. */
static bool take_certificate(X509 *x, const struct order *order,
			     struct ca_certificate *out, struct err *err)
{
	uint8_t hash[SHA256_SIZE];
	unsigned len = sizeof(hash);
	char *serial = NULL;
	BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	if (number != NULL) {
		serial = BN_bn2hex(number);
	}
	bool ok = serial != NULL &&
		  X509_digest(x, EVP_sha256(), hash, &len) == 1 &&
		  text_copy(out->serial, sizeof(out->serial), serial);
	if (!ok) {
		fail(err, "The certificate could not be read back");
	}
	ok = ok && put_certificate(x, &out->pem, err);
	if (ok) {
		hex_encode(out->sha256, hash, sizeof(hash));
		out->not_before = order->not_before;
		out->not_after = order->not_after;
	}
	OPENSSL_free(serial);
	BN_free(number);
	X509_free(x);
	return ok;
}

void ca_certificate_clear(struct ca_certificate *certificate)
{
	buf_clear(&certificate->pem);
	*certificate = (struct ca_certificate)CA_CERTIFICATE_INIT;
}

static bool check_name(const char *name, struct err *err)
{
	size_t len = strlen(name);
	if (len < 1 || len > CA_NAME_MAX || !text_is_one_line(name, len)) {
		return err_set(err, ERR_INVALID,
			       "A certificate's name must have 1 to %d bytes "
			       "and be one line.",
			       CA_NAME_MAX);
	}
	return true;
}

bool ca_create(const char *common_name, int64_t now, struct ca **ca,
	       struct err *err)
{
	if (!check_name(common_name, err)) {
		return false;
	}
	struct ca *c = mem_zalloc(sizeof(*c));
	c->key = EVP_EC_gen("P-256");
	if (c->key == NULL) {
		fail(err, "The authority's key could not be made");
		goto out;
	}
	struct order order = {
		.common_name = common_name,
		.key = c->key,
		.not_before = now - CA_BACKDATE_S,
		.not_after = now + (int64_t)CA_YEARS * 365 * DAY_S,
		.extensions = root_extensions,
	};
	c->certificate = build(&order, NULL, c->key, err);
	if (c->certificate == NULL) {
		goto out;
	}
	*ca = c;
	return true;
out:
	ca_free(c);
	return false;
}

bool ca_put_certificate(const struct ca *ca, struct buf *out, struct err *err)
{
	return put_certificate(ca->certificate, out, err);
}

bool ca_save(const struct ca *ca, const char *key_path,
	     const char *certificate_path, struct err *err)
{
	struct buf key = BUF_INIT;
	struct buf certificate = BUF_INIT;
	bool ok = put_key(ca->key, &key, err) &&
		  put_certificate(ca->certificate, &certificate, err) &&
		  files_write(key_path, key.data, key.len, 0600, err) &&
		  files_write(certificate_path, certificate.data,
			      certificate.len, 0600, err);
	buf_burn(&key);
	buf_clear(&certificate);
	return ok;
}

/* OpenSSL would ask the terminal for the password of an encrypted key. */
static int no_password(char *buf, int size, int rwflag, void *ctx)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)ctx;
	return -1;
}

bool ca_load(const char *key_path, const char *certificate_path, struct ca **ca,
	     struct err *err)
{
	struct buf key = BUF_INIT;
	struct buf pem = BUF_INIT;
	struct ca *c = mem_zalloc(sizeof(*c));
	BIO *bio = NULL;
	bool ok = false;
	if (!files_read(key_path, FILE_MAX, &key, err) ||
	    !files_read(certificate_path, FILE_MAX, &pem, err)) {
		goto out;
	}
	bio = BIO_new_mem_buf(key.data, (int)key.len);
	c->key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	BIO_free(bio);
	bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	c->certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL);
	if (c->key == NULL || c->certificate == NULL ||
	    X509_check_private_key(c->certificate, c->key) != 1) {
		ERR_clear_error();
		err_set(err, ERR_INVALID,
			"%s and %s are not a key and its certificate.",
			key_path, certificate_path);
		goto out;
	}
	*ca = c;
	c = NULL;
	ok = true;
out:
	BIO_free(bio);
	buf_burn(&key);
	buf_clear(&pem);
	ca_free(c);
	return ok;
}

void ca_free(struct ca *ca)
{
	if (ca == NULL) {
		return;
	}
	EVP_PKEY_free(ca->key);
	X509_free(ca->certificate);
	mem_free(ca);
}

bool ca_issue_server(const struct ca *ca, const char *dns_name, int64_t now,
		     struct buf *key_pem, struct ca_certificate *out,
		     struct err *err)
{
	/* The comma would start another name in OpenSSL's notation. */
	if (!check_name(dns_name, err) || strpbrk(dns_name, ",:@ ") != NULL) {
		return err_set(err, ERR_INVALID, "This is no DNS name.");
	}
	char alternative[CA_NAME_MAX + 8];
	snprintf(alternative, sizeof(alternative), "DNS:%s", dns_name);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	if (key == NULL) {
		return fail(err, "The server's key could not be made");
	}
	struct order order = {
		.common_name = dns_name,
		.key = key,
		.not_before = now - CA_BACKDATE_S,
		.not_after = now + (int64_t)CA_SERVER_DAYS * DAY_S,
		.extensions = server_extensions,
		.alternative = alternative,
	};
	X509 *x = build(&order, ca->certificate, ca->key, err);
	bool ok = x != NULL && take_certificate(x, &order, out, err) &&
		  put_key(key, key_pem, err);
	EVP_PKEY_free(key);
	return ok;
}

bool ca_serial_is_valid(const char *serial_number)
{
	/* PrintableString, X.680 section 41.4. */
	size_t len = strlen(serial_number);
	return len <= CA_SERIAL_MAX &&
	       strspn(serial_number,
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		      "0123456789 '()+,-./:=?") == len;
}

bool ca_issue_device(const struct ca *ca, const struct ca_request *request,
		     const char *device, const char *serial_number, int64_t now,
		     int days, struct ca_certificate *out, struct err *err)
{
	if (!check_name(device, err)) {
		return false;
	}
	if (!ca_serial_is_valid(serial_number)) {
		return err_set(err, ERR_INVALID,
			       "A serial number has at most %d letters, "
			       "digits, spaces and ' ( ) + , - . / : = ?",
			       CA_SERIAL_MAX);
	}
	if (days < 1 || days > CA_YEARS * 365) {
		return err_set(err, ERR_INVALID,
			       "A certificate is good for 1 day to %d years.",
			       CA_YEARS);
	}
	struct order order = {
		.common_name = device,
		.serial_number = serial_number,
		.key = request->key,
		.not_before = now - CA_BACKDATE_S,
		.not_after = now + (int64_t)days * DAY_S,
		.extensions = device_extensions,
	};
	X509 *x = build(&order, ca->certificate, ca->key, err);
	return x != NULL && take_certificate(x, &order, out, err);
}
