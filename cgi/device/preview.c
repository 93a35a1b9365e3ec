/*
 * Preview: a person chooses services and leaves a request; the client daemon
 * collects and stages; the page shows what came of it. Samples of services
 * that are not allowed are marked and can never be sent. Sending is in
 * send.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/asked.h"
#include "cgi/device/pages.h"
#include "cgi/device/transmission.h"
#include "cgi/device/words.h"
#include "cgi/people/marks.h"
#include "domain/consent.h"
#include "domain/requests.h"
#include "web/view.h"

#define RECENT_ITEMS 10

static bool fill_recent(struct visit *visit, struct err *err)
{
	json_t *recent = view_array(visit->view, "items");
	struct outbox_item *items = NULL;
	size_t count = 0;

	if (!outbox_list(app_of(visit)->db, OUTBOX_UNSET, RECENT_ITEMS, &items,
			 &count, err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		transmission_fill_facts(view_item(recent), &items[i]);
	}
	view_text(visit->view, "way", "/preview");
	view_flag(visit->view, "recent_shown", count > 0);
	mem_free(items);
	return true;
}

/* A sample with personal data is asked for from Privacy, for all of them. */
static bool form_services(const struct visit *visit, unsigned *services)
{
	const unsigned known = services_with_documents();
	const char *name;
	unsigned found = 0;
	size_t at = 0;

	while ((name = urlencoded_next(&visit->request->form, "service",
				       &at)) != NULL) {
		const struct service *service = service_by_name(name);

		if (service == NULL ||
		    (known & SERVICE_BIT(service->id)) == 0) {
			return false;
		}
		found |= SERVICE_BIT(service->id);
	}
	if (request_form(visit->request, "personal")[0] != '\0') {
		found = (found != 0 ? found : known) |
			SERVICE_BIT(GATE_PERSONAL);
	}
	*services = found;
	return true;
}

static void fill_choice(json_t *services, const struct consents *all,
			const struct consent *consent, unsigned ticked)
{
	const struct service *service = consent->service;
	unsigned bit = SERVICE_BIT(service->id);
	bool first = json_array_size(services) == 0;
	json_t *item = view_item(services);
	char id[48];

	snprintf(id, sizeof(id), "service-%s", service->name);
	view_text(item, "id", first ? "service" : id);
	view_text(item, "name", service->name);
	view_text(item, "title", service->title);
	view_text(item, "sends", service->sends);
	view_flag(item, "ticked", (ticked & bit) != 0);
	words_consent_tag(item, "tag",
			  (all->effective & bit) != 0 ? CONSENT_ALLOWED
			  : consent->state == CONSENT_SUSPENDED
				  ? CONSENT_SUSPENDED
				  : CONSENT_NOT_ALLOWED);
}

bool preview_show(struct visit *visit, struct err *err)
{
	struct consents all;
	unsigned ticked = 0;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err) ||
	    !fill_recent(visit, err)) {
		return false;
	}
	if (!form_services(visit, &ticked)) {
		ticked = 0;
	}
	json_t *services = view_array(visit->view, "services");

	for (size_t i = 0; i < all.count; i++) {
		if (all.services[i].service->documents[0] != DOCUMENT_UNSET) {
			fill_choice(services, &all, &all.services[i], ticked);
		}
	}
	view_flag(visit->view, "may_make", people_may(visit, SEES_DATA));
	return true;
}

bool preview_act(struct visit *visit, struct err *err)
{
	struct device_app *app = app_of(visit);
	unsigned services = 0;
	char path[48];
	int64_t id;

	if (!form_services(visit, &services)) {
		return visit_fail(visit, 400, err,
				  "There is no service of that name that sends "
				  "data.");
	}
	if (services == 0) {
		visit_problem(visit, 400, "service",
			      "Choose at least one service.");
		return visit_again(visit, err);
	}
	if (!requests_add(app->db, REQUEST_PREVIEW, services,
			  people_actor(visit),
			  request_form(visit->request, "key"),
			  visit->request->now, &id, err)) {
		return false;
	}
	app_wake_daemon(visit);
	snprintf(path, sizeof(path), "/preview/%lld", (long long)id);
	visit_redirect(visit, path, NULL, NULL);
	return true;
}

