#ifndef SLUICE_BASE_ZONE_H
#define SLUICE_BASE_ZONE_H

#include <stdint.h>

/*
 * Local time, for what people read and choose in hours of their day. All that
 * is stored and sent is UTC.
 */

/*
 * Reads the rules, once at the start of a program and before its sandbox
 * closes the files. name: of the zone files ("Europe/Berlin"), or a POSIX
 * rule, which needs no file ("CET-1CEST,M3.5.0,M10.5.0/3"); "" = as the
 * system has it. What is unknown is UTC.
 */
void zone_load(const char *name);

/* Seconds that local time is ahead of UTC at that moment; east is above 0. */
int64_t zone_offset(int64_t utc);

#define ZONE_NAME_SIZE 16

/* "UTC+01:00", "UTC" for none. */
const char *zone_name(char dst[ZONE_NAME_SIZE], int64_t offset);

#endif
