#ifndef SLUICE_FORMATS_CSV_H
#define SLUICE_FORMATS_CSV_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Writes CSV (RFC 4180): commas, CRLF, quotes where needed. A cell that
 * starts with = + - @ TAB or CR gets a ' in front, so that no spreadsheet
 * takes it for a formula.
 */
struct csv_writer {
	struct buf *out; /* borrowed */
	bool in_row;
};

void csv_init(struct csv_writer *w, struct buf *out);
void csv_cell(struct csv_writer *w, const char *text); /* NULL = empty */
void csv_end_row(struct csv_writer *w);

/* A row of texts; cells ends with NULL. */
void csv_row(struct csv_writer *w, const char *const *cells);

#endif
