#ifndef SLUICE_DOCUMENTS_DOCUMENT_READER_H
#define SLUICE_DOCUMENTS_DOCUMENT_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "documents/item.h"
#include "documents/transmission.h"

/*
 * Reads one document of a transmission from XML events and refuses whatever
 * the catalogue does not ask for. Inside of transmission_reader.c.
 */
struct document_frame {
	struct item *item;        /* [0] = the root */
	const struct field *last; /* field of the last child */
	size_t nth;      /* which of its kind the last child is, from 1 */
	size_t path_len; /* of the path above */
};

struct document_reader {
	const struct transmission_seen *seen; /* borrowed; NULL = only check */
	/* Is personal data covered? Else such fields are refused. */
	bool personal;
	const struct document *document; /* NULL = none is open */
	struct document_frame frames[FIELD_DEPTH_MAX + 1];
	unsigned open;
	char path[512]; /* "SuppliesUsage/Supply[2]/Level" */
};

void document_reader_begin(struct document_reader *r,
			   const struct document *document);
MUST_USE bool document_reader_start(struct document_reader *r, const char *name,
				    const char *const *attrs, struct err *err);
MUST_USE bool document_reader_text(struct document_reader *r, const char *text,
				   struct err *err);

/* The innermost element ends; after the root's end no document is open. */
MUST_USE bool document_reader_end(struct document_reader *r, struct err *err);

void document_reader_clear(struct document_reader *r);

#endif
