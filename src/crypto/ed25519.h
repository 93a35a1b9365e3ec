#ifndef SLUICE_CRYPTO_ED25519_H
#define SLUICE_CRYPTO_ED25519_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define ED25519_SEED_SIZE 32
#define ED25519_PUBLIC_SIZE 32
#define ED25519_SIGNATURE_SIZE 64

/*
 * An Ed25519 key pair (RFC 8032): device ledger key, server receipt key.
 * Secret: mem_burn() the struct when done.
 */
struct ed25519_key {
	uint8_t seed[ED25519_SEED_SIZE];         /* the private key */
	uint8_t public_key[ED25519_PUBLIC_SIZE]; /* follows from seed */
};

void ed25519_generate(struct ed25519_key *key);
void ed25519_from_seed(const uint8_t seed[ED25519_SEED_SIZE],
		       struct ed25519_key *key);

/* Signs a message of any length; the same message gives the same signature. */
void ed25519_sign(const struct ed25519_key *key, const void *msg, size_t len,
		  uint8_t sig[ED25519_SIGNATURE_SIZE]);

/*
 * true = the signature is good. Refuses keys and points of small order and
 * non-canonical encodings, so that a signature is good for one message only.
 */
MUST_USE bool ed25519_verify(const uint8_t public_key[ED25519_PUBLIC_SIZE],
			     const void *msg, size_t len,
			     const uint8_t sig[ED25519_SIGNATURE_SIZE]);

#endif
