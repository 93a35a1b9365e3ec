/*
 * The device's certificate: what it says, how long it lasts, and getting one
 * with a one-time code, also when the old one is over. The code is left in
 * domain/enrolment; client/enrol.c takes it to the authority.
 */
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/certificate.h"
#include "cgi/device/network.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "web/view.h"

#define PATH "/network/certificate"

const struct asked network_asked_enrol = {
	.kind = REQUEST_ENROL,
	.path = PATH,
	.waiting = "The device asks the authority for a certificate.",
	.refused = "That did not work.",
};

static void fill_certificate(struct visit *visit, const struct contact *contact)
{
	const struct enrolment *e = &contact->enrolment;
	json_t *view = view_object(visit->view, "certificate");
	int64_t best = contact->time.best;
	int step = enrolment_step(enrolment_days_left(e, best));
	bool exists = e->sha256[0] != '\0';
	struct buf text = BUF_INIT;

	certificate_put(&text, e, best);
	certificate_tag(view, "tag", e, best);
	view_text(view, "tone",
		  !exists                   ? ""
		  : step < 0                ? "bad"
		  : step != 0 && step <= 7  ? "bad"
		  : step != 0 && step <= 30 ? "warn"
					    : "ok");
	view_text(view, "text", buf_str(&text));
	view_flag(view, "exists", exists);
	view_flag(view, "over", exists && step < 0);
	view_text(view, "subject", e->subject);
	view_text(view, "issuer", e->issuer);
	view_time(view, "from", e->not_before);
	view_time(view, "until", e->not_after);
	view_text(view, "sha256", e->sha256);
	view_sentence(view, "problem",
		      e->state == ENROLMENT_ENROLLED ? e->problem : "");
	buf_clear(&text);
}

/* What became of a code: nothing to say once there is a certificate. */
static const struct progress {
	enum enrolment_state state;
	const char *tone, *icon, *tag, *headline, *text;
} progresses[] = {
	{ ENROLMENT_ASKED, "warn", "wait", "Asked",
	  "A one-time code waits to be tried.",
	  "The device takes it to the authority by itself." },
	{ ENROLMENT_PENDING, "warn", "wait", "Pending",
	  "The authority has the request and has not decided yet.",
	  "The device asks again by itself." },
	{ ENROLMENT_REFUSED, "bad", "bad", "Refused", "The code was refused.",
	  "Another one can be typed below." },
};

static const struct progress *progress_of(enum enrolment_state state)
{
	for (size_t i = 0; i < sizeof(progresses) / sizeof(progresses[0]);
	     i++) {
		if (progresses[i].state == state) {
			return &progresses[i];
		}
	}
	return NULL;
}

static void put_asked(struct visit *visit, const struct enrolment *e,
		      struct buf *out)
{
	if (e->asked_by[0] != '\0') {
		buf_printf(out, "Typed by %s, ", e->asked_by);
		contact_put_when(visit, out, e->asked_at);
		buf_put_str(out, ". ");
	}
	if (e->state == ENROLMENT_REFUSED) {
		return;
	}
	buf_put_str(out, "Next try: ");
	if (e->next_try_at > visit->request->now) {
		contact_put_when(visit, out, e->next_try_at);
	} else {
		buf_put_str(out, "now");
	}
	buf_put_char(out, '.');
}

static void fill_progress(struct visit *visit, const struct enrolment *e)
{
	const struct progress *p = progress_of(e->state);
	struct buf asked = BUF_INIT;

	if (p == NULL) {
		return;
	}
	json_t *view = view_object(visit->view, "progress");

	put_asked(visit, e, &asked);
	view_text(view, "tone", p->tone);
	marks_tag(view, "tag", p->tone, p->icon, p->tag);
	view_text(view, "headline", p->headline);
	view_text(view, "text", p->text);
	view_sentence(view, "problem", e->problem);
	view_text(view, "asked", buf_str(&asked));
	view_flag(view, "may_cancel", people_may(visit, NETWORK_CHANGES));
	view_flag(view, "waits", e->state != ENROLMENT_REFUSED);
	buf_clear(&asked);
}

