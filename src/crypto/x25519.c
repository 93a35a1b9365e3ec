/*
 * X25519 by libsodium. What is shared is no key yet: hkdf.c makes one of it.
 */
#include "crypto/x25519.h"

#include <stdlib.h>
#include <string.h>

#include <sodium/crypto_scalarmult_curve25519.h>

#include "base/mem.h"

_Static_assert(X25519_SIZE == crypto_scalarmult_curve25519_BYTES,
	       "X25519_SIZE is not the library's");

void x25519_public(const uint8_t secret[X25519_SIZE],
		   uint8_t public_key[X25519_SIZE])
{
	/* The base point is of no low order: it cannot fail. */
	if (crypto_scalarmult_curve25519_base(public_key, secret) != 0) {
		abort();
	}
}

bool x25519_shared(const uint8_t secret[X25519_SIZE],
		   const uint8_t point[X25519_SIZE],
		   uint8_t shared[X25519_SIZE])
{
	static const uint8_t zero[X25519_SIZE];
	uint8_t result[X25519_SIZE] = { 0 };

	/* The library refuses both too, as far as its version does. */
	bool ok = crypto_scalarmult_curve25519(result, secret, point) == 0 &&
		  !mem_equal_ct(result, zero, sizeof(zero));
	if (ok) {
		memcpy(shared, result, sizeof(result));
	}
	mem_burn(result, sizeof(result));
	return ok;
}

bool x25519_low_order(const uint8_t point[X25519_SIZE])
{
	/* Every secret is a multiple of 8 when used, so any one shows it. */
	static const uint8_t any[X25519_SIZE] = { 8 };
	uint8_t shared[X25519_SIZE];

	return !x25519_shared(any, point, shared);
}
