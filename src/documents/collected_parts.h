#ifndef SLUICE_DOCUMENTS_COLLECTED_PARTS_H
#define SLUICE_DOCUMENTS_COLLECTED_PARTS_H

#include "documents/collected.h"

/* Between collected.c and collected_reader.c only. */

/* Counts a field that is left out; path and reason are copied. */
void collected_add_stray(struct collected *c, const char *path,
			 const char *reason, unsigned count);

/* Moves all of later into c, by the rule of collected_read(); later is empty then. */
void collected_merge(struct collected *c, struct collected *later);

#endif
