/*
 * A device's contact with this server, in words: check-ins, clock, log. What
 * it means to be overdue is server/checkins.c's to say.
 */
#include "cgi/server/contact.h"

#include "base/mem.h"
#include "cgi/people/marks.h"
#include "cgi/server/console.h"
#include "cgi/server/phrases.h"
#include "domain/checkins.h"
#include "server/checkins.h"
#include "server/log_breaks.h"
#include "server/witness.h"
#include "web/view.h"

#define BREAKS_SHOWN 20
#define CLOCK_FINE_S 60 /* off by less is not worth a mark */

static void put_span(json_t *object, const char *name, int64_t seconds)
{
	struct buf text = BUF_INIT;
	if (seconds > 0) {
		checkin_put_span(&text, seconds);
	}
	view_text(object, name, buf_str(&text));
	buf_clear(&text);
}

static void put_clock(json_t *contact, const struct fleet_device *device)
{
	int64_t ahead = device->clock_ahead;
	int64_t off = ahead < 0 ? -ahead : ahead;
	struct buf text = BUF_INIT;
	if (off < CLOCK_FINE_S) {
		buf_put_str(&text, "right to the minute");
	} else {
		checkin_put_span(&text, off);
		buf_put_str(&text, ahead > 0 ? " ahead" : " behind");
		marks_tag(contact, "clock_tag", "warn", "warn", "Clock is off");
	}
	view_text(contact, "clock", buf_str(&text));
	buf_clear(&text);
}

static void put_checkins(json_t *contact, const struct fleet_device *device,
			 int64_t now)
{
	int64_t missed = checkins_missed(device, now);
	struct buf every = BUF_INIT;
	view_time(contact, "checkin", device->checkin_at);
	view_time(contact, "next", device->checkin_expected);
	checkin_put_every(&every, device->checkin_interval);
	view_text(contact, "every", buf_str(&every));
	buf_clear(&every);
	put_span(contact, "least", device->checkin_least);
	put_span(contact, "most", device->checkin_most);
	put_span(contact, "wanted", device->wanted_interval);
	view_text(contact, "version", device->client_version);
	view_flag(contact, "overdue", missed >= CHECKINS_MISSED);
	view_count(contact, "missed", (uint64_t)missed, "check-in",
		   "check-ins");
	put_clock(contact, device);
}

/* For ever: who said what when its log did not go on from what we keep. */
static void put_break(json_t *list, const struct log_break *b)
{
	json_t *item = view_item(list);
	view_number(item, "kept", b->kept_size);
	view_time(item, "kept_at", b->kept_at);
	view_flag(item, "stated", b->size != 0);
	view_number(item, "size", b->size);
	view_time(item, "came", b->came_at);
	view_time(item, "stated_at", b->stated_at);
	view_time(item, "accepted", b->accepted_at);
	view_text(item, "by", b->accepted_by);
}

static bool put_breaks(struct visit *visit, json_t *contact,
		       const struct fleet_device *device, struct err *err)
{
	struct log_break *rows = NULL;
	size_t count = 0;
	if (!log_breaks_list(console_of(visit)->db, device->id, BREAKS_SHOWN,
			     &rows, &count, err)) {
		return false;
	}
	json_t *list = view_array(contact, "breaks");
	for (size_t i = 0; i < count; i++) {
		put_break(list, &rows[i]);
	}
	view_flag(contact, "any_breaks", count > 0);
	view_flag(contact, "stated",
		  count > 0 && log_breaks_waits(&rows[0], &device->log));
	view_number(contact, "stated_size", count > 0 ? rows[0].size : 0);
	view_time(contact, "stated_at", count > 0 ? rows[0].came_at : 0);
	mem_free(rows);
	return true;
}

static void put_witness(json_t *contact, const struct witness_row *log)
{
	if (log->size == 0) {
		return;
	}
	view_number(contact, "witnessed", log->size);
	view_time(contact, "witnessed_at", log->at);
	view_time(contact, "conflict", log->conflict_at);
	view_flag(contact, "conflict_stands", witness_conflict_stands(log));
	if (witness_conflict_stands(log)) {
		marks_tag(contact, "log_tag", "bad", "warn",
			  "Does not fit what we keep");
	} else {
		marks_tag(contact, "log_tag", "ok", "ok", "Only grew");
	}
}

bool console_put_contact(struct visit *visit, const struct fleet_device *device,
			 struct err *err)
{
	json_t *contact = view_object(visit->view, "contact");
	view_time(contact, "last", fleet_contact_at(device));
	view_flag(contact, "checks_in", device->checkin_interval != 0);
	if (device->checkin_interval != 0) {
		put_checkins(contact, device, visit->request->now);
	}
	view_text(contact, "device", device->id);
	put_witness(contact, &device->log);
	return put_breaks(visit, contact, device, err);
}
