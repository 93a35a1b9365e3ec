#ifndef SLUICE_NET_PACE_H
#define SLUICE_NET_PACE_H

#include <stddef.h>
#include <stdint.h>

/*
 * How many bytes may go now, so that a rate is kept: never more than rate
 * times the seconds since pace_init(), in slices that leave evenly. Only
 * arithmetic: the caller brings the time and does the waiting.
 */
struct pace {
	uint64_t rate;   /* bytes a second; 0 = no limit */
	uint64_t credit; /* thousandths of a byte that may go */
	int64_t at_ms;   /* until when credit is counted */
};

/* now_ms is the monotonic clock's, here and below. */
void pace_init(struct pace *pace, uint64_t rate, int64_t now_ms);

/*
 * Bytes that may go at once, when left (1..) are still to go; at least one
 * slice, SIZE_MAX without a limit. 0: none yet, try again in *wait_ms (1..).
 */
size_t pace_room(struct pace *pace, uint64_t left, int64_t now_ms,
		 int64_t *wait_ms);

/* len bytes went. */
void pace_take(struct pace *pace, size_t len);

#endif
