/*
 * ChaCha20-Poly1305 by libsodium. Which nonces are used, and that each is
 * used once, is the affair of the format that seals (formats/age_parts.c).
 */
#include "crypto/chacha20_poly1305.h"

#include <stdlib.h>

#include <sodium/core.h>
#include <sodium/crypto_aead_chacha20poly1305.h>

_Static_assert(CHACHA20_POLY1305_KEY_SIZE ==
		       crypto_aead_chacha20poly1305_ietf_KEYBYTES,
	       "the key's size is not the library's");
_Static_assert(CHACHA20_POLY1305_NONCE_SIZE ==
		       crypto_aead_chacha20poly1305_ietf_NPUBBYTES,
	       "the nonce's size is not the library's");
_Static_assert(CHACHA20_POLY1305_TAG_SIZE ==
		       crypto_aead_chacha20poly1305_ietf_ABYTES,
	       "the tag's size is not the library's");

/* Chooses the implementation for this processor, once. */
static void choose(void)
{
	if (sodium_init() < 0) {
		abort();
	}
}

void chacha20_poly1305_seal(const struct chacha20_poly1305 *with,
			    const void *plain, size_t plain_len,
			    uint8_t *sealed)
{
	choose();
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(
		sealed, NULL, plain_len > 0 ? plain : sealed, plain_len, NULL,
		0, NULL, with->nonce, with->key);
}

bool chacha20_poly1305_open(const struct chacha20_poly1305 *with,
			    const uint8_t *sealed, size_t sealed_len,
			    void *plain)
{
	choose();
	if (sealed_len < CHACHA20_POLY1305_TAG_SIZE) {
		return false;
	}
	size_t len = sealed_len - CHACHA20_POLY1305_TAG_SIZE;
	uint8_t nothing[1];
	/* The library checks the tag before it decrypts. */
	uint8_t *to = len > 0 ? plain : nothing;
	return crypto_aead_chacha20poly1305_ietf_decrypt_detached(
		       to, NULL, sealed, len, sealed + len, NULL, 0,
		       with->nonce, with->key) == 0;
}
