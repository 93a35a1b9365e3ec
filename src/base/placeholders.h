#ifndef SLUICE_BASE_PLACEHOLDERS_H
#define SLUICE_BASE_PLACEHOLDERS_H

#include "base/buf.h"

/*
 * Fills in a text: "@NAME@", NAME of capital letters and underlines, becomes
 * a value. A name that no row has becomes nothing; any other "@" stays.
 */
struct placeholder {
	const char *name;  /* without the "@"; NULL ends the table */
	const char *value; /* put as it is, never searched; NULL = nothing */
};

void placeholders_fill(struct buf *out, const char *text,
		       const struct placeholder *values);

#endif