static void fill_message(struct visit *visit)
{
	if (strcmp(request_query(visit->request, "done"), "cancelled") == 0) {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The code was taken back.",
			      "It was not used. What was there before holds.");
	}
}

bool network_certificate_show(struct visit *visit, struct err *err)
{
	const struct device_config *config = &app_of(visit)->config;
	struct contact contact;
	enum asked_state asked;

	fill_message(visit);
	if (!asked_show(visit, &network_asked_enrol, &asked, err)) {
		return false;
	}
	if (asked == ASKED_ANSWERED) {
		return true;
	}
	if (!network_fill(visit, &contact, err)) {
		return false;
	}
	if (asked == ASKED_DONE &&
	    contact.enrolment.state == ENROLMENT_ENROLLED &&
	    contact.enrolment.problem[0] == '\0') {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The device has its certificate.", "");
	}
	fill_certificate(visit, &contact);
	fill_progress(visit, &contact.enrolment);
	view_text(visit->view, "authority",
		  config->enrol_name[0] != '\0' ? config->enrol_name
						: config->server_name);
	view_flag(visit->view, "foreign", config->enrol_name[0] != '\0');
	view_text(visit->view, "id", config->id);
	view_text(visit->view, "serial", config->serial);
	view_text(visit->view, "code", visit_typed(visit, "code"));
	view_flag(visit->view, "may_renew",
		  people_may(visit, NETWORK_CHANGES) && contact.checkin.on &&
			  (contact.enrolment.state == ENROLMENT_ENROLLED ||
			   contact.enrolment.state == ENROLMENT_REFUSED) &&
			  contact.enrolment.sha256[0] != '\0' &&
			  contact.state != CONTACT_OVER);
	return true;
}

static bool enrol(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };

	if (!enrolment_ask(app_of(visit)->db, people_actor(visit),
			   request_form(visit->request, "code"),
			   visit->request->now, &why)) {
		if (why.kind != ERR_INVALID && why.kind != ERR_DENIED) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, why.kind == ERR_DENIED ? 409 : 400,
			      why.kind == ERR_DENIED ? "" : "code", why.text);
		return visit_again(visit, err);
	}
	return asked_leave(visit, &network_asked_enrol, err);
}

static bool renew(struct visit *visit, struct err *err)
{
	return network_may_ask(visit, err) &&
	       asked_leave(visit, &network_asked_enrol, err);
}

/* Pressed twice, or after it was tried: then there is none any more. */
static bool cancel(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };

	if (!enrolment_cancel(app_of(visit)->db, people_actor(visit),
			      visit->request->now, &why)) {
		if (why.kind != ERR_NOT_FOUND) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_redirect(visit, PATH, NULL, NULL);
		return true;
	}
	app_wake_daemon(visit);
	visit_redirect(visit, PATH, "done", "cancelled");
	return true;
}

static bool forget_refusal(struct visit *visit, struct db *db, struct err *err)
{
	struct enrolment e;

	return enrolment_read(db, &e, err) &&
	       (e.state != ENROLMENT_REFUSED ||
		enrolment_cancel(db, people_actor(visit), visit->request->now,
				 err));
}

/* A refusal was read; a code that was typed since is not meant. */
static bool clear(struct visit *visit, struct err *err)
{
	struct db *db = app_of(visit)->db;

	if (!db_begin(db, err) ||
	    !db_finish(db, forget_refusal(visit, db, err), err)) {
		return false;
	}
	visit_redirect(visit, PATH, NULL, NULL);
	return true;
}

bool network_certificate_act(struct visit *visit, struct err *err)
{
	static const struct {
		const char *name;
		bool (*act)(struct visit *visit, struct err *err);
	} buttons[] = {
		{ "enrol", enrol },
		{ "renew", renew },
		{ "cancel", cancel },
		{ "clear", clear },
	};
	const char *name = request_form(visit->request, "do");

	for (size_t i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++) {
		if (strcmp(buttons[i].name, name) == 0) {
			return buttons[i].act(visit, err);
		}
	}
	return visit_fail(visit, 400, err, "The form has an unknown button.");
}
