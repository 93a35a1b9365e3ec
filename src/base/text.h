#ifndef SLUICE_BASE_TEXT_H
#define SLUICE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Small questions about text. Text is UTF-8; NULL counts as "". */

bool text_equal(const char *a, const char *b);
bool text_starts_with(const char *s, const char *prefix);
bool text_ends_with(const char *s, const char *suffix);

/* Valid UTF-8 (no overlong forms, no surrogates, <= U+10FFFF), no NUL? */
bool text_is_utf8(const char *s, size_t len);

/* As text_is_utf8() and no control character (C0, DEL, C1) at all? */
bool text_is_one_line(const char *s, size_t len);

/*
 * As text_is_one_line(), and without characters that nobody sees and that
 * change how others are read: marks and overrides of the reading direction,
 * separators of lines, invisible spaces. For others' words.
 */
bool text_is_shown(const char *s, size_t len);

/*
 * Puts s to out, with each byte that is no valid UTF-8, each NUL and each
 * control character except TAB and LF replaced by U+FFFD.
 */
void text_put_clean(struct buf *out, const char *s, size_t len);
/* The same, until text_is_shown(): TAB, LF and what nobody sees, too. */
void text_put_shown(struct buf *out, const char *s, size_t len);

/* Decimal digits only, whole string, in [min,max]. */
MUST_USE bool text_parse_u64(const char *s, uint64_t min, uint64_t max,
			     uint64_t *value);
MUST_USE bool text_parse_i64(const char *s, int64_t min, int64_t max,
			     int64_t *value);

/* Copies with NUL; false (and an empty dst) when it does not fit. */
MUST_USE bool text_copy(char *dst, size_t size, const char *src);

/* Number with thousands separators, "1,204"; dst of at least 28 bytes. */
const char *text_thousands(char *dst, size_t size, uint64_t value);

#define TEXT_SIZE_SIZE 24 /* with NUL */

/*
 * A size as people read it, in powers of 1000: "12 kB", "1.4 MB", "34.3 GB";
 * never 0 for something. What is evidence is told in exact bytes.
 */
const char *text_size(char dst[TEXT_SIZE_SIZE], uint64_t bytes);

#endif
