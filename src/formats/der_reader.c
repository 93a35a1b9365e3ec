/*
 * Reads DER, strictly and without recursion: the caller walks the levels
 * that it knows. Writing is der.c's. Nothing is copied; items point into the
 * input.
 */
#include "formats/der.h"

#include <string.h>

#include "base/clock.h"

bool der_next(struct reader *r, struct der_item *item)
{
	struct reader at = *r;
	struct der_item found = { .raw = r->at };
	uint8_t first;

	if (!reader_u8(&at, &found.tag) || (found.tag & 0x1f) == 0x1f ||
	    !reader_u8(&at, &first)) {
		return false;
	}
	found.len = first;
	if (first >= 0x80) {
		unsigned digits = first & 0x7f;
		if (digits == 0 || digits > 4) {
			return false; /* indefinite, or over 4 GiB */
		}
		found.len = 0;
		for (unsigned i = 0; i < digits; i++) {
			uint8_t digit;
			if (!reader_u8(&at, &digit) || (i == 0 && digit == 0)) {
				return false;
			}
			found.len = found.len << 8 | digit;
		}
		if (found.len < 0x80) {
			return false;
		}
	}
	if (!reader_bytes(&at, found.len, &found.content)) {
		return false;
	}
	found.raw_len = r->left - at.left;
	*item = found;
	*r = at;
	return true;
}

bool der_expect(struct reader *r, uint8_t tag, struct der_item *item)
{
	struct reader at = *r;
	struct der_item found;

	if (!der_next(&at, &found) || found.tag != tag) {
		return false;
	}
	*item = found;
	*r = at;
	return true;
}

bool der_enter(struct reader *outer, uint8_t tag, struct reader *inner)
{
	struct der_item item;

	if (!der_expect(outer, tag, &item)) {
		return false;
	}
	*inner = reader_of(item.content, item.len);
	return true;
}

bool der_is_oid(const struct der_item *item, const char *dotted)
{
	struct buf wanted = BUF_INIT;

	der_put_oid(&wanted, dotted);
	bool same = item->tag == DER_OID && item->raw_len == wanted.len &&
		    memcmp(item->raw, wanted.data, wanted.len) == 0;
	buf_clear(&wanted);
	return same;
}

bool der_read_time(const struct der_item *item, int64_t *utc)
{
	char digits[15] = "";
	char text[CLOCK_TEXT_SIZE];

	/* Bring both forms to YYYYMMDDHHMMSS. */
	if (item->tag == DER_UTC_TIME && item->len == 13) {
		memcpy(digits, item->content[0] >= '5' ? "19" : "20", 2);
		memcpy(digits + 2, item->content, 12);
	} else if (item->tag == DER_GENERALIZED_TIME && item->len == 15) {
		memcpy(digits, item->content, 14);
	} else {
		return false;
	}
	if (item->content[item->len - 1] != 'Z' ||
	    strspn(digits, "0123456789") != 14) {
		return false;
	}
	const char *d = digits;
	char *t = text;
	for (const char *form = "DDDD-DD-DDTDD:DD:DDZ"; *form != '\0'; form++) {
		*t++ = *form == 'D' ? *d++ : *form;
	}
	*t = '\0';
	return clock_parse(text, utc);
}
