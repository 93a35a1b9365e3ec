#ifndef SLUICE_BASE_CLOCK_H
#define SLUICE_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Time. Everything below main() takes "now" as a parameter (UTC seconds since
 * 1970), so that tests choose it; only programs ask the clock.
 */
int64_t clock_utc_now(void);
int64_t clock_utc_now_ms(void);
int64_t clock_monotonic_ms(void);

#define CLOCK_TEXT_SIZE 21

/* RFC 3339 in UTC with seconds, "2026-11-23T14:02:07Z". Years 1970..9999. */
void clock_format(char dst[CLOCK_TEXT_SIZE], int64_t utc);
MUST_USE bool clock_parse(const char *src, int64_t *utc);

/*
 * In words, UTC: "23 November 2026", "23 November 2026, 14:02 UTC", and
 * "23 November 2026, 14:02:07 UTC".
 */
#define CLOCK_WORDS_SIZE 32
void clock_day(char dst[CLOCK_WORDS_SIZE], int64_t utc);
void clock_minute(char dst[CLOCK_WORDS_SIZE], int64_t utc);
void clock_second(char dst[CLOCK_WORDS_SIZE], int64_t utc);

/*
 * Puts a sentence for people: each "2026-11-23T14:02:07Z" that stands in it as
 * a word of its own is told as by clock_second(), all else is put as it is.
 */
void clock_put_words(struct buf *out, const char *text);

#endif
