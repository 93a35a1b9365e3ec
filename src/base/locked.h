#ifndef SLUICE_BASE_LOCKED_H
#define SLUICE_BASE_LOCKED_H

#include <stddef.h>

/*
 * Memory for keys and plaintext: pages of their own that are never swapped
 * out, stand in no core and are empty in a forked child. Zeroed. No memory =
 * abort(), as in base/mem. Where this user may lock no more (RLIMIT_MEMLOCK),
 * the pages are not locked and the rest holds.
 */
void *locked_new(size_t size);

/* Wipes and frees; the size it was made with. p may be NULL. */
void locked_free(void *p, size_t size);

#endif
