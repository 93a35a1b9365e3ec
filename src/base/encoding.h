#ifndef SLUICE_BASE_ENCODING_H
#define SLUICE_BASE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Hex and base64 (RFC 4648). Decoders are strict: canonical form only. */

void hex_encode(char *dst, const void *src,
		size_t len); /* 2*len + NUL, lower case */
MUST_USE bool
hex_decode(uint8_t *dst, size_t len,
	   const char *src); /* exactly 2*len digits, either case */

void base64_put(struct buf *out, const void *src, size_t len); /* padded */
void base64url_put(struct buf *out, const void *src,
		   size_t len); /* unpadded, section 5 */
void base64raw_put(struct buf *out, const void *src, size_t len); /* unpadded */
MUST_USE bool base64_decode(struct buf *out, const char *src, size_t len);
MUST_USE bool base64url_decode(struct buf *out, const char *src, size_t len);
MUST_USE bool base64raw_decode(struct buf *out, const char *src, size_t len);

#endif
