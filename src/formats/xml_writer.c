/*
 * Writes XML into a buf. Deterministic: the hash that a customer approves is
 * over these bytes, so the form may never depend on anything but the calls.
 * Reading is xml_reader.c's; which elements there are is documents/'s.
 *
 * Form: two spaces a level, LF after every element, attributes in the order
 * of the calls with " around, no self-made white space inside an element
 * that has text.
 */
#include "formats/xml_writer.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define XML_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

void xml_writer_init(struct xml_writer *w, struct buf *out)
{
	memset(w, 0, sizeof(*w));
	w->out = out;
}

void xml_declaration(struct xml_writer *w)
{
	assert(w->depth == 0);
	buf_put_str(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

static void indent(struct xml_writer *w)
{
	for (unsigned i = 0; i < w->depth; i++) {
		buf_put_str(w->out, "  ");
	}
}

/* Ends an open start tag, so that content can follow. */
static void close_tag(struct xml_writer *w)
{
	if (w->in_tag) {
		buf_put_char(w->out, '>');
		w->in_tag = false;
	}
}

void xml_start(struct xml_writer *w, const char *name)
{
	assert(w->depth < XML_WRITER_MAX_DEPTH);
	assert(!w->has_text);
	if (w->in_tag) {
		close_tag(w);
		buf_put_char(w->out, '\n');
	}
	indent(w);
	buf_put_char(w->out, '<');
	buf_put_str(w->out, name);
	w->open[w->depth++] = name;
	w->in_tag = true;
	w->has_child = false;
}

/*
 * How many bytes at the head of text are one character that XML 1.0 allows
 * (section 2.2, production 2)? 0 = none.
 */
static size_t allowed_character(const char *text, size_t len)
{
	const uint8_t *c = (const uint8_t *)text;
	size_t size;
	uint32_t code;

	if (c[0] < 0x80) {
		bool fine = (c[0] >= 0x20 && c[0] != 0x7f) || c[0] == '\t' ||
			    c[0] == '\n' || c[0] == '\r';
		return fine ? 1 : 0;
	}
	if (c[0] >= 0xc2 && c[0] <= 0xdf) {
		size = 2;
		code = c[0] & 0x1f;
	} else if ((c[0] & 0xf0) == 0xe0) {
		size = 3;
		code = c[0] & 0x0f;
	} else if (c[0] >= 0xf0 && c[0] <= 0xf4) {
		size = 4;
		code = c[0] & 0x07;
	} else {
		return 0;
	}
	if (len < size) {
		return 0;
	}
	for (size_t i = 1; i < size; i++) {
		if ((c[i] & 0xc0) != 0x80) {
			return 0;
		}
		code = code << 6 | (c[i] & 0x3f);
	}
	bool bad = (size == 3 && code < 0x800) ||
		   (size == 4 && (code < 0x10000 || code > 0x10ffff)) ||
		   (code >= 0xd800 && code <= 0xdfff) || code == 0xfffe ||
		   code == 0xffff || (code >= 0x80 && code <= 0x9f);
	return bad ? 0 : size;
}

/* What stands for a character instead of itself; NULL = itself. */
static const char *escape_of(char c, bool in_attribute)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\r':
		return "&#13;"; /* a parser would turn it into LF */
	case '"':
		return in_attribute ? "&quot;" : NULL;
	case '\t':
		return in_attribute ? "&#9;" : NULL;
	case '\n':
		return in_attribute ? "&#10;" : NULL;
	default:
		return NULL;
	}
}

static void put_escaped(struct buf *out, const char *text, size_t len,
			bool in_attribute)
{
	size_t at = 0;

	while (at < len) {
		size_t size = allowed_character(text + at, len - at);
		const char *escape = escape_of(text[at], in_attribute);
		if (size == 0) {
			buf_put_str(out, XML_REPLACEMENT);
			size = 1;
		} else if (escape != NULL) {
			buf_put_str(out, escape);
		} else {
			buf_put(out, text + at, size);
		}
		at += size;
	}
}

void xml_attr(struct xml_writer *w, const char *name, const char *value)
{
	assert(w->in_tag);
	buf_put_char(w->out, ' ');
	buf_put_str(w->out, name);
	buf_put_str(w->out, "=\"");
	if (value != NULL) {
		put_escaped(w->out, value, strlen(value), true);
	}
	buf_put_char(w->out, '"');
}

void xml_text_bytes(struct xml_writer *w, const char *text, size_t len)
{
	assert(w->depth > 0);
	assert(!w->has_child);
	if (len == 0) {
		return;
	}
	close_tag(w);
	w->has_text = true;
	put_escaped(w->out, text, len, false);
}

void xml_text(struct xml_writer *w, const char *text)
{
	if (text != NULL) {
		xml_text_bytes(w, text, strlen(text));
	}
}

void xml_end(struct xml_writer *w)
{
	assert(w->depth > 0);
	const char *name = w->open[--w->depth];
	if (w->in_tag) {
		buf_put_str(w->out, "/>\n");
	} else {
		if (!w->has_text) {
			indent(w);
		}
		buf_put_str(w->out, "</");
		buf_put_str(w->out, name);
		buf_put_str(w->out, ">\n");
	}
	w->in_tag = false;
	w->has_text = false;
	w->has_child = true;
}

void xml_element(struct xml_writer *w, const char *name, const char *text)
{
	xml_start(w, name);
	xml_text(w, text);
	xml_end(w);
}
