/*
 * HKDF over libsodium's HMAC-SHA-256, whose parts are fed one after the other
 * here because the info has no bound. A MAC alone is hmac.c's.
 */
#include "crypto/hkdf.h"

#include <assert.h>
#include <string.h>

#include <sodium/crypto_auth_hmacsha256.h>

#include "base/mem.h"
#include "crypto/hmac.h"

/* T(n) = HMAC(key, T(n-1) || info || n); the first has no T before it. */
static void expand(const uint8_t key[HMAC_SHA256_SIZE], const void *info,
		   size_t info_len, uint8_t n, uint8_t t[HMAC_SHA256_SIZE])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, HMAC_SHA256_SIZE);
	if (n > 1) {
		crypto_auth_hmacsha256_update(&state, t, HMAC_SHA256_SIZE);
	}
	if (info_len > 0) {
		crypto_auth_hmacsha256_update(&state, info, info_len);
	}
	crypto_auth_hmacsha256_update(&state, &n, 1);
	crypto_auth_hmacsha256_final(&state, t);
	mem_burn(&state, sizeof(state));
}

void hkdf_sha256(const void *secret, size_t secret_len, const void *salt,
		 size_t salt_len, const void *info, size_t info_len,
		 uint8_t *out, size_t out_len)
{
	uint8_t key[HMAC_SHA256_SIZE] = { 0 };
	uint8_t t[HMAC_SHA256_SIZE] = { 0 };
	uint8_t n = 0;

	assert(out_len <= HKDF_SHA256_MAX);
	hmac_sha256(salt, salt_len, secret, secret_len, key);
	for (size_t done = 0; done < out_len; done += sizeof(t)) {
		size_t left = out_len - done;
		expand(key, info, info_len, ++n, t);
		memcpy(out + done, t, left < sizeof(t) ? left : sizeof(t));
	}
	mem_burn(key, sizeof(key));
	mem_burn(t, sizeof(t));
}
