/*
 * The names inside certificates as text for people: "CN=Example,
 * serialNumber=EX7". Signs that have a meaning in this text are escaped with
 * a backslash (RFC 4514, section 2.4), control characters and such that nobody
 * sees replaced, so that a value cannot look like two, or turn what stands
 * beside it.
 */
#include "formats/certs_parts.h"

#include <string.h>

#include "base/text.h"

#define CERTS_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define CERTS_MAX_ARC 0xffffffffU

/* Tag of the string types that old certificates use. */
enum { DER_TELETEX_STRING = 0x14, DER_BMP_STRING = 0x1e };

static const struct {
	const char *oid;
	const char *name;
} certs_attributes[] = {
	{ CERTS_OID_COMMON_NAME, "CN" },
	{ CERTS_OID_SERIAL_NUMBER, "serialNumber" },
	{ "2.5.4.6", "C" },
	{ "2.5.4.7", "L" },
	{ "2.5.4.8", "ST" },
	{ "2.5.4.10", "O" },
	{ "2.5.4.11", "OU" },
	{ "0.9.2342.19200300.100.1.25", "DC" },
	{ "1.2.840.113549.1.9.1", "emailAddress" },
};

/* An OBJECT IDENTIFIER that has no name here, in dots. */
static void put_dots(const struct der_item *oid, struct buf *out)
{
	uint32_t arc = 0;
	bool first = true;

	for (size_t i = 0; i < oid->len; i++) {
		if (arc > CERTS_MAX_ARC >> 7) {
			buf_put_str(out, CERTS_REPLACEMENT);
			return;
		}
		arc = arc << 7 | (oid->content[i] & 0x7f);
		if ((oid->content[i] & 0x80) != 0) {
			continue;
		}
		if (first) {
			uint32_t top = arc < 80 ? arc / 40 : 2;
			buf_printf(out, "%u.%u", (unsigned)top,
				   (unsigned)(arc - 40 * top));
			first = false;
		} else {
			buf_printf(out, ".%u", (unsigned)arc);
		}
		arc = 0;
	}
}

static void put_attribute_name(const struct der_item *oid, struct buf *out)
{
	size_t count = sizeof(certs_attributes) / sizeof(certs_attributes[0]);

	for (size_t i = 0; i < count; i++) {
		if (der_is_oid(oid, certs_attributes[i].oid)) {
			buf_put_str(out, certs_attributes[i].name);
			return;
		}
	}
	put_dots(oid, out);
}

static void put_code(struct buf *out, uint32_t code)
{
	if (code < 0x80) {
		buf_put_char(out, (char)code);
	} else if (code < 0x800) {
		buf_put_char(out, (char)(0xc0 | code >> 6));
		buf_put_char(out, (char)(0x80 | (code & 0x3f)));
	} else {
		buf_put_char(out, (char)(0xe0 | code >> 12));
		buf_put_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
		buf_put_char(out, (char)(0x80 | (code & 0x3f)));
	}
}

/* Brings a string of any type to bytes that should be UTF-8. */
static void put_raw(const struct der_item *value, struct buf *raw)
{
	if (value->tag == DER_TELETEX_STRING) {
		for (size_t i = 0; i < value->len; i++) {
			put_code(raw, value->content[i]); /* Latin-1 mostly */
		}
	} else if (value->tag == DER_BMP_STRING) {
		for (size_t i = 0; i + 1 < value->len; i += 2) {
			put_code(raw, (uint32_t)value->content[i] << 8 |
					      value->content[i + 1]);
		}
	} else {
		buf_put(raw, value->content, value->len);
	}
}

static void put_value(const struct der_item *value, struct buf *out)
{
	struct buf raw = BUF_INIT;
	struct buf clean = BUF_INIT;

	put_raw(value, &raw);
	text_put_shown(&clean, buf_str(&raw), raw.len);
	for (size_t i = 0; i < clean.len; i++) {
		char c = (char)clean.data[i];
		if (strchr(",+\"\\<>;=", c) != NULL) {
			buf_put_char(out, '\\');
		}
		buf_put_char(out, c);
	}
	buf_clear(&raw);
	buf_clear(&clean);
}

bool certs_name_text(const struct der_item *name, struct buf *out)
{
	struct reader parts = reader_of(name->content, name->len);
	struct buf text = BUF_INIT;
	bool ok = name->tag == DER_SEQUENCE;

	while (ok && parts.left > 0) {
		struct reader set;
		struct reader pair;
		struct der_item oid;
		struct der_item value;
		ok = der_enter(&parts, DER_SET, &set) && set.left > 0;
		while (ok && set.left > 0) {
			ok = der_enter(&set, DER_SEQUENCE, &pair) &&
			     der_expect(&pair, DER_OID, &oid) &&
			     der_next(&pair, &value) && pair.left == 0;
			if (ok) {
				buf_put_str(&text, text.len > 0 ? ", " : NULL);
				put_attribute_name(&oid, &text);
				buf_put_char(&text, '=');
				put_value(&value, &text);
			}
		}
	}
	if (ok) {
		buf_put(out, text.data, text.len);
	}
	buf_clear(&text);
	return ok;
}
