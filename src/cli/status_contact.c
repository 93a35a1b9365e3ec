/*
 * The contact with the server in "sluice status": when it was, when the next
 * check-in comes, whether any are missing, what the server has witnessed of
 * the log, and what is wrong with the time. Reads only; check-ins are
 * cli/checkin.c's.
 */
#include "cli/status_contact.h"

#include <inttypes.h>

#include "base/clock.h"
#include "cli/print.h"
#include "domain/ledger.h"

bool status_contact_read(struct db *db, int64_t now,
			 struct status_contact *contact, struct err *err)
{
	struct ledger_head head;
	if (!checkins_read(db, now, &contact->checkin, err) ||
	    !witnessed_read(db, &contact->witnessed, err) ||
	    !time_known_read(db, now, &contact->time, err) ||
	    !continuation_last(db, &contact->continuation, err) ||
	    !ledger_head(db, &head, err)) {
		return false;
	}
	contact->log_size = head.size;
	contact->clock = now;
	return true;
}

static void put_next(const struct checkin_state *c, bool certified, FILE *out)
{
	char at[PRINT_TIME_SIZE];
	struct buf span = BUF_INIT;
	checkin_put_every(&span, c->interval_s);
	if (!certified) {
		print_line(out,
			   "Next check-in: none before there is a "
			   "certificate, then %s",
			   buf_str(&span));
	} else if (c->next_at == 0) {
		print_line(out,
			   "Next check-in: as soon as the daemon runs, "
			   "then %s",
			   buf_str(&span));
	} else {
		print_line(out, "Next check-in: %s, %s",
			   print_time(at, c->next_at), buf_str(&span));
	}
	buf_clear(&span);
}

static void put_trouble(const struct checkin_state *c, FILE *out)
{
	if (c->missed >= CHECKINS_MISSED_WARN) {
		print_line(out,
			   "Warning: %" PRId64 " check-ins are missing. "
			   "\"sluice doctor\" says where it fails.",
			   c->missed);
	}
	if (c->problem[0] != '\0') {
		print_line(out, "Last check-in failed: %s", c->problem);
	}
	if (c->permanent) {
		print_line(out, "The server refuses this device; it is asked "
				"again once a day.");
	}
}

/* Seen from here already, or said by the server, which looked at our head. */
static bool is_conflict(const struct status_contact *s)
{
	return witnessed_conflict(&s->witnessed) ||
	       s->witnessed.told > s->log_size;
}

/* Told for ever, whatever became of it. */
static void put_continuation(const struct status_contact *s, FILE *out)
{
	struct buf text = BUF_INIT;
	if (s->continuation.size > 0) {
		continuation_put(&text, &s->continuation);
		print_line(out, "%s", buf_str(&text));
	}
	if (witnessed_conflict(&s->witnessed) &&
	    !continuation_waits(&s->continuation, s->witnessed.told)) {
		print_line(out, "If it is known why, acknowledge it with "
				"\"sluice log continue\".");
	}
	buf_clear(&text);
}

static void put_witness(const struct status_contact *s, FILE *out)
{
	char at[PRINT_TIME_SIZE];
	if (s->witnessed.size > 0) {
		print_line(out,
			   "Countersigned by the server: %" PRIu64
			   " entries of the log, at %s",
			   s->witnessed.size, print_time(at, s->witnessed.at));
	}
	if (is_conflict(s)) {
		print_line(out,
			   "Warning: the server knows a log of this device "
			   "with %" PRIu64 " entries that this one did not "
			   "grow out of. Was an older copy of the database put "
			   "back?",
			   s->witnessed.told);
	}
}

/* Ends of permissions and times of the log are reckoned with it. */
static void put_time(const struct status_contact *s, FILE *out)
{
	const struct time_known *time = &s->time;
	struct buf text = BUF_INIT;
	if (time->clock_ahead_s == 0 && time->doubt == TIME_DOUBT_UNSET) {
		return;
	}
	time_known_put(&text, time);
	if (time->doubt != TIME_DOUBT_UNSET) {
		buf_put_char(&text, ' ');
		time_known_put_doubt(&text, time, s->clock);
	}
	print_line(out, "Warning: %s", buf_str(&text));
	buf_clear(&text);
}

void status_contact_put(const struct status_contact *contact, bool certified,
			FILE *out)
{
	const struct checkin_state *c = &contact->checkin;
	char at[PRINT_TIME_SIZE];
	print_line(out, "Last contact: %s", print_time(at, c->contact_at));
	if (!c->on) {
		print_line(out, "Check-ins: none, remote services are not "
				"allowed");
	} else {
		put_next(c, certified, out);
		put_trouble(c, out);
	}
	put_witness(contact, out);
	put_time(contact, out);
	put_continuation(contact, out);
}

void status_contact_add_json(const struct status_contact *contact, json_t *all)
{
	const struct checkin_state *c = &contact->checkin;
	const struct witnessed *w = &contact->witnessed;
	const struct continuation *said = &contact->continuation;
	char last[CLOCK_TEXT_SIZE], next[CLOCK_TEXT_SIZE];
	char at[CLOCK_TEXT_SIZE], accepted[CLOCK_TEXT_SIZE];
	clock_format(at, said->at);
	clock_format(accepted, said->accepted_at);
	clock_format(last, c->contact_at);
	clock_format(next, c->next_at);
	json_object_set_new(
		all, "contact",
		json_pack("{s:b, s:s?, s:s?, s:I, s:I, s:I, s:b, s:s, s:I, "
			  "s:b, s:s?, s:s?}",
			  "checkins", (int)c->on, "last",
			  c->contact_at != 0 ? last : NULL, "next",
			  c->next_at != 0 && c->on ? next : NULL, "interval_s",
			  (json_int_t)c->interval_s, "missed",
			  (json_int_t)c->missed, "failures",
			  (json_int_t)c->failures, "refused", (int)c->permanent,
			  "problem", c->problem, "witnessed",
			  (json_int_t)w->size, "conflict",
			  (int)is_conflict(contact), "acknowledged",
			  said->size != 0 ? at : NULL, "accepted",
			  said->accepted_at != 0 ? accepted : NULL));
}
