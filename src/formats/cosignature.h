#ifndef SLUICE_FORMATS_COSIGNATURE_H
#define SLUICE_FORMATS_COSIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/note.h"

/*
 * What a witness adds to a checkpoint (c2sp.org/tlog-cosignature, Ed25519,
 * type 0x04): a signature over "cosignature/v1\ntime N\n" and the note's text,
 * in a line of its own under the note:
 *
 *	— NAME base64(4-byte key id || 8-byte time || 64-byte signature)
 *
 * The key id is SHA-256(NAME, LF, 0x04, key), first four bytes, so it is
 * another one than that of the same key's plain signatures.
 */

/*
 * Appends base64 alone. note: a whole signed note. Errors: INVALID (no note, no
 * name), LIMIT.
 */
MUST_USE bool cosignature_make(const char *note, size_t len,
			       const struct note_signer *witness, int64_t at,
			       struct buf *out, struct err *err);

/*
 * Checks base64 as cosignature_make() gives it, for this note. witness: its
 * verifier key as for plain signatures. *at gets its time.
 * Errors: DENIED (another key, or it does not verify), INVALID (form), LIMIT.
 */
MUST_USE bool cosignature_check(const char *note, size_t len,
				const char *base64,
				const struct note_verifier *witness,
				int64_t *at, struct err *err);

/* Appends the note with the line added. Errors: INVALID, LIMIT. */
MUST_USE bool cosignature_add(const char *note, size_t len, const char *name,
			      const char *base64, struct buf *out,
			      struct err *err);

#endif
