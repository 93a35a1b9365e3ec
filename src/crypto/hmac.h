#ifndef SLUICE_CRYPTO_HMAC_H
#define SLUICE_CRYPTO_HMAC_H

#include <stddef.h>
#include <stdint.h>

#define HMAC_SHA256_SIZE 32

/*
 * HMAC-SHA-256 (RFC 2104). Key of any length. Compare results with
 * mem_equal_ct() only.
 */
void hmac_sha256(const void *key, size_t key_len, const void *data,
		 size_t data_len, uint8_t out[HMAC_SHA256_SIZE]);

#endif
