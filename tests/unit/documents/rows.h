#ifndef SLUICE_TESTS_DOCUMENTS_ROWS_H
#define SLUICE_TESTS_DOCUMENTS_ROWS_H

#include "documents/document.h"

/* Questions to the rows of one document; each fails the test. */

struct row_class {
	const char *path;
	enum field_class class;
};

/*
 * These rows have these classes and all others are of class machine, so that
 * a new row of another class, or one that changed, is seen. Ends with NULL.
 */
void rows_are_machine_but(const struct document *d,
			  const struct row_class *others);

/* The row says when what its group tells of happened, and no other does. */
void rows_moment_is(const struct document *d, const char *path, bool required);

void row_takes(const struct document *d, const char *path, const char *value);
void row_refuses(const struct document *d, const char *path, const char *value);

#endif
