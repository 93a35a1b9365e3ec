/*
 * Writes DER. Reading is der_reader.c's; certificates are put together in
 * certs_issue.c. Lengths are always the shortest form, as DER demands.
 */
#include "formats/der.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define DER_LAST_UTC_TIME INT64_C(2524607999) /* 2049-12-31T23:59:59Z */

void der_put(struct buf *out, uint8_t tag, const void *content, size_t len)
{
	uint8_t length[1 + sizeof(size_t)];
	size_t digits = 0;

	for (size_t rest = len; rest > 0; rest >>= 8) {
		digits++;
	}
	buf_put(out, &tag, 1);
	if (len < 0x80) {
		length[0] = (uint8_t)len;
		buf_put(out, length, 1);
	} else {
		length[0] = (uint8_t)(0x80 | digits);
		for (size_t i = 0; i < digits; i++) {
			length[1 + i] =
				(uint8_t)(len >> (8 * (digits - 1 - i)));
		}
		buf_put(out, length, 1 + digits);
	}
	if (len > 0) {
		buf_put(out, content, len);
	}
}

void der_put_buf(struct buf *out, uint8_t tag, const struct buf *content)
{
	der_put(out, tag, content->data, content->len);
}

void der_put_bool(struct buf *out, bool value)
{
	uint8_t byte = value ? 0xff : 0x00;

	der_put(out, DER_BOOLEAN, &byte, 1);
}

void der_put_integer(struct buf *out, const void *big_endian, size_t len)
{
	const uint8_t *at = big_endian;
	struct buf content = BUF_INIT;

	while (len > 0 && *at == 0) {
		at++;
		len--;
	}
	if (len == 0 || (*at & 0x80) != 0) {
		buf_put_char(&content, '\0');
	}
	if (len > 0) {
		buf_put(&content, at, len);
	}
	der_put_buf(out, DER_INTEGER, &content);
	buf_clear(&content);
}

void der_put_small_integer(struct buf *out, uint32_t value)
{
	uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
			     (uint8_t)(value >> 8), (uint8_t)value };

	der_put_integer(out, bytes, sizeof(bytes));
}

/* One arc in base 128, high bit on all bytes but the last. */
static void put_arc(struct buf *content, unsigned long arc)
{
	int shift = 0;

	while (shift < 28 && arc >> (shift + 7) != 0) {
		shift += 7;
	}
	for (; shift >= 0; shift -= 7) {
		uint8_t digit = (uint8_t)(arc >> shift & 0x7f);
		if (shift > 0) {
			digit |= 0x80;
		}
		buf_put(content, &digit, 1);
	}
}

void der_put_oid(struct buf *out, const char *dotted)
{
	struct buf content = BUF_INIT;
	char *end;
	unsigned long first = strtoul(dotted, &end, 10);

	if (*end != '.' || first > 2) {
		abort();
	}
	unsigned long arc = 40 * first + strtoul(end + 1, &end, 10);
	put_arc(&content, arc);
	while (*end == '.') {
		put_arc(&content, strtoul(end + 1, &end, 10));
	}
	if (*end != '\0') {
		abort();
	}
	der_put_buf(out, DER_OID, &content);
	buf_clear(&content);
}

void der_put_bits(struct buf *out, unsigned unused, const void *bits,
		  size_t len)
{
	struct buf content = BUF_INIT;

	buf_put_char(&content, (char)(unused & 7));
	if (len > 0) {
		buf_put(&content, bits, len);
	}
	der_put_buf(out, DER_BIT_STRING, &content);
	buf_clear(&content);
}

void der_put_text(struct buf *out, const char *text)
{
	static const char printable[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789 '()+,-./:=?";
	size_t len = strlen(text);
	bool plain = strspn(text, printable) == len;

	der_put(out, plain ? DER_PRINTABLE_STRING : DER_UTF8_STRING, text, len);
}

void der_put_time(struct buf *out, int64_t utc)
{
	time_t seconds = (time_t)utc;
	struct tm tm;
	char text[40];

	if (gmtime_r(&seconds, &tm) == NULL || tm.tm_year + 1900 > 9999 ||
	    tm.tm_year < 50) {
		abort();
	}
	bool short_year = utc <= DER_LAST_UTC_TIME;
	size_t len = strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &tm);
	if (short_year) {
		der_put(out, DER_UTC_TIME, text + 2, len - 2);
	} else {
		der_put(out, DER_GENERALIZED_TIME, text, len);
	}
}
