/*
 * How keys follow from keys in an age file, for both directions. The header's
 * text is age_header.c's, the streams age_seal.c's and age_open.c's.
 *
 *   wrap key     HKDF(shared, salt = share || recipient, the label below)
 *   MAC key      HKDF(file key, no salt, "header")
 *   payload key  HKDF(file key, salt = payload nonce, "payload")
 *   chunk nonce  number of the chunk, 11 bytes, most significant first; then
 *                1 for the last chunk, else 0
 * HKDF is with SHA-256. Source: age-encryption.org/v1.
 */
#include "formats/age_parts.h"

#include <string.h>

#include "base/mem.h"
#include "crypto/hkdf.h"
#include "crypto/hmac.h"

#define WRAP_LABEL "age-encryption.org/v1/X25519"
#define MAC_LABEL "header"
#define PAYLOAD_LABEL "payload"

_Static_assert(AGE_MAC_SIZE == HMAC_SHA256_SIZE, "the MAC is HMAC-SHA-256");

void age_chunks_init(struct age_chunks *chunks,
		     const uint8_t file_key[AGE_FILE_KEY_SIZE],
		     const uint8_t nonce[AGE_PAYLOAD_NONCE_SIZE])
{
	chunks->next = 0;
	hkdf_sha256(file_key, AGE_FILE_KEY_SIZE, nonce, AGE_PAYLOAD_NONCE_SIZE,
		    PAYLOAD_LABEL, sizeof(PAYLOAD_LABEL) - 1, chunks->with.key,
		    sizeof(chunks->with.key));
}

void age_chunks_aim(struct age_chunks *chunks, bool last)
{
	uint8_t *nonce = chunks->with.nonce;

	memset(nonce, 0, sizeof(chunks->with.nonce));
	for (unsigned i = 0; i < sizeof(chunks->next); i++) {
		nonce[10 - i] = (uint8_t)(chunks->next >> (8 * i));
	}
	nonce[11] = last ? 1 : 0;
}

void age_header_mac(const uint8_t file_key[AGE_FILE_KEY_SIZE],
		    const void *header, size_t len, uint8_t mac[AGE_MAC_SIZE])
{
	uint8_t key[AGE_MAC_SIZE] = { 0 };

	hkdf_sha256(file_key, AGE_FILE_KEY_SIZE, NULL, 0, MAC_LABEL,
		    sizeof(MAC_LABEL) - 1, key, sizeof(key));
	hmac_sha256(key, sizeof(key), header, len, mac);
	mem_burn(key, sizeof(key));
}

void age_wrap_key(const uint8_t shared[AGE_KEY_SIZE],
		  const uint8_t share[AGE_KEY_SIZE],
		  const struct age_recipient *recipient,
		  struct chacha20_poly1305 *with)
{
	uint8_t salt[2 * AGE_KEY_SIZE];

	memcpy(salt, share, AGE_KEY_SIZE);
	memcpy(salt + AGE_KEY_SIZE, recipient->key, AGE_KEY_SIZE);
	memset(with->nonce, 0, sizeof(with->nonce));
	hkdf_sha256(shared, AGE_KEY_SIZE, salt, sizeof(salt), WRAP_LABEL,
		    sizeof(WRAP_LABEL) - 1, with->key, sizeof(with->key));
}
