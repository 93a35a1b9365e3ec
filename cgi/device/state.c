/*
 * The state sentence of Home, Services and Settings: says in the same words
 * whether anything is sent at all, and how the connection stands.
 */
#include "cgi/device/state.h"

#include <stdio.h>

#include "base/zone.h"
#include "cgi/device/app.h"
#include "cgi/device/contact.h"
#include "cgi/people/marks.h"
#include "web/view.h"

static size_t count_allowed(const struct consents *all)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		count += all->services[i].state == CONSENT_ALLOWED;
	}
	return count;
}

/* A check-in is no document, and it is something. */
static void put_last_send(const struct consents *all,
			  const struct contact *link, struct buf *out)
{
	char time[VIEW_TIME_SIZE];
	int64_t last = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->services[i].last_sent_at > last) {
			last = all->services[i].last_sent_at;
		}
	}
	if (last == 0) {
		buf_printf(out, "%s ever sent from here.",
			   link->checkin.contact_at != 0 ? "No document was"
							 : "Nothing was");
		return;
	}
	view_format_time(time, last);
	buf_printf(out, "Last confirmed send: %s.", time);
}

struct timetable state_hours(const struct visit *visit,
			     const struct automatic *automatic)
{
	return automatic_timetable(automatic, app_of(visit)->config.id,
				   zone_offset);
}

bool state_next_automatic(struct visit *visit, const struct consents *all,
			  struct buf *out, struct err *err)
{
	const struct device_config *config = &app_of(visit)->config;
	const struct automatic_place place = {
		.device_id = config->id,
		.host = config->server_name,
		.offset = zone_offset,
	};

	return automatic_put_next(app_of(visit)->db, all, &place,
				  visit->request->now, out, err);
}

static void put_text(struct visit *visit, const struct consents *all,
		     size_t allowed, struct buf *text)
{
	bool remote = all->remote.state == CONSENT_ALLOWED;

	if (remote && allowed > 0) {
		buf_printf(text,
			   "An operator can send to %s; nothing goes anywhere "
			   "else.",
			   app_of(visit)->config.server_name);
	} else if (allowed > 0) {
		buf_printf(text,
			   "%zu %s chosen, but remote services as a whole are "
			   "not allowed.",
			   allowed,
			   allowed == 1 ? "service is" : "services are");
	} else if (remote) {
		buf_put_str(text,
			    "Remote services are allowed as a whole, but no "
			    "single service is: the device checks in and "
			    "keeps its certificate.");
	} else {
		buf_put_str(text, "No service is allowed.");
	}
}

/*
 * "On" is for what works: a connection that needs a person comes before it.
 * One check-in that failed is tried again by itself.
 */
static void fill_tag(json_t *state, const struct consents *all,
		     const struct contact *link, bool on)
{
	if (link->state > CONTACT_OFF && link->state < CONTACT_FAILING) {
		view_text(state, "tone", contact_tone(link->state));
		contact_tag(state, "tag", link->state);
		return;
	}
	view_text(state, "tone", on ? "ok" : "");
	if (on) {
		marks_tag(state, "tag", "ok", "ok", "On");
	} else if (all->remote.state == CONSENT_ALLOWED) {
		marks_tag(state, "tag", "", "idle", "Check-ins only");
	} else {
		marks_tag(state, "tag", "", "off", "Off");
	}
}

bool state_fill(struct visit *visit, const struct consents *all,
		struct err *err)
{
	json_t *state = view_object(visit->view, "state");
	size_t allowed = count_allowed(all);
	bool on = all->remote.state == CONSENT_ALLOWED && allowed > 0;
	char headline[128];
	struct contact link;
	struct buf contact = BUF_INIT;
	struct buf text = BUF_INIT;

	if (!contact_read(visit, all, &link, err) ||
	    !state_next_automatic(visit, all, &text, err)) {
		return false;
	}
	if (text.len > 0) {
		buf_put_str(&text, " ");
	}
	put_text(visit, all, allowed, &text);
	if (on) {
		snprintf(headline, sizeof(headline), "%zu %s allowed.", allowed,
			 allowed == 1 ? "service is" : "services are");
	} else {
		/* A check-in is something. */
		snprintf(headline, sizeof(headline), "%s",
			 all->remote.state == CONSENT_ALLOWED
				 ? "No documents are being sent."
				 : "Nothing is being sent.");
	}
	if (link.state != CONTACT_OFF) {
		contact_put(visit, &link, &contact);
		buf_put_char(&contact, ' ');
	}
	put_last_send(all, &link, &contact);
	fill_tag(state, all, &link, on);
	view_text(state, "headline", headline);
	view_text(state, "text", buf_str(&text));
	view_text(state, "contact", buf_str(&contact));
	buf_clear(&contact);
	buf_clear(&text);
	return true;
}
