/*
 * Shows one control and takes the decision on it, the same way for services
 * and gates: giving and withdrawing are two equal buttons of one form. Who
 * may decide stands in the page table; what is recorded in domain/consent.
 */
#include "cgi/device/control.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/words.h"
#include "cgi/people/marks.h"
#include "domain/time_known.h"
#include "web/view.h"

/* The language of all words so far. */
#define LANGUAGE "en"
#define QUARTER_S ((int64_t)91 * 86400)

static bool is_gate(const struct service *service)
{
	return service != NULL && service_is_gate(service);
}

static bool is_job_data(const struct service *service)
{
	return service != NULL && service->id == GATE_JOB_DATA;
}

void control_path(char path[CONTROL_PATH_SIZE], const struct service *service)
{
	snprintf(path, CONTROL_PATH_SIZE, "/%s/%s",
		 is_gate(service) ? "privacy" : "services",
		 consent_words(service)->name);
}

bool control_find(const char *name, bool gate, const struct service **service)
{
	*service = service_by_name(name);
	return *service != NULL
		       ? service_is_gate(*service) == gate
		       : !gate && strcmp(name, service_remote()->name) == 0;
}

/* Which words and fields a form was shown with. */
#define SEEN_BYTES 8 /* of each hash: they only have to differ */
#define SEEN_SIZE (4 * SEEN_BYTES + 1)

static void put_seen(char seen[SEEN_SIZE], const struct service *service)
{
	uint8_t hash[32];

	service_text_hash(consent_words(service), hash);
	hex_encode(seen, hash, SEEN_BYTES);
	if (service != NULL) {
		service_catalogue_hash(service, hash);
		hex_encode(seen + 2 * SEEN_BYTES, hash, SEEN_BYTES);
	}
}

/* A page that was open while the software changed shows other words. */
static bool was_seen(const struct visit *visit, enum service_id id)
{
	const char *seen = request_form(visit->request, "seen");
	char now[SEEN_SIZE];

	put_seen(now, id != SERVICE_UNSET ? service_of(id) : NULL);
	return seen[0] == '\0' || strcmp(seen, now) == 0;
}

static void fill_decision(json_t *item, const struct consent *consent)
{
	char time[VIEW_TIME_SIZE];
	char text[160] = "";

	words_consent_tag(item, "tag", consent->state);
	view_flag(item, "on", consent->state == CONSENT_ALLOWED);
	view_flag(item, "off",
		  consent->state == CONSENT_NOT_ALLOWED ||
			  consent->state == CONSENT_EXPIRED);
	view_flag(item, "confirm", consent->state == CONSENT_SUSPENDED);
	view_text(item, "grant", consent->grant);
	if (consent->decided_at != 0) {
		view_format_time(time, consent->decided_at);
		snprintf(text, sizeof(text), "by %s, %s", consent->actor, time);
	}
	view_text(item, "decided", text);
}

/* Only a standing grant has an end that is still ahead. */
static void fill_end(json_t *item, const struct consent *consent)
{
	bool stands = consent->state == CONSENT_ALLOWED ||
		      consent->state == CONSENT_SUSPENDED;
	char date[VIEW_TIME_SIZE] = "";
	char text[VIEW_TIME_SIZE + 48] = "";

	if (stands && consent->until != 0) {
		view_format_date(date, consent->until);
		snprintf(text, sizeof(text), "%s%s",
			 consent->ends_with_send
				 ? "with the next send, at the latest on "
				 : "",
			 date);
	}
	view_text(item, "ends",
		  stands && consent->until == 0 ? "when somebody withdraws it"
						: text);
	view_flag(item, "soon", false);
	if (stands && consent->ends_soon) {
		marks_tag(item, "soon", "warn", "warn", "Ends soon");
	}
}

static void fill_change(json_t *changes, const struct difference *d)
{
	static const char *const kinds[] = {
		[DIFFERENCE_UNSET] = "Changed",
		[DIFFERENCE_NEW] = "New",
		[DIFFERENCE_GONE] = "No longer sent",
		[DIFFERENCE_CHANGED] = "Changed",
	};
	json_t *item = view_item(changes);

	view_text(item, "kind", kinds[d->kind]);
	view_text(item, "what", d->what);
	view_text(item, "before",
		  d->kind == DIFFERENCE_CHANGED ? d->before : "");
	view_text(item, "now", d->now);
}

