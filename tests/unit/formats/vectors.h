#ifndef SLUICE_TESTS_FORMATS_VECTORS_H
#define SLUICE_TESTS_FORMATS_VECTORS_H

#include <stdlib.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"

/* Reads tests/vectors/NAME whole; the caller clears out. */
static inline void read_vectors(const char *name, struct buf *out)
{
	const char *top = getenv("abs_top_srcdir");
	struct err err = { 0 };
	char *dir = files_join(top != NULL ? top : ".", "tests/vectors");
	char *path = files_join(dir, name);

	if (!files_read(path, (size_t)1 << 20, out, &err)) {
		abort();
	}
	mem_free(dir);
	mem_free(path);
}

#endif
