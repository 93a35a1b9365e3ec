#ifndef SLUICE_FORMATS_UUID_H
#define SLUICE_FORMATS_UUID_H

#include <stdbool.h>
#include <stdint.h>

#define UUID_TEXT_SIZE 37 /* 8-4-4-4-12 lower-case hex digits and NUL */

/*
 * A fresh UUID version 7: 48 bits of unix_ms (milliseconds since 1970, UTC),
 * the rest random. Sorts by time to the millisecond, no finer.
 * Source: RFC 9562, section 5.7.
 */
void uuid_v7(char out[UUID_TEXT_SIZE], int64_t unix_ms);

/* A UUID as we write them: lower case, version 7, variant 10? NULL is none. */
bool uuid_valid(const char *text);

#endif