static bool fill_changes(struct visit *visit, json_t *item,
			 const struct consent *consent, size_t max,
			 struct err *err)
{
	struct difference_list list = { .at = NULL };
	json_t *changes = view_array(item, "changes");

	view_flag(item, "more", false);
	if (consent->state != CONSENT_SUSPENDED) {
		return true;
	}
	bool done = consent_difference(app_of(visit)->db, consent, &list, err);

	if (max == 0 || list.count < max) {
		max = list.count;
	}
	for (size_t i = 0; i < max; i++) {
		fill_change(changes, &list.at[i]);
	}
	if (list.count > max) {
		view_count(item, "more", list.count - max, "more change",
			   "more changes");
	}
	difference_clear(&list);
	return done;
}

static void fill_forms(struct visit *visit, json_t *item,
		       const struct service *service)
{
	const unsigned role = is_gate(service) ? ROLE_ADMIN : ROLE_CUSTOMER;
	char path[CONTROL_PATH_SIZE];
	char seen[SEEN_SIZE];

	control_path(path, service);
	put_seen(seen, service);
	view_text(item, "detail", path);
	view_text(item, "seen", seen);
	view_flag(item, "may_decide", people_may(visit, role));
	view_flag(item, "example",
		  service != NULL && people_may(visit, SEES_DATA) &&
			  (service->id == GATE_PERSONAL ||
			   service->documents[0] != DOCUMENT_UNSET));
	view_flag(item, "personal",
		  service != NULL && service->id == GATE_PERSONAL);
	view_flag(item, "per_send", is_job_data(service));
}

bool control_fill(struct visit *visit, json_t *item,
		  const struct consent *consent, size_t changes_max,
		  struct err *err)
{
	const struct service *service = consent_words(consent->service);

	view_text(item, "name", service->name);
	view_text(item, "title", service->title);
	view_text(item, "purpose", service->purpose);
	view_text(item, "sends", service->sends);
	view_text(item, "never", service->never_sends);
	view_text(item, "when", service->when);
	view_text(item, "host", app_of(visit)->config.server_name);
	view_text(item, "if_on", service->if_on);
	view_text(item, "if_off", service->if_off);
	if (consent->service != NULL) {
		words_last_sent(item, "last", consent->last_sent_at);
	} else {
		view_text(item, "last", ""); /* Network has its check-ins */
	}
	fill_decision(item, consent);
	fill_end(item, consent);
	fill_forms(visit, item, consent->service);
	return fill_changes(visit, item, consent, changes_max, err);
}

/* The last second of a day that is written "2026-11-23". */
bool control_end_of_day(const char *date, int64_t *utc)
{
	char text[CLOCK_TEXT_SIZE];

	snprintf(text, sizeof(text), "%.10sT23:59:59Z", date);
	return clock_parse(text, utc);
}

/* Job data is asked for each time, unless somebody chooses otherwise. */
static int64_t preset_end(enum service_id id)
{
	return id == GATE_JOB_DATA ? CONSENT_UNTIL_SENT : CONSENT_UNTIL_PRESET;
}

/*
 * false: no such end; "date" is checked by the caller. now: what is known of
 * the time.
 */
static bool chosen_end(const struct visit *visit, enum service_id id,
		       int64_t now, int64_t *until)
{
	const char *end = request_form(visit->request, "end");

	if (strcmp(end, "date") == 0) {
		return control_end_of_day(request_form(visit->request, "date"),
					  until);
	}
	*until = strcmp(end, "year") == 0      ? now + CONSENT_PRESET_S
		 : strcmp(end, "quarter") == 0 ? now + QUARTER_S
		 : strcmp(end, "never") == 0   ? 0
		 : strcmp(end, "sent") == 0 || end[0] == '\0'
			 ? preset_end(id)
			 : CONSENT_UNTIL_PRESET;
	return end[0] == '\0' || *until != CONSENT_UNTIL_PRESET;
}

static void go_back(struct visit *visit, const char *path, const char *done,
		    const struct service *service, size_t deleted)
{
	char to[160];

	/* all are names of ours */
	snprintf(to, sizeof(to), "%s?done=%s&service=%s&deleted=%zu", path,
		 done, consent_words(service)->name, deleted);
	visit_redirect(visit, to, NULL, NULL);
}

