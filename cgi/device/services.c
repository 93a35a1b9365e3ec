/*
 * Services: each one and remote services as a whole, a control of its own,
 * with the same two buttons to give and to withdraw. The words come from
 * documents/service.c, because what was agreed to is hashed from there.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/state.h"
#include "cgi/device/words.h"
#include "cgi/people/marks.h"
#include "domain/consent.h"
#include "web/view.h"

#define REMOTE_NAME "remote"

static void fill_decision(json_t *item, const struct consent *consent)
{
	char time[VIEW_TIME_SIZE];
	char text[160] = "";

	words_consent_tag(item, "tag", consent->state);
	view_flag(item, "on", consent->state == CONSENT_ALLOWED);
	view_flag(item, "off", consent->state == CONSENT_NOT_ALLOWED);
	view_text(item, "grant", consent->grant);
	if (consent->decided_at != 0) {
		view_format_time(time, consent->decided_at);
		snprintf(text, sizeof(text), "by %s, %s", consent->actor, time);
	}
	view_text(item, "decided", text);
	view_text(
		item, "change",
		consent->state == CONSENT_SUSPENDED
			? "The words or the data of this control changed since "
			  "it was allowed. Nothing is sent under it until you "
			  "allow it again."
			: "");
}

static void fill_remote(json_t *services, const struct consents *all)
{
	json_t *item = view_item(services);

	view_text(item, "name", REMOTE_NAME);
	view_text(item, "title", "Remote services as a whole");
	view_text(item, "purpose",
		  "The main switch. It allows no service by itself, and while "
		  "it is off no service sends anything.");
	view_text(item, "sends", "");
	view_text(item, "if_on", "the services that you allow below may send");
	view_text(item, "if_off",
		  "the device opens no connection to its maker at all");
	fill_decision(item, &all->remote);
}

static void fill_service(struct visit *visit, json_t *services,
			 const struct consent *consent)
{
	const struct service *service = consent->service;
	json_t *item = view_item(services);

	view_text(item, "name", service->name);
	view_text(item, "title", service->title);
	view_text(item, "purpose", service->purpose);
	view_text(item, "sends", service->sends);
	view_text(item, "never", service->never_sends);
	view_text(item, "when", service->when);
	view_text(item, "host", app_of(visit)->config.server_name);
	view_text(item, "if_on", "");
	view_text(item, "if_off", service->if_off);
	words_last_sent(item, "last", consent->last_sent_at);
	fill_decision(item, consent);
}

/* Title of the control of that name; NULL if there is none. */
static const char *control_title(const char *name)
{
	const struct service *service = service_by_name(name);

	if (strcmp(name, REMOTE_NAME) == 0) {
		return "Remote services as a whole";
	}
	return service != NULL ? service->title : NULL;
}

static void tell_withdrawn(struct visit *visit, const char *title)
{
	char headline[128];
	char text[160] = "Nothing of this kind was waiting to be sent.";
	uint64_t deleted = 0;

	snprintf(headline, sizeof(headline), "%s: not allowed from now on.",
		 title);
	if (text_parse_u64(request_query(visit->request, "deleted"), 1,
			   UINT32_MAX, &deleted)) {
		snprintf(text, sizeof(text),
			 "%llu waiting %s of this kind %s deleted unsent.",
			 (unsigned long long)deleted,
			 deleted == 1 ? "item" : "items",
			 deleted == 1 ? "was" : "were");
	}
	marks_message(visit->view, "", "off", "Off", headline, text);
}

static void fill_message(struct visit *visit)
{
	const char *done = request_query(visit->request, "done");
	const char *title =
		control_title(request_query(visit->request, "service"));
	char headline[128];

	if (title == NULL) {
		return;
	}
	if (strcmp(done, "withdrawn") == 0) {
		tell_withdrawn(visit, title);
	} else if (strcmp(done, "allowed") == 0) {
		snprintf(headline, sizeof(headline), "%s: allowed.", title);
		marks_message(visit->view, "ok", "ok", "Recorded", headline,
			      "Nothing was sent by this. Your decision stands "
			      "in the log. Next, a preview shows the exact "
			      "data.");
	}
}

bool services_show(struct visit *visit, struct err *err)
{
	struct consents all;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err)) {
		return false;
	}
	json_t *services = view_array(visit->view, "services");

	state_fill(visit, &all);
	fill_remote(services, &all);
	for (size_t i = 0; i < all.count; i++) {
		fill_service(visit, services, &all.services[i]);
	}
	view_flag(visit->view, "may_decide", people_may(visit, ROLE_CUSTOMER));
	fill_message(visit);
	return true;
}

static void go_back(struct visit *visit, const char *done, const char *name,
		    size_t deleted)
{
	char path[160];

	/* both are names of ours, checked before */
	snprintf(path, sizeof(path), "/services?done=%s&service=%s&deleted=%zu",
		 done, name, deleted);
	visit_redirect(visit, path, NULL, NULL);
}

bool services_act(struct visit *visit, struct err *err)
{
	struct device_app *app = app_of(visit);
	int64_t now = visit->request->now;
	const char *name = request_form(visit->request, "service");
	const char *decision = request_form(visit->request, "decision");
	const struct service *service = service_by_name(name);
	enum service_id id = service != NULL ? service->id : SERVICE_UNSET;
	size_t deleted = 0;

	if (control_title(name) == NULL) {
		return visit_fail(visit, 400, err,
				  "There is no service of that name.");
	}
	if (strcmp(decision, "allow") == 0) {
		if (!consent_allow(app->db, people_actor(visit), id, now,
				   err)) {
			return false;
		}
		go_back(visit, "allowed", name, 0);
		return true;
	}
	if (strcmp(decision, "withdraw") != 0) {
		return visit_fail(
			visit, 400, err,
			"The decision is neither allow nor withdraw.");
	}
	if (!consent_withdraw(app->db, people_actor(visit), id, now, &deleted,
			      err)) {
		return false;
	}
	go_back(visit, "withdrawn", name, deleted);
	return true;
}