static void show_waiting(struct visit *visit, const struct request_row *row)
{
	const char *text = asked_text(visit, row, "The device is being read.");
	json_t *waiting;

	if (visit->request->wants_json) {
		asked_answer(visit, text, false);
		return;
	}
	visit->template = "preview_wait";
	view_flag(visit->view, "script", true);
	view_text(visit->view, "title", "Making the preview");
	waiting = view_object(visit->view, "waiting");
	view_text(waiting, "id", visit->step);
	view_text(waiting, "text", text);
	words_services(waiting, "services", row->services);
	marks_tag(waiting, "tag", "warn", "wait", "Waiting");
}

static void show_refused(struct visit *visit, const struct request_row *row)
{
	json_t *refused;

	visit->template = "preview_wait";
	view_text(visit->view, "title", "No preview");
	refused = view_object(visit->view, "refused");
	view_sentence(refused, "text", row->problem);
	view_text(refused, "advice",
		  row->problem_kind == ERR_RETRY
			  ? "Nothing was sent. Try again in a moment."
			  : "Nothing was sent. If it stays, tell your "
			    "administrator.");
	marks_tag(refused, "tag", "bad", "bad", "Could not be made");
}

/* A finished request leads on; the script is told to load the page again. */
static bool show_request(struct visit *visit, int64_t id, struct err *err)
{
	struct request_row row;

	if (!requests_get(app_of(visit)->db, id, &row, err)) {
		return false;
	}
	if (row.kind != REQUEST_PREVIEW) {
		return visit_fail(visit, 404, err, "There is no such preview.");
	}
	if (row.state == REQUEST_OPEN || row.state == REQUEST_TAKEN) {
		show_waiting(visit, &row);
		return true;
	}
	if (visit->request->wants_json) {
		asked_answer(visit, "Done.", true);
	} else if (row.state == REQUEST_REFUSED) {
		show_refused(visit, &row);
	} else {
		char path[16 + UUID_TEXT_SIZE];

		snprintf(path, sizeof(path), "/preview/%s", row.transaction);
		visit_redirect(visit, path, NULL, NULL);
	}
	return true;
}

static void fill_next(struct visit *visit, const struct outbox_item *item)
{
	bool staged = item->state == OUTBOX_STAGED;
	bool operator= people_may(visit, ROLE_OPERATOR);
	const char *next = "This preview is over; the state says how it ended.";

	if (item->state == OUTBOX_SAMPLE) {
		next = "Nothing. To send data like this, allow it first, under "
		       "Services or Privacy; then make a new preview.";
	} else if (staged && operator) {
		next = "Nothing leaves until you press Send on the next page.";
	} else if (staged) {
		next = "Nothing leaves until an operator presses Send for "
		       "exactly these bytes.";
	}
	view_text(visit->view, "next", next);
	view_flag(visit->view, "may_send", staged && operator);
}

bool preview_one_show(struct visit *visit, struct err *err)
{
	struct outbox_item item;
	int64_t id;

	if (text_parse_i64(visit->step, 1, INT64_MAX, &id)) {
		return show_request(visit, id, err);
	}
	if (!transmission_find(visit, &item, err) ||
	    !transmission_fill_content(visit, &item, err)) {
		return false;
	}
	bool sample = item.state == OUTBOX_SAMPLE;

	transmission_fill_facts(visit->view, &item);
	view_flag(visit->view, "sample", sample);
	view_text(visit->view, "sample_why",
		  "It holds a service or personal data that is not allowed. It "
		  "shows what would be sent if it were.");
	view_text(visit->view, "lead",
		  sample ? "What would be sent, and what would not."
			 : "Exactly this would be sent, byte for byte, and "
			   "nothing else.");
	fill_next(visit, &item);
	return true;
}

bool bytes_show(struct visit *visit, struct err *err)
{
	struct outbox_item item;
	struct buf body = BUF_INIT;
	char name[24 + UUID_TEXT_SIZE];

	if (!transmission_find(visit, &item, err)) {
		return false;
	}
	if (!outbox_body(app_of(visit)->db, item.transaction, &body, err)) {
		buf_clear(&body);
		return false;
	}
	snprintf(name, sizeof(name), "%s-%s.xml",
		 item.state == OUTBOX_SAMPLE ? "sample" : "transmission",
		 item.transaction);
	response_download(visit->response, "application/xml; charset=utf-8",
			  name, body.data, body.len);
	buf_clear(&body);
	return true;
}
