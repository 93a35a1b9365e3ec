/*
 * Finds a file that was built into the program. The tables themselves are
 * generated: tools/embed turns a list of files into C. Tables are short (one
 * row a page), so the search walks them.
 */
#include "base/embedded.h"

#include <string.h>

const struct embedded *embedded_find(const struct embedded *table,
				     const char *name)
{
	for (const struct embedded *row = table; row->name != NULL; row++) {
		if (strcmp(row->name, name) == 0) {
			return row;
		}
	}
	return NULL;
}
