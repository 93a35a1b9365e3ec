/*
 * The state sentence of Home and Services: says in the same words whether
 * anything is sent at all.
 */
#include "cgi/device/state.h"

#include <stdio.h>

#include "cgi/device/app.h"
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

static int64_t last_contact(const struct consents *all)
{
	int64_t last = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->services[i].last_sent_at > last) {
			last = all->services[i].last_sent_at;
		}
	}
	return last;
}

void state_fill(struct visit *visit, const struct consents *all)
{
	json_t *state = view_object(visit->view, "state");
	const char *host = app_of(visit)->config.server_name;
	bool remote = all->remote.state == CONSENT_ALLOWED;
	size_t allowed = count_allowed(all);
	char headline[128] = "Nothing is being sent.";
	char text[256] = "No service is allowed.";
	char contact[128] = "Nothing was ever sent from here.";
	bool on = remote && allowed > 0;

	if (on) {
		snprintf(headline, sizeof(headline), "%zu %s allowed.", allowed,
			 allowed == 1 ? "service is" : "services are");
		snprintf(text, sizeof(text),
			 "Data goes to %s, and only when an operator presses "
			 "Send.",
			 host);
	} else if (allowed > 0) {
		snprintf(
			text, sizeof(text),
			"%zu %s chosen, but remote services as a whole are not "
			"allowed.",
			allowed, allowed == 1 ? "service is" : "services are");
	} else if (remote) {
		snprintf(
			text, sizeof(text),
			"Remote services are allowed as a whole, but no single "
			"service is.");
	}
	int64_t last = last_contact(all);

	if (last != 0) {
		char time[VIEW_TIME_SIZE];

		view_format_time(time, last);
		snprintf(contact, sizeof(contact), "Last confirmed send: %s.",
			 time);
	}
	view_text(state, "tone", on ? "ok" : "");
	marks_tag(state, "tag", on ? "ok" : "", on ? "ok" : "off",
		  on ? "On" : "Off");
	view_text(state, "headline", headline);
	view_text(state, "text", text);
	view_text(state, "contact", contact);
}
