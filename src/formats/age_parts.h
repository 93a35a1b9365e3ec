#ifndef SLUICE_FORMATS_AGE_PARTS_H
#define SLUICE_FORMATS_AGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/chacha20_poly1305.h"
#include "formats/age.h"

/* What sealing and opening share; nobody else includes it. */
#define AGE_FILE_KEY_SIZE 16
#define AGE_PAYLOAD_NONCE_SIZE 16
#define AGE_SEALED_CHUNK (AGE_CHUNK + CHACHA20_POLY1305_TAG_SIZE)

/*
 * The chunks of one file: their key, and the number of the next one. Secret:
 * it lives in locked memory.
 */
struct age_chunks {
	struct chacha20_poly1305 with;
	uint64_t next;
};

void age_chunks_init(struct age_chunks *chunks,
		     const uint8_t file_key[AGE_FILE_KEY_SIZE],
		     const uint8_t nonce[AGE_PAYLOAD_NONCE_SIZE]);

/* Sets with.nonce to that of the next chunk; the number stays. */
void age_chunks_aim(struct age_chunks *chunks, bool last);

/* The MAC of a header, which goes up to and including "---". */
#define AGE_MAC_SIZE 32
void age_header_mac(const uint8_t file_key[AGE_FILE_KEY_SIZE],
		    const void *header, size_t len, uint8_t mac[AGE_MAC_SIZE]);

/*
 * What seals a file key to one recipient: key of the stanza's body from what
 * both sides share, with a nonce of zeros.
 */
void age_wrap_key(const uint8_t shared[AGE_KEY_SIZE],
		  const uint8_t share[AGE_KEY_SIZE],
		  const struct age_recipient *recipient,
		  struct chacha20_poly1305 *with);

#endif
