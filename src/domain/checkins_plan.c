/*
 * When a device checks in: only reckoning, clock and chance are the caller's.
 * Times are cut into intervals from 1970 on, and each device has its place in
 * them, so that a fleet that was switched on at one moment does not call at
 * one moment for ever. Quiet hours are client/checkin.c's to add.
 */
#include "domain/checkins.h"

#include <inttypes.h>
#include <string.h>

#include "domain/timetable.h"

#define JITTER_PART 20 /* of the interval, at most */
#define RANDOM_RANGE ((int64_t)UINT32_MAX + 1)
#define OTHER_BITS 20 /* than the daily send's, or both would coincide */

int64_t checkin_slot(const char *device_id, int64_t interval_s)
{
	return (int64_t)((timetable_spread(device_id) >> OTHER_BITS) %
			 (uint64_t)interval_s);
}

int64_t checkin_next(const char *device_id, int64_t interval_s, int64_t now,
		     uint32_t random)
{
	int64_t into = now % interval_s;
	into += into < 0 ? interval_s : 0;
	int64_t at = now - into + checkin_slot(device_id, interval_s);
	at += at <= now ? interval_s : 0;
	return at +
	       (interval_s / JITTER_PART + 1) * (int64_t)random / RANDOM_RANGE;
}

int64_t checkin_interval(const struct checkin_state *limits, int64_t wished_s)
{
	int64_t wished = wished_s > 0 ? wished_s : CHECKIN_PRESET_S;
	wished = wished < limits->least_s ? limits->least_s : wished;
	return wished > limits->most_s ? limits->most_s : wished;
}

int64_t checkin_missing(int64_t expected_at, int64_t contact_at,
			int64_t interval_s, int64_t now)
{
	int64_t due = contact_at + interval_s + interval_s / JITTER_PART;
	due = expected_at > due ? expected_at : due;
	return now <= due ? 0 : 1 + (now - due) / interval_s;
}

void checkin_put_span(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {
		{ 86400, "day" },
		{ 3600, "hour" },
		{ 60, "minute" },
		{ 1, "second" },
	};
	int64_t left = seconds > 0 ? seconds : 0;
	int said = 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		int64_t n = left / units[i].seconds;
		left %= units[i].seconds;
		if (n > 0 && said < 2) {
			buf_printf(out, "%s%" PRId64 " %s%s",
				   said > 0 ? " " : "", n, units[i].name,
				   n == 1 ? "" : "s");
		}
		/* What comes two places later is too small to be told. */
		said += n > 0 || said > 0;
	}
	if (said == 0) {
		buf_put_str(out, "0 seconds");
	}
}

void checkin_put_every(struct buf *out, int64_t seconds)
{
	struct buf span = BUF_INIT;
	checkin_put_span(&span, seconds);
	const char *text = buf_str(&span);
	bool one = strncmp(text, "1 ", 2) == 0 && strchr(text + 2, ' ') == NULL;
	buf_printf(out, "every %s", text + (one ? 2 : 0));
	buf_clear(&span);
}
