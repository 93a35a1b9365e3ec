#ifndef SLUICE_BASE_MEM_H
#define SLUICE_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory. No memory = abort() here; no other code handles it, so bound every
 * size before asking. A size of 0 gives a valid pointer of one byte.
 */
void *mem_alloc(size_t size);                 /* not zeroed */
void *mem_zalloc(size_t size);                /* zeroed */
void *mem_array(size_t count, size_t size);   /* zeroed, overflow-checked */
void *mem_resize(void *p, size_t size);       /* p may be NULL */
char *mem_strdup(const char *s);              /* NULL gives NULL */
char *mem_strndup(const char *s, size_t len); /* copies len bytes, adds NUL */
void mem_free(void *p);                       /* p may be NULL */

/* Overwrites a secret; the compiler may not leave it out. p may be NULL. */
void mem_burn(void *p, size_t size);

/* Burns and frees. */
void mem_burn_free(void *p, size_t size);

/* Equal? In time that depends on size alone. */
bool mem_equal_ct(const void *a, const void *b, size_t size);

#endif
