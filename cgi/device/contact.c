/*
 * How the connection to the server stands, in one state and in the same words
 * wherever it is told: Network, its pages, Home, and the state sentence. The
 * facts are those of domain/checkins and domain/enrolment; nothing is asked
 * of the network here.
 */
#include "cgi/device/contact.h"

#include "base/mem.h"
#include "base/zone.h"
#include "cgi/device/app.h"
#include "cgi/people/marks.h"
#include "domain/automatic.h"
#include "domain/instructions.h"
#include "domain/outbox.h"
#include "web/view.h"

#define COUNTED 200 /* more is "200" */

void contact_put_when(const struct visit *visit, struct buf *out, int64_t at)
{
	automatic_put_when(out, at, visit->request->now, zone_offset);
}

static bool count_waiting(struct db *db, size_t *count, struct err *err)
{
	static const enum outbox_state states[] = { OUTBOX_QUEUED,
						    OUTBOX_SENDING };

	*count = 0;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct outbox_item *items = NULL;
		size_t some = 0;

		if (!outbox_list(db, states[i], COUNTED, &items, &some, err)) {
			return false;
		}
		mem_free(items);
		*count += some;
	}
	return true;
}

static bool count_instructions(struct db *db, size_t *count, struct err *err)
{
	struct instruction_row *rows = NULL;
	bool done = instructions_list(db, true, COUNTED, &rows, count, err);

	mem_free(rows);
	return done;
}

static enum contact_state state_of(const struct contact *contact)
{
	const struct checkin_state *checkin = &contact->checkin;
	const struct enrolment *enrolment = &contact->enrolment;

	if (!checkin->on) {
		return CONTACT_OFF;
	}
	if (enrolment->sha256[0] == '\0') {
		return CONTACT_NOT_ENROLLED;
	}
	if (enrolment_days_left(enrolment, contact->time.best) < 0) {
		return CONTACT_OVER;
	}
	if (checkin->permanent) {
		return CONTACT_REFUSED;
	}
	if (checkin->missed >= CHECKINS_MISSED_WARN) {
		return CONTACT_MISSED;
	}
	if (checkin->failures > 0) {
		return CONTACT_FAILING;
	}
	return checkin->last_at == 0 ? CONTACT_NEVER : CONTACT_GOOD;
}

bool contact_read(struct visit *visit, const struct consents *all,
		  struct contact *contact, struct err *err)
{
	struct db *db = app_of(visit)->db;
	int64_t now = visit->request->now;

	if (!checkins_read(db, now, &contact->checkin, err) ||
	    !enrolment_read(db, &contact->enrolment, err) ||
	    !time_known_read(db, now, &contact->time, err) ||
	    !count_waiting(db, &contact->waiting, err) ||
	    !count_instructions(db, &contact->instructions, err)) {
		return false;
	}
	/* the same answer as all else on the page has */
	contact->checkin.on = all->remote.state == CONSENT_ALLOWED;
	contact->state = state_of(contact);
	return true;
}

static const struct words {
	const char *tone, *icon, *tag, *headline, *text;
	const char *path, *link; /* where something can be done about it */
} words[CONTACT_STATES] = {
	[CONTACT_OFF] = { "", "off", "Off",
			  "Not connected, because nobody allowed it.",
			  "Nothing is sent: no check-in, and not even the "
			  "name of the server is looked up.",
			  "/services", "Allow remote services" },
	[CONTACT_NOT_ENROLLED] = { "warn", "warn", "No certificate",
				   "Not connected: this device has no "
				   "certificate yet.",
				   "A one-time code of the vendor gets one.",
				   "/network/certificate", "Type the code" },
	[CONTACT_OVER] = { "bad", "bad", "Certificate run out",
			   "Not connected: the certificate of this device has "
			   "run out.",
			   "Nothing is lost: what waits is kept. A new "
			   "one-time code of the vendor replaces it.",
			   "/network/certificate", "Type the code" },
	[CONTACT_REFUSED] = { "bad", "bad", "Refused",
			      "The server refuses this device.",
			      "It is tried again once a day.", "/network/test",
			      "Test the connection" },
	[CONTACT_MISSED] = { "warn", "warn", "No contact", NULL,
			     "A test says where the way to the server ends. "
			     "Your data is kept.",
			     "/network/test", "Test the connection" },
	[CONTACT_FAILING] = { "warn", "wait", "Not reached",
			      "The last check-in did not work.",
			      "It is tried again by itself.", "/network/test",
			      "Test the connection" },
	[CONTACT_NEVER] = { "", "wait", "Begins", "No check-in yet.",
			    "The first one comes by itself.", "", "" },
	[CONTACT_GOOD] = { "ok", "ok", "Connected", NULL, "", "", "" },
};

const char *contact_tone(enum contact_state state)
{
	return words[state].tone;
}

void contact_tag(json_t *object, const char *name, enum contact_state state)
{
	marks_tag(object, name, words[state].tone, words[state].icon,
		  words[state].tag);
}

static void put_waiting(struct buf *out, size_t waiting)
{
	if (waiting == 0) {
		buf_put_str(out, "nothing waiting");
	} else {
		buf_printf(out, "%zu waiting", waiting);
	}
}

void contact_put(struct visit *visit, const struct contact *contact,
		 struct buf *out)
{
	const struct checkin_state *checkin = &contact->checkin;

	if (contact->state == CONTACT_GOOD) {
		buf_put_str(out, "Connected; last check-in ");
		contact_put_when(visit, out, checkin->last_at);
		buf_put_str(out, "; ");
		put_waiting(out, contact->waiting);
		buf_put_char(out, '.');
	} else if (contact->state == CONTACT_MISSED) {
		buf_printf(out, "%lld check-ins were missed.",
			   (long long)checkin->missed);
	} else {
		buf_put_str(out, words[contact->state].headline);
	}
}

/* Last contact and the next check-in, as far as there are any. */
static void put_times(struct visit *visit, const struct contact *contact,
		      struct buf *out)
{
	const struct checkin_state *checkin = &contact->checkin;

	if (checkin->contact_at != 0) {
		buf_put_str(out, "Last contact: ");
		contact_put_when(visit, out, checkin->contact_at);
		buf_put_str(out, ". ");
	} else {
		buf_put_str(out, "There was no contact yet. ");
	}
	if (contact->state < CONTACT_REFUSED) {
		return;
	}
	buf_put_str(out, "Next check-in: ");
	if (checkin->next_at <= visit->request->now) {
		buf_put_str(out, "now.");
	} else {
		contact_put_when(visit, out, checkin->next_at);
		buf_put_char(out, '.');
	}
}

void contact_fill(struct visit *visit, const struct contact *contact)
{
	const struct words *w = &words[contact->state];
	json_t *card = view_object(visit->view, "contact");
	struct buf headline = BUF_INIT;
	struct buf times = BUF_INIT;

	contact_put(visit, contact, &headline);
	put_times(visit, contact, &times);
	view_text(card, "tone", w->tone);
	contact_tag(card, "tag", contact->state);
	view_text(card, "headline", buf_str(&headline));
	view_text(card, "text", w->text);
	view_text(card, "path", w->path);
	view_text(card, "link", w->link);
	view_sentence(card, "problem",
		      contact->state >= CONTACT_REFUSED
			      ? contact->checkin.problem
			      : "");
	view_text(card, "times", buf_str(&times));
	buf_clear(&headline);
	buf_clear(&times);
}
