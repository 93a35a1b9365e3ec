#ifndef SLUICE_BASE_EMBEDDED_H
#define SLUICE_BASE_EMBEDDED_H

#include <stddef.h>

/*
 * A text file that the build put into the program (templates, SQL). A table
 * of them is sorted by name (bytes) and ends with a row whose name is NULL.
 * tools/embed makes it; the owner of the files declares it in a header, as
 * "extern const struct embedded store_schema[];".
 */
struct embedded {
	const char *name; /* file name without folder, "001_first.sql" */
	const char *text; /* NUL-terminated */
	size_t len;       /* without the NUL */
};

/* The row of that name; NULL if there is none. */
const struct embedded *embedded_find(const struct embedded *table,
				     const char *name);

#endif
