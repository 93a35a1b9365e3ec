/*
 * Forms and query strings. Strict, because every form that we get comes from
 * a page of ours. Which fields a page has, and what they may hold, is the
 * router's (web/).
 */
#include "formats/urlencoded.h"

#include <stdint.h>
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"

/* Decodes one half of a pair; false for bad escapes, NUL, broken UTF-8. */
static bool decode(const char *text, size_t len, struct buf *out)
{
	struct reader r = reader_of(text, len);
	uint8_t c;

	while (reader_u8(&r, &c)) {
		if (c == '%') {
			const uint8_t *digits;
			char hex[3] = "";
			if (!reader_bytes(&r, 2, &digits)) {
				return false;
			}
			memcpy(hex, digits, 2);
			if (!hex_decode(&c, 1, hex)) {
				return false;
			}
		} else if (c == '+') {
			c = ' ';
		}
		if (c == '\0') {
			return false;
		}
		buf_put_char(out, (char)c);
	}
	return text_is_utf8(buf_str(out), out->len);
}

static bool parse_pair(const char *text, size_t len,
		       const struct urlencoded_limits *limits,
		       struct urlencoded_pair *pair, struct err *err)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals == NULL ? len : (size_t)(equals - text);
	struct buf name = BUF_INIT;
	struct buf value = BUF_INIT;
	bool ok = false;

	if (!decode(text, name_len, &name) || name.len == 0 ||
	    (equals != NULL &&
	     !decode(equals + 1, len - name_len - 1, &value))) {
		err_set(err, ERR_INVALID,
			"the form is not encoded as it "
			"should be");
	} else if (name.len > URLENCODED_NAME_MAX ||
		   value.len > limits->value) {
		err_set(err, ERR_LIMIT, "a field of the form is too long");
	} else {
		pair->name = buf_take_str(&name);
		pair->value =
			equals == NULL ? mem_strdup("") : buf_take_str(&value);
		ok = true;
	}
	buf_burn(&name);
	buf_burn(&value);
	return ok;
}

/* Pairs that a text can have at most. */
static size_t count_parts(const char *text, size_t len)
{
	size_t count = 1;

	for (size_t i = 0; i < len; i++) {
		count += text[i] == '&' ? 1 : 0;
	}
	return count;
}

bool urlencoded_parse(const char *text, size_t len,
		      const struct urlencoded_limits *limits,
		      struct urlencoded *form, struct err *err)
{
	struct urlencoded made = URLENCODED_INIT;

	if (len > limits->bytes) {
		return err_set(err, ERR_LIMIT,
			       "the form is longer than %zu bytes",
			       limits->bytes);
	}
	if (len == 0) {
		*form = made;
		return true;
	}
	size_t parts = count_parts(text, len);
	if (parts > limits->pairs) {
		return err_set(err, ERR_LIMIT,
			       "the form has more than %zu fields",
			       limits->pairs);
	}
	made.pairs = mem_array(parts, sizeof(*made.pairs));
	for (size_t at = 0; at <= len;) {
		const char *amp = memchr(text + at, '&', len - at);
		size_t part =
			amp == NULL ? len - at : (size_t)(amp - (text + at));
		if (!parse_pair(text + at, part, limits,
				&made.pairs[made.count], err)) {
			urlencoded_clear(&made);
			return false;
		}
		made.count++;
		at += part + 1;
	}
	*form = made;
	return true;
}

void urlencoded_clear(struct urlencoded *form)
{
	for (size_t i = 0; i < form->count; i++) {
		struct urlencoded_pair *pair = &form->pairs[i];
		mem_free(pair->name);
		mem_burn_free(pair->value, strlen(pair->value));
	}
	mem_free(form->pairs);
	form->pairs = NULL;
	form->count = 0;
}

const char *urlencoded_next(const struct urlencoded *form, const char *name,
			    size_t *at)
{
	while (*at < form->count) {
		const struct urlencoded_pair *pair = &form->pairs[(*at)++];
		if (text_equal(pair->name, name)) {
			return pair->value;
		}
	}
	return NULL;
}

const char *urlencoded_get(const struct urlencoded *form, const char *name)
{
	size_t at = 0;

	return urlencoded_next(form, name, &at);
}

static void put_encoded(struct buf *out, const char *text)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789*-._";

	for (const char *at = text; *at != '\0'; at++) {
		if (strchr(plain, *at) != NULL) {
			buf_put_char(out, *at);
		} else if (*at == ' ') {
			buf_put_char(out, '+');
		} else {
			buf_printf(out, "%%%02X", (unsigned)(uint8_t)*at);
		}
	}
}

void urlencoded_put(struct buf *out, const char *name, const char *value)
{
	if (out->len > 0) {
		buf_put_char(out, '&');
	}
	put_encoded(out, name);
	buf_put_char(out, '=');
	put_encoded(out, value);
}
