#ifndef SLUICE_FORMATS_DER_H
#define SLUICE_FORMATS_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * DER (ITU-T X.690), as much as certificates need. Nested values are built
 * inside out: put the content into a struct buf, then der_put() that buf
 * with its tag into the outer one.
 */
enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8_STRING = 0x0c,
	DER_PRINTABLE_STRING = 0x13,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31
};

#define DER_CONTEXT(n) ((uint8_t)(0x80 | (n)))  /* [n] IMPLICIT primitive */
#define DER_EXPLICIT(n) ((uint8_t)(0xa0 | (n))) /* [n] constructed */

/* Any value: tag, length, content. */
void der_put(struct buf *out, uint8_t tag, const void *content, size_t len);

/* As der_put() of a whole buf. */
void der_put_buf(struct buf *out, uint8_t tag, const struct buf *content);

void der_put_bool(struct buf *out, bool value);

/* A positive INTEGER from big-endian bytes of any length (0 for none). */
void der_put_integer(struct buf *out, const void *big_endian, size_t len);
void der_put_small_integer(struct buf *out, uint32_t value);

/* From dots, "1.2.840.10045.2.1". Our own tables only: bad text aborts. */
void der_put_oid(struct buf *out, const char *dotted);

/* BIT STRING; unused = bits of the last byte that do not count, 0..7. */
void der_put_bits(struct buf *out, unsigned unused, const void *bits,
		  size_t len);

/* PrintableString when every character allows it, else UTF8String. */
void der_put_text(struct buf *out, const char *text);

/* Time (UTC seconds) as RFC 5280 asks: UTCTime to 2049, then Generalized. */
void der_put_time(struct buf *out, int64_t utc);

/* One value that der_next() found. raw is tag, length and content. */
struct der_item {
	uint8_t tag;
	const uint8_t *content;
	size_t len;
	const uint8_t *raw;
	size_t raw_len;
};

/*
 * Takes the next value from r. false, without moving, at the end or when the
 * bytes are not DER: tag numbers over 30, indefinite or not minimal lengths,
 * more content than there is.
 */
MUST_USE bool der_next(struct reader *r, struct der_item *item);

/* As der_next(), and the tag must be this one. */
MUST_USE bool der_expect(struct reader *r, uint8_t tag, struct der_item *item);

/* As der_expect(), and r gets to walk the content. outer moves on. */
MUST_USE bool der_enter(struct reader *outer, uint8_t tag,
			struct reader *inner);

/* Is this the OBJECT IDENTIFIER with these dots? */
bool der_is_oid(const struct der_item *item, const char *dotted);

/* UTCTime or GeneralizedTime of RFC 5280 ("Z", seconds, no fraction). */
MUST_USE bool der_read_time(const struct der_item *item, int64_t *utc);

#endif
