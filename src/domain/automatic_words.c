/*
 * The next automatic send in words, the same on pages and the command line.
 * Hours are local, because that is how people chose them.
 */
#include "domain/automatic.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/outbox.h"

#define RECENT 20

/* Days since 1970 of the local calendar; moments before that are no matter. */
static int64_t local_day(int64_t at, int64_t (*offset)(int64_t utc))
{
	return (at + offset(at)) / TIMETABLE_DAY_S;
}

void automatic_put_when(struct buf *out, int64_t at, int64_t now,
			int64_t (*offset)(int64_t utc))
{
	int64_t days = local_day(at, offset) - local_day(now, offset);
	char text[CLOCK_TEXT_SIZE], day[CLOCK_WORDS_SIZE];
	clock_format(text, at + offset(at));
	clock_day(day, at + offset(at));
	if (days == 0) {
		buf_put_str(out, "today");
	} else if (days == 1) {
		buf_put_str(out, "tomorrow");
	} else if (days == -1) {
		buf_put_str(out, "yesterday");
	} else {
		buf_printf(out, "%s,", day);
	}
	buf_printf(out, " %.5s", text + 11);
}

static void put_services(struct buf *out, unsigned services)
{
	const char *between = "";
	const struct service *s;
	for (size_t i = 0; (s = service_at(i)) != NULL; i++) {
		if ((services & SERVICE_BIT(s->id)) != 0) {
			buf_printf(out, "%s%s", between, s->title);
			between = ", ";
		}
	}
}

/* What the words of a service tell: "...; about 4 kB"; 0 = nothing. */
static uint64_t told_kb(const struct service *service)
{
	static const char about[] = "about ";
	const char *at = strstr(service->when, about);
	unsigned kb = 0;
	return at != NULL && sscanf(at + strlen(about), "%3u kB", &kb) == 1 ? kb
									    : 0;
}

/* As large as the last one of these services, else as the words tell. */
static bool find_kb(struct db *db, unsigned services, uint64_t *kb,
		    struct err *err)
{
	struct outbox_item *list = NULL;
	size_t count = 0;
	const struct service *s;
	if (!outbox_list(db, OUTBOX_SENT, RECENT, &list, &count, err)) {
		return false;
	}
	*kb = 0;
	for (size_t i = 0; i < count && *kb == 0; i++) {
		if (list[i].services == services) {
			*kb = (list[i].bytes + 999) / 1000;
		}
	}
	mem_free(list);
	bool seen = *kb != 0;
	for (size_t i = 0; !seen && (s = service_at(i)) != NULL; i++) {
		*kb += (services & SERVICE_BIT(s->id)) != 0 ? told_kb(s) : 0;
	}
	return true;
}

static bool put_plan(struct db *db, const struct automatic_plan *plan,
		     const struct automatic_place *place, int64_t now,
		     struct buf *out, struct err *err)
{
	uint64_t kb;
	if (!find_kb(db, plan->services, &kb, err)) {
		return false;
	}
	buf_put_str(out, "Next automatic send: ");
	if (plan->at <= now) {
		buf_put_str(out, "now");
	} else {
		automatic_put_when(out, plan->at, now, place->offset);
	}
	buf_put_str(out, ", ");
	put_services(out, plan->services);
	buf_printf(out, ", about %" PRIu64 " kB", kb);
	if (place->host[0] != '\0') {
		buf_printf(out, ", to %s", place->host);
	}
	buf_put_str(out, ".");
	return true;
}

/* Who waits for the 24 hours to pass; named only if they are not all of those
 * that were named before. */
static void put_waiting(const struct automatic *a, unsigned named,
			const struct automatic_place *place, int64_t now,
			struct buf *out)
{
	unsigned waiting = 0;
	int64_t first = 0;
	for (size_t i = 0; i < a->count; i++) {
		const struct automatic_service *s = &a->services[i];
		if (s->state == AUTOMATIC_GRACE) {
			waiting |= SERVICE_BIT(s->service->id);
			first = first == 0 || s->begins_at < first
					? s->begins_at
					: first;
		}
	}
	if (waiting != 0) {
		buf_put_str(out, " Not before ");
		automatic_put_when(out, first, now, place->offset);
		buf_put_str(out, ", so that you can think again");
		if (waiting != named) {
			buf_put_str(out, ": ");
			put_services(out, waiting);
		}
		buf_put_str(out, ".");
	}
}

bool automatic_put_next(struct db *db, const struct consents *all,
			const struct automatic_place *place, int64_t now,
			struct buf *out, struct err *err)
{
	struct automatic a;
	struct automatic_plan plan;
	if ((all->effective & consent_services_known()) == 0) {
		return true;
	}
	if (!automatic_read(db, all, now, &a, err)) {
		return false;
	}
	const struct timetable hours =
		automatic_timetable(&a, place->device_id, place->offset);
	automatic_plan(&a, &hours, now, &plan);
	if (!a.on) {
		buf_put_str(out, "Automatic sending is off.");
	} else if (plan.at == 0) {
		buf_put_str(out, "No service sends by itself.");
	} else if (!put_plan(db, &plan, place, now, out, err)) {
		return false;
	} else {
		put_waiting(&a, plan.services, place, now, out);
	}
	return true;
}
