#ifndef SLUICE_CRYPTO_CHACHA20_POLY1305_H
#define SLUICE_CRYPTO_CHACHA20_POLY1305_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CHACHA20_POLY1305_KEY_SIZE 32
#define CHACHA20_POLY1305_NONCE_SIZE 12
#define CHACHA20_POLY1305_TAG_SIZE 16

/*
 * ChaCha20-Poly1305 (RFC 8439, section 2.8), without additional data. A nonce
 * is used once with a key. The sealed form is as long as the plain one and
 * the tag behind it. plain and sealed do not overlap.
 */
struct chacha20_poly1305 {
	uint8_t key[CHACHA20_POLY1305_KEY_SIZE];
	uint8_t nonce[CHACHA20_POLY1305_NONCE_SIZE];
};

void chacha20_poly1305_seal(const struct chacha20_poly1305 *with,
			    const void *plain, size_t plain_len,
			    uint8_t *sealed);

/*
 * plain: sealed_len less the tag. false = altered, or another key or nonce;
 * plain is all zero then.
 */
MUST_USE bool chacha20_poly1305_open(const struct chacha20_poly1305 *with,
				     const uint8_t *sealed, size_t sealed_len,
				     void *plain);

#endif
