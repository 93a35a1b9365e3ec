#ifndef SLUICE_DOCUMENTS_COLLECTED_H
#define SLUICE_DOCUMENTS_COLLECTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "documents/document.h"
#include "documents/item.h"

#define COLLECTED_NAMESPACE "urn:sluice:collected:1"
#define COLLECTED_MAX (2u * 1024u * 1024u) /* bytes of one collector's output */
/* Different strays; the rest are counted in one row "(others)". */
#define COLLECTED_STRAYS_MAX 128

/* A field that was found and is not in the catalogue, or whose value is wrong. */
struct stray {
	char *path;   /* "Billing/Mystery", at most 255 bytes, cleaned */
	char *reason; /* for people */
	unsigned count;
	struct stray *next;
};

struct collected {
	/* UTC seconds, the oldest of the collectors'; 0 = nothing collected */
	int64_t at;
	/* roots by kind; NULL = not found */
	struct item *documents[DOCUMENT_KINDS];
	struct stray *strays;
};

void collected_clear(struct collected *c);

/*
 * Reads what one collector printed and adds it to *c. Values that are in no
 * row of the catalogue, or no value of their row, are left out and put among
 * the strays; so are groups and documents that miss a required field. White
 * space at the ends of values goes; a unit that is not given is the preset.
 * Later collectors do not replace what earlier ones found, field by field of
 * each document's top level, except where the earlier one said "unknown".
 *
 * Format (see docs/collectors.md): one XML document, UTF-8, no DOCTYPE,
 * <Collected xmlns="urn:sluice:collected:1" source="ipp" collectedAt="...">
 * with document elements as in a transmission.
 *
 * Errors: INVALID (no XML of this form; nothing is added), LIMIT.
 */
MUST_USE bool collected_read(struct collected *c, const void *xml, size_t len,
			     struct err *err);

/*
 * Writer for collectors: builds a document of the above form on a buffer.
 * Values are cleaned (bad UTF-8 and control characters become U+FFFD, TAB and
 * LF a space, at most COLLECTED_VALUE_MAX bytes); fields whose text is NULL
 * or empty then are not written, nor groups and documents without fields.
 */
#define COLLECTED_VALUE_MAX 4096

struct collected_writer; /* opaque */
struct collected_writer *collected_writer_new(const char *source, int64_t at);

/* Begins a document and ends the one before. */
void collected_writer_document(struct collected_writer *w,
			       enum document_kind kind);
void collected_writer_group(struct collected_writer *w, const char *name);
void collected_writer_group_end(struct collected_writer *w);
void collected_writer_field(struct collected_writer *w, const char *name,
			    const char *text, const char *unit,
			    const char *source);

/* Ends what is open, appends all of it to out and frees w. */
void collected_writer_finish(struct collected_writer *w, struct buf *out);

#endif
