/*
 * Network: how the connection stands, and one row for each thing about it
 * with its button and the page that has the rest. Nothing is asked of the
 * network here: buttons leave a request for the client daemon (asked.c). The
 * pages under it are network_*.c.
 */
#include "cgi/device/network.h"

#include <stdio.h>

#include "cgi/device/app.h"
#include "cgi/device/certificate.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "domain/queue.h"
#include "web/view.h"

bool network_fill(struct visit *visit, struct contact *contact, struct err *err)
{
	struct consents all;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err) ||
	    !contact_read(visit, &all, contact, err)) {
		return false;
	}
	bool on = contact->checkin.on;
	bool may = people_may(visit, NETWORK_CHANGES);

	contact_fill(visit, contact);
	view_flag(visit->view, "on", on);
	view_flag(visit->view, "may_change", may);
	view_flag(visit->view, "may_ask", may && on);
	return true;
}

bool network_may_ask(struct visit *visit, struct err *err)
{
	struct consents all;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err)) {
		return false;
	}
	return all.remote.state == CONSENT_ALLOWED ||
	       visit_fail(visit, 409, err,
			  "Nothing was sent: remote services as a whole are "
			  "not allowed. Allow them under Services first.");
}

/* A row: what it is, how it stands, where the rest is. */
static json_t *add_row(json_t *rows, const char *id, const char *title,
		       struct buf *text)
{
	json_t *row = view_item(rows);

	view_text(row, "id", id);
	view_text(row, "title", title);
	view_text(row, "text", buf_str(text));
	view_text(row, "more", "");
	buf_clear(text);
	return row;
}

static void add_link(json_t *row, const char *path, const char *label)
{
	view_text(row, "path", path);
	view_text(row, "link", label);
}

static void add_button(json_t *row, const char *path, const char *label)
{
	json_t *button = view_object(row, "button");

	view_text(button, "path", path);
	view_text(button, "label", label);
}

static bool add_test(struct visit *visit, json_t *rows, bool on,
		     struct err *err)
{
	struct connection_test test;
	struct buf text = BUF_INIT;

	if (!connection_test_read(app_of(visit)->db, &test, err)) {
		return false;
	}
	if (test.at != 0) {
		buf_put_str(&text, "Last test ");
		contact_put_when(visit, &text, test.at);
		buf_put_str(&text, ": ");
	}
	network_put_test(&text, &test);

	json_t *row = add_row(rows, "test", "Connection test", &text);

	network_test_tag(row, "tag", &test);
	view_text(row, "more",
		  on ? "It goes the way to the server step by step, and says "
		       "where it ends and what to do."
		     : "While remote services are not allowed it looks only "
		       "at the device itself; nothing is sent.");
	add_link(row, "/network/test",
		 test.at != 0 ? "Steps of the last test" : "About the test");
	if (people_may(visit, NETWORK_CHANGES)) {
		add_button(row, "/network/test", "Test connection");
	}
	return true;
}

/* What the problem of the last try is about. */
static const char *last_try(enum enrolment_state state)
{
	return state == ENROLMENT_REFUSED    ? "A code was refused"
	       : state == ENROLMENT_ENROLLED ? "The last renewal did not work"
					     : "A code waits to be tried again";
}

static void add_certificate(const struct contact *contact, json_t *rows)
{
	const struct enrolment *enrolment = &contact->enrolment;
	struct buf text = BUF_INIT;
	struct buf more = BUF_INIT;

	certificate_put(&text, enrolment, contact->time.best);
	if (enrolment->problem[0] != '\0') {
		buf_printf(&more, "%s: %s", last_try(enrolment->state),
			   enrolment->problem);
	}

	json_t *row = add_row(rows, "certificate", "Certificate", &text);

	certificate_tag(row, "tag", enrolment, contact->time.best);
	view_sentence(row, "more", buf_str(&more));
	buf_clear(&more);
	add_link(row, "/network/certificate",
		 enrolment->sha256[0] == '\0' ? "Enrol with a one-time code"
					      : "Certificate and renewal");
}

bool network_may_check_in(struct visit *visit, const struct contact *contact)
{
	return contact->checkin.on && contact->state != CONTACT_NOT_ENROLLED &&
	       people_may(visit, NETWORK_CHANGES);
}

static void add_checkin(struct visit *visit, const struct contact *contact,
			json_t *rows)
{
	struct buf text = BUF_INIT;

	network_put_interval(&text, &contact->checkin);

	json_t *row = add_row(rows, "checkin", "Check-in", &text);

	view_text(row, "more",
		  "A short question, some hundred bytes each way. It holds no "
		  "documents.");
	contact_tag(row, "tag", contact->state);
	add_link(row, "/network/checkins", "Check-ins and limits");
	if (network_may_check_in(visit, contact)) {
		add_button(row, "/network/checkins", "Check in now");
	}
}

static void add_instructions(const struct contact *contact, json_t *rows)
{
	size_t count = contact->instructions;
	struct buf text = BUF_INIT;
	char waits[40];

	buf_put_str(&text, "What the vendor asks of this device. Each is from "
			   "a closed list, and none can ask for job data.");

	json_t *row = add_row(rows, "instructions", "Instructions", &text);

	if (count > 0) {
		snprintf(waits, sizeof(waits), "%zu %s", count,
			 count == 1 ? "waits for you" : "wait for you");
		marks_tag(row, "tag", "warn", "wait", waits);
	} else {
		marks_tag(row, "tag", "", "idle", "None waits");
	}
	add_link(row, "/instructions", "Instructions and rules");
}

static bool add_limits(struct visit *visit, json_t *rows, struct err *err)
{
	struct queue_month month;
	struct buf text = BUF_INIT;

	if (!network_put_limits(visit, &text, err) ||
	    !queue_month_read(app_of(visit)->db, visit->request->now, &month,
			      err)) {
		buf_clear(&text);
		return false;
	}

	json_t *row =
		add_row(rows, "limits", "What may leave, and when", &text);

	if (month.left < queue_cost(0, 0)) {
		marks_tag(row, "tag", "warn", "wait", "Limit reached");
	}
	add_link(row, "/network/limits", "Limits");
	return true;
}

static void fill_time(struct visit *visit, const struct time_known *known)
{
	json_t *time = view_object(visit->view, "time");
	struct buf text = BUF_INIT;

	time_known_put(&text, known);
	view_text(time, "text", buf_str(&text));
	/* where it is not known, the words before say that already */
	view_time(time, "floor", known->within_s >= 0 ? known->floor : 0);
	view_flag(time, "off", known->clock_ahead_s != 0);
	if (known->clock_ahead_s != 0) {
		marks_tag(time, "tag", "warn", "warn",
			  known->clock_ahead_s > 0 ? "Clock ahead"
						   : "Clock behind");
	}
	buf_reset(&text);
	time_known_put_doubt(&text, known, visit->request->now);
	view_text(time, "doubt", buf_str(&text));
	if (known->doubt == TIME_DOUBT_ANSWER) {
		marks_tag(time, "tag", "bad", "warn", "Server disagrees");
	}
	buf_clear(&text);
}

bool network_show(struct visit *visit, struct err *err)
{
	json_t *rows = view_array(visit->view, "rows");
	struct contact contact;

	if (!network_fill(visit, &contact, err) ||
	    !add_test(visit, rows, contact.checkin.on, err)) {
		return false;
	}
	add_certificate(&contact, rows);
	add_checkin(visit, &contact, rows);
	add_instructions(&contact, rows);
	if (!add_limits(visit, rows, err)) {
		return false;
	}
	network_fill_server(visit);
	fill_time(visit, &contact.time);
	return true;
}
