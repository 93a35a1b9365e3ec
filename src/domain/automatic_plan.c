/*
 * When the next daily send is. Reckoned anew from what is kept (up to which
 * moment the sends are done) and from the clock as it stands, so that a
 * restart, a power cut or a clock that is set gives neither a second send nor
 * none any more.
 */
#include "domain/automatic.h"

#include <string.h>

/* Later than this it was missed: the device was off, or its clock jumped. */
#define LATE_S (15 * 60)
/* A missed send is left to the next one when that is so near. */
#define NEAR_S (2 * 60 * 60)

struct timetable automatic_timetable(const struct automatic *automatic,
				     const char *device_id,
				     int64_t (*offset)(int64_t utc))
{
	return (struct timetable){
		.spread = timetable_spread(device_id),
		.send_time = automatic->send_time,
		.quiet_from = automatic->quiet_from,
		.quiet_until = automatic->quiet_until,
		.offset = offset,
	};
}

/* When the first service begins to take part; 0 = none does. */
static int64_t first_begin(const struct automatic *a)
{
	int64_t first = 0;
	for (size_t i = 0; i < a->count; i++) {
		int64_t at = a->services[i].begins_at;
		if (at != 0 && (first == 0 || at < first)) {
			first = at;
		}
	}
	return first;
}

/* Set back by more than a day: the mark would silence it until then. */
static bool was_set_back(const struct automatic *a, int64_t now)
{
	return a->timer_at > now + TIMETABLE_DAY_S;
}

/* The sends are done up to here. */
static int64_t done_until(const struct automatic *a, int64_t now)
{
	int64_t first = first_begin(a);
	int64_t done = was_set_back(a, now) ? now : a->timer_at;
	return done > first ? done : first;
}

static void make_up(const struct automatic *a, const struct timetable *t,
		    int64_t now, struct automatic_plan *plan)
{
	int64_t next = timetable_next(t, now);
	int64_t at = a->catch_up_at;
	plan->missed = at == 0 || at > now + TIMETABLE_CATCH_UP_MOST_S;
	if (plan->missed) {
		at = timetable_catch_up(t, now);
		plan->passed_over = next < at + NEAR_S;
	}
	plan->at = plan->passed_over ? next : at;
	plan->missed = plan->missed && !plan->passed_over;
}

void automatic_plan(const struct automatic *automatic,
		    const struct timetable *t, int64_t now,
		    struct automatic_plan *plan)
{
	memset(plan, 0, sizeof(*plan));
	if (!automatic->on || first_begin(automatic) == 0) {
		return;
	}
	plan->at = timetable_next(t, done_until(automatic, now));
	/* A clock that is before every grant has forgotten the time. */
	plan->passed_over =
		was_set_back(automatic, now) && first_begin(automatic) <= now;
	if (plan->at < now - LATE_S) {
		make_up(automatic, t, now, plan);
	}
	for (size_t i = 0; i < automatic->count; i++) {
		const struct automatic_service *s = &automatic->services[i];
		int64_t by = plan->at > now ? plan->at : now;
		if (s->begins_at != 0 && s->begins_at <= by) {
			plan->services |= SERVICE_BIT(s->service->id);
		}
	}
}
