#ifndef SLUICE_FORMATS_CERTS_PARTS_H
#define SLUICE_FORMATS_CERTS_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/p256.h"
#include "formats/der.h"

/* Parts that certificates and requests share. Private to formats/certs_*.c */

#define CERTS_OID_COMMON_NAME "2.5.4.3"
#define CERTS_OID_SERIAL_NUMBER "2.5.4.5"
#define CERTS_OID_ALT_NAME "2.5.29.17"
#define CERTS_OID_EC_KEY "1.2.840.10045.2.1"
#define CERTS_OID_P256 "1.2.840.10045.3.1.7"
#define CERTS_OID_ECDSA_SHA256 "1.2.840.10045.4.3.2"

/*
 * Appends a Name of commonName (1..64 characters) and, unless NULL,
 * serialNumber (1..64 characters of PrintableString).
 * Errors: INVALID.
 */
MUST_USE bool certs_put_name(struct buf *out, const char *common_name,
			     const char *serial_number, struct err *err);

/* Appends a SubjectPublicKeyInfo. */
void certs_put_public_key(struct buf *out,
			  const uint8_t point[P256_POINT_SIZE]);

/* Appends AlgorithmIdentifier ecdsa-with-SHA256. */
void certs_put_algorithm(struct buf *out);

/*
 * Signs "signed part" and appends SEQUENCE { part, algorithm, signature }.
 * Errors: INVALID (the key cannot sign).
 */
MUST_USE bool certs_put_signed(struct buf *out, const struct buf *part,
			       const struct p256_key *key, struct err *err);

/* Takes a SubjectPublicKeyInfo with a P-256 point from r. */
MUST_USE bool certs_take_public_key(struct reader *r,
				    uint8_t point[P256_POINT_SIZE]);

/* Appends a Name (its SEQUENCE) as text for people. false = not a Name. */
MUST_USE bool certs_name_text(const struct der_item *name, struct buf *out);

#endif
