/*
 * P-256 and ECDSA by BearSSL, the code that also does the TLS handshakes.
 * Keys on disk are keyfile.c's, certificates formats/certs_issue.c's.
 */
#include "crypto/p256.h"

#include <stdlib.h>
#include <string.h>

#include <bearssl.h>

#include "base/mem.h"
#include "crypto/random.h"

/* Smallest DER signature there is: SEQUENCE of two one-byte INTEGERs. */
#define P256_SIGNATURE_MIN 8

bool p256_from_private(const uint8_t private_key[P256_PRIVATE_SIZE],
		       struct p256_key *key)
{
	uint8_t copy[P256_PRIVATE_SIZE];
	uint8_t point[BR_EC_KBUF_PUB_MAX_SIZE];
	br_ec_private_key secret = { .curve = BR_EC_secp256r1,
				     .x = copy,
				     .xlen = sizeof(copy) };

	memcpy(copy, private_key, sizeof(copy));
	/* compute_pub does not check the range: mulgen of 0 or of the order
	 * gives a point that is no valid one, so look at the range first. */
	size_t order_len = 0;
	const uint8_t *order =
		br_ec_p256_m31.order(BR_EC_secp256r1, &order_len);
	static const uint8_t zero[P256_PRIVATE_SIZE];
	bool ok = order_len == P256_PRIVATE_SIZE &&
		  memcmp(copy, zero, sizeof(copy)) != 0 &&
		  memcmp(copy, order, sizeof(copy)) < 0 &&
		  br_ec_compute_pub(&br_ec_p256_m31, NULL, point, &secret) ==
			  P256_POINT_SIZE;
	if (ok) {
		memcpy(key->private_key, copy, sizeof(copy));
		memcpy(key->public_point, point, P256_POINT_SIZE);
	}
	mem_burn(copy, sizeof(copy));
	return ok;
}

void p256_generate(struct p256_key *key)
{
	uint8_t candidate[P256_PRIVATE_SIZE];
	bool made = false;

	/* A candidate is out of range once in 2^32; 64 in a row: no chance. */
	for (int i = 0; i < 64 && !made; i++) {
		random_bytes(candidate, sizeof(candidate));
		made = p256_from_private(candidate, key);
	}
	mem_burn(candidate, sizeof(candidate));
	if (!made) {
		abort();
	}
}

bool p256_sign_sha256(const struct p256_key *key, const uint8_t hash[32],
		      uint8_t sig_der[P256_SIGNATURE_MAX], size_t *len)
{
	uint8_t copy[P256_PRIVATE_SIZE];
	br_ec_private_key secret = { .curve = BR_EC_secp256r1,
				     .x = copy,
				     .xlen = sizeof(copy) };

	memcpy(copy, key->private_key, sizeof(copy));
	size_t made = br_ecdsa_i31_sign_asn1(&br_ec_p256_m31, &br_sha256_vtable,
					     hash, &secret, sig_der);
	mem_burn(copy, sizeof(copy));
	if (made == 0) {
		return false;
	}
	*len = made;
	return true;
}

bool p256_verify_sha256(const uint8_t public_point[P256_POINT_SIZE],
			const uint8_t hash[32], const uint8_t *sig, size_t len)
{
	uint8_t point[P256_POINT_SIZE];
	br_ec_public_key public_key = { .curve = BR_EC_secp256r1,
					.q = point,
					.qlen = sizeof(point) };

	if (public_point[0] != 0x04 || len < P256_SIGNATURE_MIN ||
	    len > P256_SIGNATURE_MAX) {
		return false;
	}
	memcpy(point, public_point, sizeof(point));
	return br_ecdsa_i31_vrfy_asn1(&br_ec_p256_m31, hash, 32, &public_key,
				      sig, len) == 1;
}
