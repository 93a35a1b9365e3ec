/*
 * HMAC-SHA-256 by libsodium. Unkeyed hashes are in sha256.c; nothing here
 * compares, because that is mem_equal_ct()'s work.
 */
#include "crypto/hmac.h"

#include <sodium/crypto_auth_hmacsha256.h>

#include "base/mem.h"

void hmac_sha256(const void *key, size_t key_len, const void *data,
		 size_t data_len, uint8_t out[HMAC_SHA256_SIZE])
{
	static const uint8_t nothing[1] = { 0 };
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key_len > 0 ? key : nothing,
				    key_len);
	if (data_len > 0) {
		crypto_auth_hmacsha256_update(&state, data, data_len);
	}
	crypto_auth_hmacsha256_final(&state, out);
	mem_burn(&state, sizeof(state));
}
