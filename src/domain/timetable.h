#ifndef SLUICE_DOMAIN_TIMETABLE_H
#define SLUICE_DOMAIN_TIMETABLE_H

#include <stdbool.h>
#include <stdint.h>

#define TIMETABLE_DAY_S 86400
#define TIMETABLE_DAY_MIN (24 * 60)
#define TIMETABLE_DERIVED (-1)

/*
 * The hours of a device's day in which it may send by itself. Pure: moments
 * are UTC seconds, hours are those of local time, and the clock is the
 * caller's. Every device has a number from its id, so that a fleet does not
 * send at one moment.
 */
struct timetable {
	uint64_t spread; /* timetable_spread() of the device's id */
	/* minute of the day, or TIMETABLE_DERIVED: by the device's number */
	int send_time;
	/* minutes of the day, until exclusive; equal = no quiet hours */
	int quiet_from, quiet_until;
	int64_t (*offset)(int64_t utc); /* local time ahead of UTC, seconds */
};

/* A number that stays the same for a device id. */
uint64_t timetable_spread(const char *device_id);

/*
 * The second of the local day at which it sends: anywhere outside of the
 * quiet hours, or within the chosen minute.
 */
int timetable_slot(const struct timetable *t);

/* at, or up to 15 minutes after the quiet hours in which it lies. */
int64_t timetable_allowed(const struct timetable *t, int64_t at);

/* The first daily send after a moment; one in quiet hours comes after them. */
int64_t timetable_next(const struct timetable *t, int64_t after);

/*
 * When to make up for a send that was missed: one minute to one hour from
 * now, outside of the quiet hours.
 */
int64_t timetable_catch_up(const struct timetable *t, int64_t now);
#define TIMETABLE_CATCH_UP_MOST_S (25 * 60 * 60) /* quiet hours included */

/* "18:04", "00:00".."23:59"; nothing else. Gives the minute of the day. */
bool timetable_parse_time(const char *text, int *minute);
#define TIMETABLE_TIME_SIZE 6
void timetable_put_time(char dst[TIMETABLE_TIME_SIZE], int minute);

#endif
