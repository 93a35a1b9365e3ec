#ifndef SLUICE_FORMATS_XML_WRITER_H
#define SLUICE_FORMATS_XML_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Writes XML 1.0 in UTF-8. The same calls give the same bytes always. Two
 * spaces of indent a level; an element that has text has no line breaks of
 * ours inside (text and child elements are not mixed: xml_text() after a
 * child, or a child after text, aborts). Values are escaped; bytes that are
 * no UTF-8, control characters other than TAB, LF and CR, U+FFFE and U+FFFF
 * become U+FFFD, one for each byte. Names come from
 * our own tables, never from input.
 *
 *	struct xml_writer w;
 *	xml_writer_init(&w, &out);
 *	xml_declaration(&w);
 *	xml_start(&w, "Transmission");
 *	xml_attr(&w, "xmlns", "urn:sluice:transmission:1");
 *	xml_element(&w, "Sheets", "12");
 *	xml_end(&w);
 */
#define XML_WRITER_MAX_DEPTH 32

struct xml_writer {
	struct buf *out; /* borrowed; bound its size there */
	const char *open[XML_WRITER_MAX_DEPTH]; /* names, borrowed until end */
	unsigned depth;
	bool in_tag;    /* the start tag is still open for attributes */
	bool has_text;  /* the innermost element has text */
	bool has_child; /* the innermost element has child elements */
};

void xml_writer_init(struct xml_writer *w, struct buf *out);

/* <?xml version="1.0" encoding="UTF-8"?> and a line break; first of all. */
void xml_declaration(struct xml_writer *w);

/* name is borrowed until its xml_end(). Deeper than the maximum aborts. */
void xml_start(struct xml_writer *w, const char *name);

/* Only right after xml_start() or another xml_attr(); NULL value = "". */
void xml_attr(struct xml_writer *w, const char *name, const char *value);

/* NULL or "" writes nothing. */
void xml_text(struct xml_writer *w, const char *text);

/* As xml_text(), for text that may hold NUL bytes. */
void xml_text_bytes(struct xml_writer *w, const char *text, size_t len);

/* Ends the innermost element; "<Name/>" when it stayed empty. */
void xml_end(struct xml_writer *w);

/* Start, text, end on one line. */
void xml_element(struct xml_writer *w, const char *name, const char *text);

#endif
