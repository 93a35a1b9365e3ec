/*
 * Escapes text for HTML and URLs, by context. The template engine is the
 * only user on the way to a page; nothing else makes HTML.
 */
#include "web/html.h"

#include <string.h>

#include "base/text.h"

#define OWN_PATH_MAX 512

/*
 * What a byte of text needs: 0 nothing, 1 an entity, 2 a closer look (control
 * characters but TAB and LF, DEL, everything beyond ASCII).
 */
/* clang-format off */
static const unsigned char needs[128] = {
	/* 0x00 */
	2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	/* 0x20 */
	0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0,
	/* 0x40 */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	/* 0x60 */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
};
/* clang-format on */

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return "&#39;";
	}
}

static unsigned need_of(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte < sizeof(needs) ? needs[byte] : 2;
}

static void put_escaped(struct buf *out, const char *s, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i < len; i++) {
		if (need_of(s[i]) == 1) {
			buf_put(out, s + start, i - start);
			buf_put_str(out, entity_of(s[i]));
			start = i + 1;
		}
	}
	buf_put(out, s + start, len - start);
}

void html_put_text_bytes(struct buf *out, const char *s, size_t len)
{
	unsigned seen = 0;

	for (size_t i = 0; i < len; i++) {
		seen |= need_of(s[i]);
	}
	if (seen == 0) {
		buf_put(out, s, len);
		return;
	}
	if ((seen & 2u) == 0) {
		put_escaped(out, s, len);
		return;
	}

	struct buf clean = BUF_INIT;

	text_put_clean(&clean, s, len);
	put_escaped(out, buf_str(&clean), clean.len);
	buf_clear(&clean);
}

void html_put_text(struct buf *out, const char *s)
{
	if (s != NULL) {
		html_put_text_bytes(out, s, strlen(s));
	}
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

void html_put_url(struct buf *out, const char *s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; s != NULL && *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (is_unreserved(c)) {
			buf_put_char(out, (char)c);
		} else {
			buf_put_char(out, '%');
			buf_put_char(out, digits[c >> 4]);
			buf_put_char(out, digits[c & 15]);
		}
	}
}

bool html_is_own_path(const char *path)
{
	if (path == NULL || path[0] != '/' || path[1] == '/') {
		return false;
	}
	for (size_t i = 0; path[i] != '\0'; i++) {
		if (i >= OWN_PATH_MAX || path[i] <= ' ' || path[i] > '~' ||
		    path[i] == '\\') {
			return false;
		}
	}
	return true;
}
