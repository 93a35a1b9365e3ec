/*
 * The writer that collectors use: builds the form that collected_reader.c
 * takes, with whatever strings a device gave. It cleans and does not judge:
 * wrong values are found by the reader, on the other side of the process.
 */
#include "documents/collected.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "formats/xml_writer.h"

#define OPEN_MAX (FIELD_DEPTH_MAX + 1) /* a document and groups in it */

struct collected_writer {
	struct buf out;
	struct xml_writer xml;
	const char
		*names[OPEN_MAX]; /* the open document and groups; borrowed */
	unsigned open;
	unsigned written; /* of these, those whose tag stands already */
};

struct collected_writer *collected_writer_new(const char *source, int64_t at)
{
	struct collected_writer *w = mem_zalloc(sizeof(*w));
	char time[CLOCK_TEXT_SIZE];

	clock_format(time, at);
	xml_writer_init(&w->xml, &w->out);
	xml_declaration(&w->xml);
	xml_start(&w->xml, "Collected");
	xml_attr(&w->xml, "xmlns", COLLECTED_NAMESPACE);
	xml_attr(&w->xml, "source", source);
	xml_attr(&w->xml, "collectedAt", time);
	return w;
}

static void end_innermost(struct collected_writer *w)
{
	assert(w->open > 0);
	if (w->written == w->open) {
		xml_end(&w->xml);
		w->written--;
	}
	w->open--;
}

static void end_document(struct collected_writer *w)
{
	while (w->open > 0) {
		end_innermost(w);
	}
}

void collected_writer_document(struct collected_writer *w,
			       enum document_kind kind)
{
	const struct document *document = document_of(kind);

	assert(document != NULL);
	end_document(w);
	w->names[w->open++] = document->name;
}

void collected_writer_group(struct collected_writer *w, const char *name)
{
	assert(w->open > 0 && w->open < OPEN_MAX);
	w->names[w->open++] = name;
}

void collected_writer_group_end(struct collected_writer *w)
{
	assert(w->open > 1);
	end_innermost(w);
}

/* Length of at most max bytes that ends between characters. */
static size_t clip(const char *text, size_t len, size_t max)
{
	if (len <= max) {
		return len;
	}
	len = max;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
		len--;
	}
	return len;
}

/* One clean line from any bytes; caller mem_free()s. */
static char *clean(const char *text)
{
	struct buf line = BUF_INIT;

	text_put_clean(&line, text, strnlen(text, COLLECTED_VALUE_MAX));
	size_t len = clip(buf_str(&line), line.len, COLLECTED_VALUE_MAX);
	char *at = mem_strndup(buf_str(&line), len);
	buf_clear(&line);
	for (char *c = at; *c != '\0'; c++) {
		if (*c == '\t' || *c == '\n') {
			*c = ' ';
		}
	}
	size_t skip = strspn(at, " ");
	len -= skip;
	memmove(at, at + skip, len + 1);
	while (len > 0 && at[len - 1] == ' ') {
		at[--len] = '\0';
	}
	return at;
}

void collected_writer_field(struct collected_writer *w, const char *name,
			    const char *text, const char *unit,
			    const char *source)
{
	assert(w->open > 0);
	char *line = text != NULL ? clean(text) : NULL;
	if (line != NULL && line[0] != '\0') {
		while (w->written < w->open) {
			xml_start(&w->xml, w->names[w->written++]);
		}
		xml_start(&w->xml, name);
		if (unit != NULL) {
			xml_attr(&w->xml, "unit", unit);
		}
		if (source != NULL) {
			xml_attr(&w->xml, "source", source);
		}
		xml_text(&w->xml, line);
		xml_end(&w->xml);
	}
	mem_free(line);
}

void collected_writer_finish(struct collected_writer *w, struct buf *out)
{
	end_document(w);
	xml_end(&w->xml);
	buf_put(out, w->out.data, w->out.len);
	buf_clear(&w->out);
	mem_free(w);
}
