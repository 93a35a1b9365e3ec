/*
 * A rate limit as a bucket of credit: it fills with time up to an eighth of a
 * second's worth, and sending empties it. So a pause is not caught up with in
 * a burst, and slices are large enough to be worth a record. It neither looks
 * at a clock nor waits; http_client.c does both.
 */
#include "net/pace.h"

#define MILLI 1000
#define FULL_MS 125                  /* the bucket's size, as time */
#define SLICE_BYTES (16 * 1024)      /* a record: no use to wait for more */
#define RATE_MAX ((uint64_t)1 << 34) /* from here on it is no limit */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t depth(const struct pace *pace)
{
	uint64_t size = pace->rate * FULL_MS;
	return size > MILLI ? size : MILLI;
}

void pace_init(struct pace *pace, uint64_t rate, int64_t now_ms)
{
	*pace = (struct pace){ rate < RATE_MAX ? rate : 0, 0, now_ms };
}

/* rate bytes a second are rate thousandths a millisecond. */
static void fill(struct pace *pace, int64_t now_ms)
{
	int64_t gone = now_ms - pace->at_ms;
	if (gone <= 0) {
		return;
	}
	/* A longer time fills it whatever the rate is: one byte in a second. */
	uint64_t counted = least((uint64_t)gone, MILLI);
	pace->credit = least(pace->credit + counted * pace->rate, depth(pace));
	pace->at_ms = now_ms;
}

size_t pace_room(struct pace *pace, uint64_t left, int64_t now_ms,
		 int64_t *wait_ms)
{
	if (pace->rate == 0) {
		return SIZE_MAX;
	}
	fill(pace, now_ms);
	uint64_t slice = least(least(left, SLICE_BYTES), depth(pace) / MILLI);
	if (pace->credit >= slice * MILLI) {
		return (size_t)(pace->credit / MILLI);
	}
	uint64_t missing = slice * MILLI - pace->credit;
	*wait_ms = (int64_t)((missing + pace->rate - 1) / pace->rate);
	return 0;
}

void pace_take(struct pace *pace, size_t len)
{
	uint64_t used = least(len, pace->credit / MILLI) * MILLI;
	pace->credit -= pace->rate == 0 ? 0 : used;
}
