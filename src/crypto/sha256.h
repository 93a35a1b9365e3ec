#ifndef SLUICE_CRYPTO_SHA256_H
#define SLUICE_CRYPTO_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

/*
 * SHA-256 (FIPS 180-4) of data that comes in pieces. The content belongs to
 * sha256.c; copy the struct to fork a running hash.
 */
struct sha256 {
	uint64_t opaque[16];
};

void sha256_init(struct sha256 *ctx);
void sha256_update(struct sha256 *ctx, const void *data, size_t len);

/* Gives the hash of all bytes so far; ctx needs sha256_init() afterwards. */
void sha256_final(struct sha256 *ctx, uint8_t out[SHA256_SIZE]);

/* All at once. data may be NULL when len is 0. */
void sha256_bytes(const void *data, size_t len, uint8_t out[SHA256_SIZE]);

#endif
