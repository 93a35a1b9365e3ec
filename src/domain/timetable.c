/*
 * When a device sends by itself. Only reckoning: what people decided is read
 * by automatic.c, what falls due is done by client/timer.c. Days are counted
 * in local time, so that a send at 18:00 stays there when clocks change.
 */
#include "domain/timetable.h"

#include <stdio.h>
#include <string.h>

#include "crypto/sha256.h"

#define MIN_S 60
#define AFTER_QUIET_S (15 * 60)
#define CATCH_UP_FIRST_S 60
#define CATCH_UP_RANGE_S (59 * 60)

uint64_t timetable_spread(const char *device_id)
{
	uint8_t hash[SHA256_SIZE];
	uint64_t spread = 0;
	sha256_bytes(device_id, strlen(device_id), hash);
	for (size_t i = 0; i < sizeof(spread); i++) {
		spread = spread << 8 | hash[i];
	}
	return spread;
}

static int quiet_minutes(const struct timetable *t)
{
	return (t->quiet_until - t->quiet_from + TIMETABLE_DAY_MIN) %
	       TIMETABLE_DAY_MIN;
}

int timetable_slot(const struct timetable *t)
{
	if (t->send_time != TIMETABLE_DERIVED) {
		return t->send_time * MIN_S + (int)(t->spread % MIN_S);
	}
	int free_s = TIMETABLE_DAY_S - quiet_minutes(t) * MIN_S;
	int first = quiet_minutes(t) > 0 ? t->quiet_until * MIN_S : 0;
	return (first + (int)(t->spread % (uint64_t)free_s)) % TIMETABLE_DAY_S;
}

/* Division that rounds down, for moments before 1970 in local time. */
static int64_t local_day(int64_t local)
{
	return (local >= 0 ? local : local - TIMETABLE_DAY_S + 1) /
	       TIMETABLE_DAY_S;
}

/* The second of the local day. */
static int second_of_day(const struct timetable *t, int64_t at)
{
	int64_t local = at + t->offset(at);
	return (int)(local - local_day(local) * TIMETABLE_DAY_S);
}

/* Seconds until the quiet hours that at lies in are over; 0 = in none. */
static int quiet_left(const struct timetable *t, int64_t at)
{
	int quiet = quiet_minutes(t) * MIN_S;
	int since = (second_of_day(t, at) - t->quiet_from * MIN_S +
		     TIMETABLE_DAY_S) %
		    TIMETABLE_DAY_S;
	return since < quiet ? quiet - since : 0;
}

int64_t timetable_allowed(const struct timetable *t, int64_t at)
{
	int left = quiet_left(t, at);
	if (left == 0) {
		return at;
	}
	int64_t end = at + left;
	end += t->offset(at) - t->offset(end); /* clocks may change */
	return end + (int64_t)(t->spread % AFTER_QUIET_S);
}

/* A moment of local time in UTC; the offset is that of about then. */
static int64_t utc_of(const struct timetable *t, int64_t local)
{
	int64_t about = local - t->offset(local);
	return local - t->offset(about);
}

int64_t timetable_next(const struct timetable *t, int64_t after)
{
	int slot = timetable_slot(t);
	int64_t day = local_day(after + t->offset(after)) - 2;
	int64_t at;
	do {
		at = timetable_allowed(t,
				       utc_of(t, day * TIMETABLE_DAY_S + slot));
		day++;
	} while (at <= after);
	return at;
}

int64_t timetable_catch_up(const struct timetable *t, int64_t now)
{
	/* Other bits than the slot's, or the late ones would cluster. */
	uint64_t other = t->spread / TIMETABLE_DAY_S;
	return timetable_allowed(t,
				 now + CATCH_UP_FIRST_S +
					 (int64_t)(other % CATCH_UP_RANGE_S));
}

static bool two_digits(const char *s, int most, int *value)
{
	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9') {
		return false;
	}
	*value = (s[0] - '0') * 10 + (s[1] - '0');
	return *value <= most;
}

bool timetable_parse_time(const char *text, int *minute)
{
	int hours, minutes;
	if (strlen(text) != TIMETABLE_TIME_SIZE - 1 || text[2] != ':' ||
	    !two_digits(text, 23, &hours) ||
	    !two_digits(text + 3, 59, &minutes)) {
		return false;
	}
	*minute = hours * 60 + minutes;
	return true;
}

void timetable_put_time(char dst[TIMETABLE_TIME_SIZE], int minute)
{
	(void)snprintf(dst, TIMETABLE_TIME_SIZE, "%02u:%02u",
		       (unsigned)minute / 60 % 24, (unsigned)minute % 60);
}
