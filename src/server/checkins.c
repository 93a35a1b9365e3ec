/*
 * Check-ins on the server's side: the device's row, what it reports, its log's
 * head, and the signed answer. All of it is one transaction, and the answer is
 * given only after its commit. One that tells nothing new changes one row of
 * one table. HTTP is api_checkin.c's.
 */
#include "server/checkins.h"

#include "base/text.h"
#include "domain/checkins.h"
#include "server/fleet_limits.h"
#include "server/instructions.h"
#include "server/notices.h"
#include "server/vendor_list.h"
#include "server/witness.h"

/* The longest interval with its jitter, and quiet hours after it. */
#define LONGEST_S (CHECKIN_MOST_S + CHECKIN_MOST_S / 20 + (int64_t)25 * 3600)

int64_t checkins_missed(const struct fleet_device *device, int64_t now)
{
	if (device->revoked_at != 0 || device->checkin_interval == 0) {
		return 0;
	}
	return checkin_missing(device->checkin_expected,
			       fleet_contact_at(device),
			       device->checkin_interval, now);
}

static int64_t at_most(int64_t seconds, int64_t most)
{
	return seconds < most ? seconds : most;
}

/*
 * What this device is wished to do, as far as its limits let it. None that a
 * client takes is longer than a week: whoever says a year is missed before.
 */
static int64_t interval_after(const struct checkin_request *r, int64_t wished_s)
{
	const struct checkin_state limits = {
		.least_s = at_most(r->least_s, CHECKIN_MOST_S),
		.most_s = at_most(r->most_s, CHECKIN_MOST_S),
	};
	return checkin_interval(&limits, wished_s);
}

/* When it comes again: another interval holds from now on, if it is wished. */
static int64_t expected_after(const struct checkin_request *r, int64_t wished_s,
			      int64_t now)
{
	int64_t interval = interval_after(r, wished_s);
	int64_t longest = interval + interval / 20;
	int64_t next = at_most(r->next_s, LONGEST_S);
	return now +
	       (interval > r->interval_s && longest > next ? longest : next);
}

static bool keep_state(struct server *server, const struct fleet_device *device,
		       const struct checkin_request *r, int64_t wished_s,
		       int64_t now, struct err *err)
{
	const struct fleet_checkin checkin = {
		.at = now,
		.interval_s = interval_after(r, wished_s),
		.least_s = r->least_s,
		.most_s = r->most_s,
		.expected_at = expected_after(r, wished_s, now),
		.version = r->version,
		.clock_ahead = r->clock - now,
	};
	return fleet_checked_in(server->db, device->id, &checkin, err);
}

static bool keep_reports(struct server *server, const char *device,
			 const struct checkin_request *r, int64_t now,
			 struct err *err)
{
	for (size_t i = 0; i < r->outcomes_count; i++) {
		if (!instructions_heard(server->db, device, &r->outcomes[i],
					now, err)) {
			return false;
		}
	}
	for (size_t i = 0; i < r->rows_count; i++) {
		if (!instructions_heard_row(server->db, device, &r->rows[i],
					    now, err)) {
			return false;
		}
	}
	return true;
}

/* An outcome may have changed what is wished of this device. */
static bool find_wish(struct server *server, const struct fleet_device *device,
		      const struct checkin_request *r, int64_t *wished_s,
		      struct err *err)
{
	struct fleet_device now = *device;
	if (r->outcomes_count > 0 &&
	    !fleet_get(server->db, device->id, &now, err)) {
		return false;
	}
	*wished_s = now.wanted_interval != 0
			    ? now.wanted_interval
			    : server->config->checkin_interval_s;
	return true;
}

/*
 * One that knows of less than it answered has an older copy of its database,
 * and would carry out again what it did.
 */
static bool remind(struct db *db, const char *device,
		   const struct checkin_request *r, struct checkin_answer *a,
		   struct err *err)
{
	uint64_t answered;
	if (!instructions_answered_last(db, device, &answered, err)) {
		return false;
	}
	a->answered = answered > r->instruction ? answered : 0;
	return true;
}

static bool take(struct server *server, const struct fleet_device *device,
		 const struct checkin_request *r, int64_t now,
		 struct checkin_answer *a, struct err *err)
{
	struct db *db = server->db;
	return keep_reports(server, device->id, r, now, err) &&
	       find_wish(server, device, r, &a->interval_s, err) &&
	       keep_state(server, device, r, a->interval_s, now, err) &&
	       witness_take(server, device, r, now, a, err) &&
	       instructions_made_last(db, device->id, &a->instruction, err) &&
	       remind(db, device->id, r, a, err) &&
	       notices_last(db, device->id, &a->notices, err) &&
	       vendor_list_number(server->config, &a->recipients, err);
}

static bool sign(struct server *server, const struct checkin_answer *answer,
		 struct buf *note, struct err *err)
{
	const struct note_signer signer = { server->signer, &server->key };
	struct buf text = BUF_INIT;
	bool ok = checkin_answer_put(&text, answer, err) &&
		  note_sign(buf_str(&text), &signer, 1, note, err);
	buf_clear(&text);
	return ok;
}

bool checkins_answer(struct server *server, const struct fleet_device *device,
		     const struct checkin_request *request, int64_t now,
		     struct buf *note, struct refusal *refusal)
{
	struct checkin_answer answer = { .time = now };
	struct err err = { .kind = ERR_NONE };
	struct buf made = BUF_INIT;
	if (!text_equal(request->device, device->id)) {
		return refusal_set(refusal, REFUSAL_FOREIGN,
				   "The check-in is of another device.");
	}
	if (fleet_checkin_pause(device, now) > 0) {
		return refusal_set(refusal, REFUSAL_OFTEN,
				   "This device checked in %d times within an "
				   "hour.",
				   FLEET_CHECKINS_AN_HOUR);
	}
	(void)!text_copy(answer.device, sizeof(answer.device), device->id);
	(void)!text_copy(answer.nonce, sizeof(answer.nonce), request->nonce);
	bool ok = db_begin(server->db, &err) &&
		  db_finish(server->db,
			    take(server, device, request, now, &answer, &err) &&
				    sign(server, &answer, &made, &err),
			    &err);
	if (ok) {
		buf_put(note, made.data, made.len);
	} else {
		log_error(server->log, "%s: check-in: %s", device->id,
			  err.text);
	}
	buf_clear(&made);
	return ok || refusal_set_err(refusal, REFUSAL_BUG, &err);
}
