/*
 * Ed25519 by libsodium, which verifies strictly (no small order, canonical
 * s). Keys on disk are keyfile.c's, signed notes formats/note.c's.
 */
#include "crypto/ed25519.h"

#include <string.h>

#include <sodium/crypto_sign_ed25519.h>

#include "base/mem.h"
#include "crypto/random.h"

void ed25519_from_seed(const uint8_t seed[ED25519_SEED_SIZE],
		       struct ed25519_key *key)
{
	uint8_t secret[crypto_sign_ed25519_SECRETKEYBYTES];

	memmove(key->seed, seed, ED25519_SEED_SIZE);
	crypto_sign_ed25519_seed_keypair(key->public_key, secret, key->seed);
	mem_burn(secret, sizeof(secret));
}

void ed25519_generate(struct ed25519_key *key)
{
	uint8_t seed[ED25519_SEED_SIZE];

	random_bytes(seed, sizeof(seed));
	ed25519_from_seed(seed, key);
	mem_burn(seed, sizeof(seed));
}

void ed25519_sign(const struct ed25519_key *key, const void *msg, size_t len,
		  uint8_t sig[ED25519_SIGNATURE_SIZE])
{
	/* libsodium's secret key is the seed followed by the public key. */
	uint8_t secret[crypto_sign_ed25519_SECRETKEYBYTES];

	memcpy(secret, key->seed, ED25519_SEED_SIZE);
	memcpy(secret + ED25519_SEED_SIZE, key->public_key,
	       ED25519_PUBLIC_SIZE);
	crypto_sign_ed25519_detached(sig, NULL, len > 0 ? msg : secret, len,
				     secret);
	mem_burn(secret, sizeof(secret));
}

bool ed25519_verify(const uint8_t public_key[ED25519_PUBLIC_SIZE],
		    const void *msg, size_t len,
		    const uint8_t sig[ED25519_SIGNATURE_SIZE])
{
	return crypto_sign_ed25519_verify_detached(sig, len > 0 ? msg : sig,
						   len, public_key) == 0;
}