/* True also when the page is shown again with what is wrong. */
static bool allow(struct visit *visit, enum service_id id, struct err *err)
{
	struct consent_choice choice = { .actor = people_actor(visit),
					 .service = id,
					 .language = LANGUAGE,
					 .now = visit->request->now };
	struct err why = { .kind = ERR_NONE };
	int64_t best, proved;

	if (!time_known_judge(app_of(visit)->db, choice.now, &best, &proved,
			      err)) {
		return false;
	}
	if (!was_seen(visit, id)) {
		visit_problem(visit, 409, "",
			      "The words or the data changed while this page "
			      "was open. Nothing was decided; please read "
			      "them again.");
		return visit_again(visit, err);
	}
	if (!chosen_end(visit, id, best, &choice.until)) {
		err_set(&why, ERR_INVALID,
			"Choose a day, written as 2027-11-23.");
	} else if (consent_choose(app_of(visit)->db, &choice, &why)) {
		return true;
	}
	if (why.kind != ERR_INVALID) {
		return err_set(err, why.kind, "%s", why.text);
	}
	visit_problem(visit, 400, "date", why.text);
	return visit_again(visit, err);
}

bool control_act(struct visit *visit, const struct service *service,
		 const char *path, struct err *err)
{
	const char *decision = request_form(visit->request, "decision");
	enum service_id id = service != NULL ? service->id : SERVICE_UNSET;
	size_t deleted = 0;

	if (strcmp(decision, "allow") == 0) {
		if (!allow(visit, id, err)) {
			return false;
		}
		if (json_array_size(visit->problems) == 0) {
			go_back(visit, path, "allowed", service, 0);
		}
		return true;
	}
	if (strcmp(decision, "withdraw") != 0) {
		return visit_fail(
			visit, 400, err,
			"The decision is neither allow nor withdraw.");
	}
	if (!consent_withdraw(app_of(visit)->db, people_actor(visit), id,
			      visit->request->now, &deleted, err)) {
		return false;
	}
	go_back(visit, path, "withdrawn", service, deleted);
	return true;
}

void control_tell_withdrawn(struct visit *visit, const char *title)
{
	const char *kind = title != NULL ? " of this kind" : "";
	char headline[128];
	char text[160];
	uint64_t deleted = 0;

	snprintf(headline, sizeof(headline), "%s: not allowed from now on.",
		 title != NULL ? title : "Everything");
	if (text_parse_u64(request_query(visit->request, "deleted"), 1,
			   UINT32_MAX, &deleted)) {
		snprintf(text, sizeof(text),
			 "%llu waiting %s%s %s deleted unsent.",
			 (unsigned long long)deleted,
			 deleted == 1 ? "item" : "items", kind,
			 deleted == 1 ? "was" : "were");
	} else {
		snprintf(text, sizeof(text),
			 "Nothing%s was waiting to be sent.", kind);
	}
	marks_message(visit->view, "", "off", "Off", headline, text);
}

static void tell_allowed(struct visit *visit, const struct consent *consent)
{
	char headline[128];
	char date[VIEW_TIME_SIZE];
	char text[192] = "It has no end.";

	if (consent->until != 0) {
		view_format_date(date, consent->until);
		snprintf(text, sizeof(text),
			 consent->ends_with_send
				 ? "It ends with the next send, at the latest "
				   "on %s."
				 : "It ends by itself on %s.",
			 date);
	}
	snprintf(headline, sizeof(headline), "%s: allowed.",
		 consent_words(consent->service)->title);
	strncat(text,
		" Nothing was sent by this. Your decision stands in the log.",
		sizeof(text) - strlen(text) - 1);
	marks_message(visit->view, "ok", "ok", "Recorded", headline, text);
}

void control_tell(struct visit *visit, const struct consents *all)
{
	const char *done = request_query(visit->request, "done");
	const char *name = request_query(visit->request, "service");
	const struct service *service;

	if (!control_find(name, false, &service) &&
	    !control_find(name, true, &service)) {
		return;
	}
	const struct consent *consent =
		consent_of(all, service != NULL ? service->id : SERVICE_UNSET);

	if (strcmp(done, "withdrawn") == 0) {
		control_tell_withdrawn(visit, consent_words(service)->title);
	} else if (strcmp(done, "allowed") == 0 &&
		   consent->state == CONSENT_ALLOWED) {
		tell_allowed(visit, consent);
	}
}
