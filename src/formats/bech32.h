#ifndef SLUICE_FORMATS_BECH32_H
#define SLUICE_FORMATS_BECH32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Bech32 as the age format has it: BIP 173 without its limit of 90
 * characters. A text is a prefix, "1", the bytes and a checksum.
 */
#define BECH32_SUM 6 /* characters of the checksum */

/* Size of a text, its NUL included. */
#define BECH32_SIZE(prefix_len, len) \
	((prefix_len) + 1 + ((len)*8 + 4) / 5 + BECH32_SUM + 1)

/*
 * Puts at most BECH32_SIZE() bytes. With a capital letter in the prefix (A-Z,
 * no small one then) the whole text is in capitals.
 */
void bech32_encode(const char *prefix, const void *data, size_t len,
		   char *text);

/*
 * Reads a text of this very prefix, in this very case, that holds exactly len
 * bytes. data is untouched on failure.
 * Errors: INVALID (character, mixed case, checksum, other prefix or length,
 * set bits after the last byte).
 */
MUST_USE bool bech32_decode(const char *text, const char *prefix, void *data,
			    size_t len, struct err *err);

#endif
