#ifndef SLUICE_CRYPTO_P256_H
#define SLUICE_CRYPTO_P256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define P256_PRIVATE_SIZE 32
#define P256_POINT_SIZE 65
#define P256_SIGNATURE_MAX 72

/*
 * A P-256 key pair: TLS identity of a device or of a server.
 * Secret: mem_burn() the struct when done.
 */
struct p256_key {
	uint8_t private_key[P256_PRIVATE_SIZE]; /* big-endian, 1..n-1 */
	uint8_t public_point[P256_POINT_SIZE];  /* 0x04 || x || y */
};

void p256_generate(struct p256_key *key);

/*
 * Makes the pair from a private key. false when it is 0 or not below the
 * order of the curve; key is untouched then.
 */
MUST_USE bool p256_from_private(const uint8_t private_key[P256_PRIVATE_SIZE],
				struct p256_key *key);

/*
 * ECDSA over a SHA-256 hash (deterministic, RFC 6979) as DER. *len is the
 * size of the signature, at most P256_SIGNATURE_MAX. false when the private
 * key is out of range.
 */
MUST_USE bool p256_sign_sha256(const struct p256_key *key,
			       const uint8_t hash[32],
			       uint8_t sig_der[P256_SIGNATURE_MAX],
			       size_t *len);

/*
 * true = the signature is good. A point that is not on the curve or does not
 * start with 0x04 is refused. ECDSA signatures can be changed into another
 * good one by anybody: never use one as an identifier.
 */
MUST_USE bool p256_verify_sha256(const uint8_t public_point[P256_POINT_SIZE],
				 const uint8_t hash[32], const uint8_t *sig,
				 size_t len);

#endif
