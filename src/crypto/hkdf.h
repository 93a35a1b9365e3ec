#ifndef SLUICE_CRYPTO_HKDF_H
#define SLUICE_CRYPTO_HKDF_H

#include <stddef.h>
#include <stdint.h>

#define HKDF_SHA256_MAX (255 * 32) /* bytes that one call can give */

/*
 * HKDF-SHA-256 (RFC 5869), both steps: out_len bytes of key from a secret
 * that is no good key itself. salt of 0 bytes = none (then it may be NULL).
 */
void hkdf_sha256(const void *secret, size_t secret_len, const void *salt,
		 size_t salt_len, const void *info, size_t info_len,
		 uint8_t *out, size_t out_len);

#endif
