#ifndef SLUICE_CLIENT_SCHEDULE_H
#define SLUICE_CLIENT_SCHEDULE_H

#include <stdint.h>

/* Longest pause after the first failure, and of all. */
#define SCHEDULE_FIRST_S 60
#define SCHEDULE_LONGEST_S (6 * 60 * 60)
#define SCHEDULE_ATTEMPTS_LONGEST 16 /* so many have the longest pause */

/*
 * When to try again, UTC seconds. The pause doubles with each failure, and
 * lies anywhere in the upper half of it (30..60 s, 60..120 s, ... 3..6 h), so
 * that devices that lost the server at one moment do not come back at one.
 * What the server asked for is the least, and up to a tenth more.
 *
 * attempts       tries that failed, this one counted; 1..
 * retry_after_s  Retry-After of the answer, 0 = none
 * random         any number
 */
int64_t schedule_next_try(unsigned attempts, int64_t now, int64_t retry_after_s,
			  uint32_t random);

/*
 * Pauses while the server still holds a request that broke off: 1, 2, 4, 8, 8
 * ... seconds. It lets go as soon as it sees the end of it: at once, or when it
 * has read nothing for half a minute. times: how often it was in the way
 * already, 0..; what is still held after SCHEDULE_HELD_MOST has failed.
 */
#define SCHEDULE_HELD_MOST 10
int64_t schedule_held(unsigned times);

#endif
