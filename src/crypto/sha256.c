/*
 * SHA-256 by libsodium, with its state hidden in our own struct so that no
 * other file sees the library's types. Keyed hashes are in hmac.c.
 */
#include "crypto/sha256.h"

#include <sodium/crypto_hash_sha256.h>

typedef crypto_hash_sha256_state sha256_state;

_Static_assert(sizeof(sha256_state) <= sizeof(struct sha256),
	       "struct sha256 is too small for the library's state");
_Static_assert(_Alignof(sha256_state) <= _Alignof(struct sha256),
	       "struct sha256 is not aligned for the library's state");

static sha256_state *state_of(struct sha256 *ctx)
{
	return (sha256_state *)(void *)ctx->opaque;
}

void sha256_init(struct sha256 *ctx)
{
	crypto_hash_sha256_init(state_of(ctx));
}

void sha256_update(struct sha256 *ctx, const void *data, size_t len)
{
	if (len > 0) {
		crypto_hash_sha256_update(state_of(ctx), data, len);
	}
}

void sha256_final(struct sha256 *ctx, uint8_t out[SHA256_SIZE])
{
	crypto_hash_sha256_final(state_of(ctx), out);
}

void sha256_bytes(const void *data, size_t len, uint8_t out[SHA256_SIZE])
{
	struct sha256 ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, data, len);
	sha256_final(&ctx, out);
}
