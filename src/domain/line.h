#ifndef SLUICE_DOMAIN_LINE_H
#define SLUICE_DOMAIN_LINE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * One clean line out of any text: no byte that is not UTF-8, no control
 * character, no line or paragraph separator and none of the characters that
 * turn the reading direction over (U+202A..U+202E, U+2066..U+2069); each of
 * them becomes U+FFFD. A line of more than max bytes (max >= 8) is cut at a
 * character and ends in U+2026. Cleaning a clean line changes nothing.
 */
/* NULL puts nothing */
void line_put(struct buf *out, const char *s, size_t max);

/* As line_put(), into a fixed place of size bytes (size >= 9). */
void line_copy(char *dst, size_t size, const char *s);

#endif
