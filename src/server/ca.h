#ifndef SLUICE_SERVER_CA_H
#define SLUICE_SERVER_CA_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The server's certificate authorities. There are two, and neither vouches
 * for the other's certificates: one for the server's own TLS certificate (its
 * root is the anchor in each device), one for devices (its root is what
 * lighttpd checks client certificates against). P-256 keys, ecdsa-with-SHA256,
 * random 16-byte serial numbers. Source: RFC 5280.
 */
#define CA_REQUEST_MAX (16 * 1024)   /* bytes of a PKCS#10 in PEM */
#define CA_YEARS 20                  /* life of a root */
#define CA_SERVER_DAYS 730           /* life of the server's certificate */
#define CA_BACKDATE_S (24 * 60 * 60) /* for devices whose clock is behind */
#define CA_NAME_MAX 64               /* bytes of a common name */
#define CA_SERIAL_MAX 64             /* bytes of a serialNumber attribute */

struct ca; /* opaque: key and certificate of an authority */

/* A certificate that was issued; release with ca_certificate_clear(). */
struct ca_certificate {
	struct buf pem;
	char sha256[65]; /* of the DER, hex */
	char serial[41]; /* hex */
	int64_t not_before, not_after;
};

#define CA_CERTIFICATE_INIT            \
	{                              \
		BUF_INIT, "", "", 0, 0 \
	}

void ca_certificate_clear(struct ca_certificate *certificate);

/* Makes an authority: fresh key, self-signed root. Errors: INVALID, BUG. */
MUST_USE bool ca_create(const char *common_name, int64_t now, struct ca **ca,
			struct err *err);

/* Appends the authority's own certificate in PEM. Errors: BUG. */
MUST_USE bool ca_put_certificate(const struct ca *ca, struct buf *out,
				 struct err *err);

/* Both files get mode 0600. Errors: IO. */
MUST_USE bool ca_save(const struct ca *ca, const char *key_path,
		      const char *certificate_path, struct err *err);

/* Errors: NOT_FOUND, INVALID (not a key and its certificate), IO. */
MUST_USE bool ca_load(const char *key_path, const char *certificate_path,
		      struct ca **ca, struct err *err);
void ca_free(struct ca *ca); /* NULL is fine */

/*
 * A certificate for this server's TLS: the DNS name in common name and
 * subjectAltName, extKeyUsage serverAuth. key_pem gets the new private key:
 * wipe it with buf_burn(). Errors: INVALID (name), BUG.
 */
MUST_USE bool ca_issue_server(const struct ca *ca, const char *dns_name,
			      int64_t now, struct buf *key_pem,
			      struct ca_certificate *out, struct err *err);

/* A PKCS#10 request whose signature is good and whose key is P-256. */
struct ca_request {
	void *key;                         /* owned */
	char common_name[CA_NAME_MAX + 1]; /* what it proposes; "" = nothing */
	char serial_number[CA_SERIAL_MAX + 1];
	char key_sha256[65]; /* of the SubjectPublicKeyInfo, hex */
};

#define CA_REQUEST_INIT          \
	{                        \
		NULL, "", "", "" \
	}

/*
 * Errors: INVALID (no PKCS#10 in PEM, another kind of key), DENIED (the
 * signature is not by this key), LIMIT (over CA_REQUEST_MAX).
 */
MUST_USE bool ca_request_read(const char *pem, size_t len,
			      struct ca_request *request, struct err *err);

/* The same from DER, which nothing may follow. */
MUST_USE bool ca_request_read_der(const void *der, size_t len,
				  struct ca_request *request, struct err *err);
void ca_request_clear(struct ca_request *request);

/*
 * What key a certificate (PEM) holds, as key_sha256 of a request. Errors:
 * INVALID.
 */
MUST_USE bool ca_key_of(const char *pem, char key_sha256[65], struct err *err);

/*
 * Appends one certificate (PEM) as a certs-only CMS message in DER, the answer
 * of EST: SignedData without content and signers (RFC 7030 section 4.1.3).
 * Errors: INVALID (no certificate), BUG.
 */
MUST_USE bool ca_put_certs_only(const char *pem, struct buf *der,
				struct err *err);

/* May it stand in a certificate? At most CA_SERIAL_MAX printable characters. */
bool ca_serial_is_valid(const char *serial_number);

/*
 * A certificate for a device. The subject is ours: common name = device,
 * serialNumber = serial_number ("" = none), nothing of the request but its
 * key. extKeyUsage clientAuth (not critical). Errors: INVALID, BUG.
 */
MUST_USE bool ca_issue_device(const struct ca *ca,
			      const struct ca_request *request,
			      const char *device, const char *serial_number,
			      int64_t now, int days, struct ca_certificate *out,
			      struct err *err);

#endif
