#ifndef SLUICE_CRYPTO_X25519_H
#define SLUICE_CRYPTO_X25519_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define X25519_SIZE 32

/*
 * Key agreement on Curve25519 (RFC 7748, section 6.1). A secret is any 32
 * random bytes. Secrets and what is shared end with mem_burn().
 */
void x25519_public(const uint8_t secret[X25519_SIZE],
		   uint8_t public_key[X25519_SIZE]);

/*
 * false = the point is of low order: what is shared would be zero, known to
 * everybody. shared is untouched then.
 */
MUST_USE bool x25519_shared(const uint8_t secret[X25519_SIZE],
			    const uint8_t point[X25519_SIZE],
			    uint8_t shared[X25519_SIZE]);

/* Would x25519_shared() refuse it, whatever the secret is? */
MUST_USE bool x25519_low_order(const uint8_t point[X25519_SIZE]);

#endif
