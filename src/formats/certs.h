#ifndef SLUICE_FORMATS_CERTS_H
#define SLUICE_FORMATS_CERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/p256.h"
#include "crypto/sha256.h"

/* X.509 certificates and requests (RFC 5280, RFC 2986) with P-256 keys. */

#define CERTS_MAX_BYTES (64 * 1024)
#define CERTS_LABEL_SIZE 64

/* Whom a certificate names. */
struct certs_names {
	const char *common_name; /* 1..64 characters of UTF-8 */
	const char *const *dns;  /* host names, NULL ends; NULL = none */
	const char *const *ips;  /* "192.0.2.1" or "2001:db8::1"; likewise */
};

/*
 * A certificate for our own web pages, signed by its own key: version 3,
 * random 16-byte serial, subjectAltName, extKeyUsage serverAuth, critical
 * basicConstraints (no CA) and keyUsage digitalSignature. Times are UTC
 * seconds. Appends DER.
 * Errors: INVALID (a name or address, or times out of order).
 */
MUST_USE bool certs_self_signed(const struct p256_key *key,
				const struct certs_names *names,
				int64_t not_before, int64_t not_after,
				struct buf *der, struct err *err);

/*
 * A certification authority's own certificate: critical basicConstraints CA
 * with path length 0, critical keyUsage keyCertSign and cRLSign,
 * subjectKeyIdentifier. Errors: INVALID.
 */
MUST_USE bool certs_authority(const struct p256_key *key,
			      const char *common_name, int64_t not_before,
			      int64_t not_after, struct buf *der,
			      struct err *err);

enum certs_use {
	CERTS_UNSET = 0,
	CERTS_SERVER, /* extKeyUsage serverAuth, names in subjectAltName */
	CERTS_CLIENT  /* extKeyUsage clientAuth, subject only */
};

/* What an authority is to certify. */
struct certs_order {
	enum certs_use use;
	const uint8_t *public_point; /* P256_POINT_SIZE bytes of the holder */
	struct certs_names names;
	const char *serial_number; /* subject attribute; NULL = none */
	int64_t not_before, not_after;
};

/*
 * Issues a certificate. authority_der is the authority's own certificate,
 * whose subject becomes the issuer and whose point must be authority_key's.
 * Errors: INVALID (an order or authority that cannot be used).
 */
MUST_USE bool certs_issue(const struct p256_key *authority_key,
			  const uint8_t *authority_der, size_t authority_len,
			  const struct certs_order *order, struct buf *der,
			  struct err *err);

/*
 * A PKCS#10 request, ecdsa-with-SHA256, attributes [0] present and empty.
 * serial_number is the subject's serialNumber attribute, NULL = none.
 * Errors: INVALID (a name).
 */
MUST_USE bool certs_request(const struct p256_key *key, const char *common_name,
			    const char *serial_number, struct buf *der,
			    struct err *err);

/*
 * One that renews a certificate (RFC 7030, section 4.2.2): subject and
 * subjectAltName are the certificate's, byte by byte. Errors: INVALID, LIMIT
 * (it cannot be read).
 */
MUST_USE bool certs_request_renewal(const struct p256_key *key,
				    const uint8_t *certificate,
				    size_t certificate_len, struct buf *der,
				    struct err *err);

/* "-----BEGIN label-----", base64 in lines of 64, "-----END label-----". */
void certs_pem_put(struct buf *out, const char *label, const void *der,
		   size_t len);

/* The lines in between alone, each with its LF. */
void certs_base64_put(struct buf *out, const void *der, size_t len);

/*
 * The next PEM block from r, which moves past it; text before it is passed
 * over. Appends the bytes to der. Errors: NOT_FOUND (no block any more),
 * INVALID (broken block, headers inside, bad base64), LIMIT (too big).
 */
MUST_USE bool certs_pem_next(struct reader *r, char label[CERTS_LABEL_SIZE],
			     struct buf *der, struct err *err);

/* SHA-256 of the DER: how a certificate is bound to a device. */
void certs_fingerprint(const void *der, size_t len, uint8_t out[SHA256_SIZE]);

/*
 * Looks into one certificate. Nothing here verifies a signature or a chain:
 * that is TLS's work. Errors of all: INVALID, LIMIT (over CERTS_MAX_BYTES).
 */
MUST_USE bool certs_validity(const uint8_t *der, size_t len,
			     int64_t *not_before, int64_t *not_after,
			     struct err *err);
MUST_USE bool certs_public_point(const uint8_t *der, size_t len,
				 uint8_t point[P256_POINT_SIZE],
				 struct err *err);

/*
 * Appends a name for people, "CN=Example, serialNumber=EX7-004211", cleaned
 * of control characters. Never compare devices by it.
 */
MUST_USE bool certs_subject_text(const uint8_t *der, size_t len,
				 struct buf *out, struct err *err);
MUST_USE bool certs_issuer_text(const uint8_t *der, size_t len, struct buf *out,
				struct err *err);

/* A name as its DER SEQUENCE, as trust anchors want it. */
MUST_USE bool certs_subject_der(const uint8_t *der, size_t len, struct buf *out,
				struct err *err);
MUST_USE bool certs_issuer_der(const uint8_t *der, size_t len, struct buf *out,
			       struct err *err);

/* Its extension subjectAltName, whole; nothing when it has none. */
MUST_USE bool certs_alt_names_der(const uint8_t *der, size_t len,
				  struct buf *out, struct err *err);

#endif
