#ifndef SLUICE_FORMATS_NOTE_H
#define SLUICE_FORMATS_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/ed25519.h"

/*
 * C2SP signed notes (c2sp.org/signed-note): text that ends in a line break,
 * an empty line, signature lines. Ed25519 signatures (type 0x01) only.
 */
#define NOTE_NAME_SIZE 129 /* key name of 1..128 bytes, and NUL */
#define NOTE_MAX_BYTES (64 * 1024)
#define NOTE_MAX_SIGNATURES 100 /* lines of one note */
#define NOTE_MAX_VERIFIERS 32   /* known keys given to note_open() */

/*
 * Signs under a name of 1..128 bytes of UTF-8 without white space, control
 * characters and "+".
 */
struct note_signer {
	const char *name;              /* borrowed */
	const struct ed25519_key *key; /* borrowed */
};

/* A key that we know. */
struct note_verifier {
	char name[NOTE_NAME_SIZE];
	uint8_t key_id[4]; /* SHA-256(name, LF, 0x01, key), first four bytes */
	uint8_t public_key[ED25519_PUBLIC_SIZE];
};

/* An opened note; points into the bytes that were given. */
struct note_opened {
	const char *text; /* not NUL-terminated; with its last line break */
	size_t text_len;
	unsigned verified; /* how many different known keys signed, 1.. */
	uint32_t signers;  /* bit i: known[i] signed */
};

/*
 * Appends the note: text, an empty line, one signature line a signer.
 * Errors: INVALID (text that is no UTF-8, has control characters other than
 * LF or does not end in LF; a bad name; no signer), LIMIT.
 */
MUST_USE bool note_sign(const char *text, const struct note_signer *signers,
			size_t count, struct buf *out, struct err *err);

/*
 * Bytes of a note's text, its last line break included; looks at no
 * signature. Errors: INVALID, LIMIT.
 */
MUST_USE bool note_text_size(const char *note, size_t len, size_t *text_len,
			     struct err *err);

/*
 * Checks a note against known keys. Signatures of unknown keys are passed
 * over; one of a known key that does not verify rejects the whole note, and
 * so does a note that no known key signed. opened points into note.
 * Errors: INVALID (syntax), DENIED (bad signature, or no known signer),
 * LIMIT (size, number of lines).
 */
MUST_USE bool note_open(const char *note, size_t len,
			const struct note_verifier *known, size_t count,
			struct note_opened *opened, struct err *err);

/*
 * Verifier key text, "<name>+<8 hex>+<base64(0x01 || key)>", without a line
 * break. Errors: INVALID (syntax, another algorithm, key id that is not the
 * key's).
 */
MUST_USE bool note_verifier_parse(const char *text,
				  struct note_verifier *verifier,
				  struct err *err);
void note_verifier_put(struct buf *out, const struct note_verifier *verifier);

/*
 * The verifier key in the first line of a small file; the error names the
 * file. Errors: NOT_FOUND, INVALID, LIMIT, IO.
 */
MUST_USE bool note_verifier_load(const char *path,
				 struct note_verifier *verifier,
				 struct err *err);

/* The verifier of a key pair. Errors: INVALID (name). */
MUST_USE bool note_verifier_of(const char *name,
			       const uint8_t public_key[ED25519_PUBLIC_SIZE],
			       struct note_verifier *verifier, struct err *err);

#endif
