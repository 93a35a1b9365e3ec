/*
 * Home's part about the connection: what of it needs a person, and what the
 * vendor has to say. Deciding is on Instructions, the rest on Network.
 */
#include <stdio.h>

#include "base/mem.h"
#include "cgi/device/app.h"
#include "cgi/device/certificate.h"
#include "cgi/device/home.h"
#include "cgi/device/instructions_row.h"
#include "cgi/device/log_server.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "domain/queue.h"
#include "web/view.h"

#define MESSAGES 5
#define LISTED 20

static void add_certificate(const struct contact *contact, json_t *list)
{
	const struct enrolment *enrolment = &contact->enrolment;
	int64_t best = contact->time.best;
	struct buf text = BUF_INIT;

	if (!contact->checkin.on) {
		return; /* nobody wants a connection */
	}
	bool stands = enrolment->sha256[0] != '\0' &&
		      enrolment_days_left(enrolment, best) >= 0;

	/* A code that was refused beside a good certificate breaks nothing. */
	if (enrolment->state == ENROLMENT_REFUSED && !stands) {
		marks_tag(home_add_task(list, "Certificate", enrolment->problem,
					"/network/certificate",
					"Type a new code"),
			  "tag", "bad", "bad", "Code refused");
	} else if (certificate_needs_person(enrolment, best)) {
		certificate_put(&text, enrolment, best);
		if (enrolment->problem[0] != '\0') {
			buf_printf(&text, " The last try: %s",
				   enrolment->problem);
		}
		certificate_tag(
			home_add_task(list, "Certificate", buf_str(&text),
				      "/network/certificate",
				      stands ? "Look" : "Type a new code"),
			"tag", enrolment, best);
	}
	buf_clear(&text);
}

static void add_contact(struct visit *visit, const struct contact *contact,
			json_t *list)
{
	struct buf text = BUF_INIT;

	if (contact->state == CONTACT_MISSED ||
	    contact->state == CONTACT_REFUSED) {
		contact_put(visit, contact, &text);
		if (contact->checkin.problem[0] != '\0') {
			buf_printf(&text, " The last one: %s",
				   contact->checkin.problem);
		}
		contact_tag(home_add_task(list, "Connection", buf_str(&text),
					  "/network", "See the connection"),
			    "tag", contact->state);
	}
	buf_clear(&text);
}

/* Nothing more is countersigned until somebody says why. */
static bool add_log(struct visit *visit, json_t *list, struct err *err)
{
	struct log_server s;

	if (!log_server_read(app_of(visit)->db, &s, err)) {
		return false;
	}
	if (s.conflict && !s.waits) {
		marks_tag(home_add_task(list, "Log",
					"The server keeps entries of this "
					"device's log that are not here. An "
					"older copy of the database may have "
					"been put back.",
					"/log/server", "See the conflict"),
			  "tag", "bad", "bad", "Conflict");
	}
	return true;
}

static void add_clock(const struct contact *contact, json_t *list)
{
	int64_t ahead = contact->time.clock_ahead_s;

	if (contact->time.doubt == TIME_DOUBT_ANSWER) {
		marks_tag(home_add_task(list, "Time",
					"The server's last signed answer lies "
					"before what this device knows of the "
					"time. One of the two is wrong, and "
					"nothing can be sent until somebody "
					"puts it right.",
					"/network#time", "See the time"),
			  "tag", "bad", "warn", "Server disagrees");
	} else if (ahead != 0) {
		marks_tag(
			home_add_task(
				list, "Clock",
				ahead < 0 ? "The clock of this device is "
					    "behind. Set it: ends of "
					    "permissions and times in the log "
					    "depend on it."
					  : "The clock of this device is "
					    "ahead. Set it: ends of "
					    "permissions and times in the log "
					    "depend on it.",
				"/network#time", "See the time"),
			"tag", "warn", "warn", ahead < 0 ? "Behind" : "Ahead");
	}
}

/* Nothing more is begun in this month, not even a check-in. */
static bool add_month(struct visit *visit, json_t *list, struct err *err)
{
	struct queue_month month;
	char text[160], day[VIEW_TIME_SIZE];

	if (!queue_month_read(app_of(visit)->db, visit->request->now, &month,
			      err)) {
		return false;
	}
	if (month.left < queue_cost(0, 0)) {
		view_format_date(day, month.ends_at);
		snprintf(text, sizeof(text),
			 "The limit of this month is used up. Nothing leaves "
			 "until %s; what waits is kept.",
			 day);
		marks_tag(home_add_task(list, "What may leave", text,
					"/network/limits", "See the limits"),
			  "tag", "warn", "wait", "Limit reached");
	}
	return true;
}

static void add_instruction(struct visit *visit, json_t *list,
			    const struct instruction_row *row)
{
	struct buf title = BUF_INIT;
	struct buf text = BUF_INIT;
	char path[48];

	snprintf(path, sizeof(path), "/instructions#number-%llu",
		 (unsigned long long)row->is.number);
	instruction_put_sentence(&title, &row->is);
	buf_printf(&text, "The vendor asks for this: %s at %s.", row->is.by,
		   app_of(visit)->config.server_name);

	json_t *item =
		home_add_task(list, buf_str(&title), buf_str(&text), path,
			      people_may(visit, DECIDES_INSTRUCTIONS)
				      ? "Look and decide"
				      : "Look");

	view_text(item, "name", "Instruction");
	marks_tag(item, "tag", "warn", "wait", "Waits for a person");
	buf_clear(&title);
	buf_clear(&text);
}

bool home_add_connection(struct visit *visit, const struct contact *contact,
			 json_t *list, struct err *err)
{
	add_contact(visit, contact, list);
	add_certificate(contact, list);
	add_clock(contact, list);
	return add_log(visit, list, err) &&
	       (!contact->checkin.on || add_month(visit, list, err)) &&
	       instructions_row_each(visit, true, LISTED, add_instruction, list,
				     err);
}

bool home_fill_messages(struct visit *visit, struct err *err)
{
	json_t *messages = view_array(visit->view, "messages");
	struct instruction_row *rows = NULL;
	size_t count = 0;

	if (!instructions_unseen(app_of(visit)->db, MESSAGES, &rows, &count,
				 err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		json_t *item = view_item(messages);

		instructions_row_fill(visit, item, &rows[i]);
		view_text(item, "lead",
			  rows[i].is.kind == INSTRUCTION_PACKAGE
				  ? "The vendor has a new package"
				  : "The vendor writes");
	}
	mem_free(rows);
	view_flag(visit->view, "may_mark",
		  people_may(visit, DECIDES_INSTRUCTIONS));
	return true;
}
