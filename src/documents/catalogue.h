#ifndef SLUICE_DOCUMENTS_CATALOGUE_H
#define SLUICE_DOCUMENTS_CATALOGUE_H

#include <stdint.h>

#include "base/buf.h"
#include "documents/document.h"

/*
 * The whole catalogue, printed from the field tables, so that it cannot drift
 * from them: as a table for a terminal (document, path, type, unit, class,
 * source, purpose), as one complete page, and as the XML Schema 1.0 of a
 * transmission, which xmllint --schema takes.
 */
void catalogue_put_table(struct buf *out);
void catalogue_put_html(struct buf *out);
void catalogue_put_xsd(struct buf *out);

/*
 * All rows of one document in a fixed form, one line each: what the hashes
 * of the catalogue and of services are taken over.
 */
void catalogue_put_rows(struct buf *out, const struct document *document);

/* Only rows of these classes (bits 1 << class), and forms with such slots. */
void catalogue_put_rows_of(struct buf *out, const struct document *document,
			   unsigned classes);

/* SHA-256 over all rows in a fixed form; names the version in each transmission. */
void catalogue_hash(uint8_t hash[32]);

#endif
