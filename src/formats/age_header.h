#ifndef SLUICE_FORMATS_AGE_HEADER_H
#define SLUICE_FORMATS_AGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/age_parts.h"

#define AGE_VERSION_LINE "age-encryption.org/v1\n"
#define AGE_HEADER_MAX (64 * 1024) /* bytes that are read */

/*
 * Puts a header that gives the file key to each recipient, in their order.
 * Errors: INVALID (a low-order point); out is as before then.
 */
MUST_USE bool age_header_put(struct buf *out,
			     const struct age_recipient *recipients,
			     size_t count,
			     const uint8_t file_key[AGE_FILE_KEY_SIZE],
			     struct err *err);

/*
 * Reads a whole header, its last line included, and finds the file key with
 * one of the identities. Stanzas of other types are skipped.
 * Errors: INVALID (syntax, a malformed X25519 stanza, the MAC), DENIED (none
 * of the identities is a recipient).
 */
MUST_USE bool age_header_open(const void *header, size_t len,
			      const struct age_identity *identities,
			      size_t count, uint8_t file_key[AGE_FILE_KEY_SIZE],
			      struct err *err);

#endif
