#ifndef SLUICE_FORMATS_JOB_NAME_H
#define SLUICE_FORMATS_JOB_NAME_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Puts the name of a job, its owner, or any other text about a job that comes
 * from a stranger, on one line for people: bytes that are no UTF-8, NUL,
 * control characters, line breaks and the marks that turn the direction of
 * text (UAX 9: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069)
 * become U+FFFD. At most max bytes, cut at a character.
 */
void job_name_put(struct buf *out, const char *text, size_t len, size_t max);

/* The same into an array of size bytes, with NUL; text NULL = "". */
void job_name_copy(char *dst, size_t size, const char *text);

/* The same in memory of its own; the caller mem_burn_free()s or mem_free()s. */
char *job_name_new(const char *text, size_t len, size_t max);

#endif
