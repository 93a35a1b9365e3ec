/*
 * What check-ins change of a device: when and how it is, the interval that
 * staff want of it, the key of its log. What else a check-in does is
 * checkins.c's and witness.c's.
 */
#include "server/fleet.h"

#include <string.h>

#include "domain/checkins.h"
#include "domain/ledger.h"
#include "server/fleet_limits.h"

int64_t fleet_contact_at(const struct fleet_device *device)
{
	return device->last_seen_at > device->checkin_at ? device->last_seen_at
							 : device->checkin_at;
}

bool fleet_checked_in(struct db *db, const char *id,
		      const struct fleet_checkin *checkin, struct err *err)
{
	struct stmt q;
	int64_t count = 0;
	if (!db_query(db, &q,
		      "UPDATE devices SET checkin_at = ?1, "
		      "checkin_interval = ?2, checkin_least = ?3, "
		      "checkin_most = ?4, checkin_expected = ?5, "
		      "client_version = ?6, clock_ahead = ?7, "
		      "checkins = iif(checkins_hour = ?9, checkins + 1, 1), "
		      "checkins_hour = ?9 WHERE id = ?8 RETURNING checkins",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, checkin->at);
	db_bind_int(&q, 2, checkin->interval_s);
	db_bind_int(&q, 3, checkin->least_s);
	db_bind_int(&q, 4, checkin->most_s);
	db_bind_int(&q, 5, checkin->expected_at);
	db_bind_text(&q, 6, checkin->version);
	db_bind_int(&q, 7, checkin->clock_ahead);
	db_bind_text(&q, 8, id);
	db_bind_int(&q, 9, fleet_hour(checkin->at));
	while (db_row(&q)) {
		count = db_int(&q, 0);
	}
	return db_done(&q, err) &&
	       fleet_checkin_counted(db, id, count, checkin->at, err);
}

static bool set_interval(struct db *db, const char *id, int64_t interval_s,
			 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE devices SET wanted_interval = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, interval_s);
	db_bind_text(&q, 2, id);
	return db_run(&q, err);
}

static bool log_interval(struct db *db, const char *actor, const char *id,
			 int64_t interval_s, int64_t now, struct err *err)
{
	struct buf text = BUF_INIT;
	struct ledger_entry entry = {
		.at = now, .kind = LEDGER_DEVICE, .actor = actor, .result = "ok"
	};
	buf_printf(&text, "Device %s is wished to check in ", id);
	if (interval_s == 0) {
		buf_put_str(&text, "as all others.");
	} else {
		buf_put_str(&text, "every ");
		checkin_put_span(&text, interval_s);
		buf_put_char(&text, '.');
	}
	entry.text = buf_str(&text);
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

static bool want(struct db *db, const char *actor, const char *id,
		 int64_t interval_s, int64_t now, struct err *err)
{
	struct fleet_device device;
	return fleet_get(db, id, &device, err) &&
	       (device.wanted_interval == interval_s ||
		(set_interval(db, id, interval_s, err) &&
		 log_interval(db, actor, id, interval_s, now, err)));
}

bool fleet_want_interval(struct db *db, const char *actor, const char *id,
			 int64_t interval_s, int64_t now, struct err *err)
{
	if (interval_s != 0 &&
	    (interval_s < CHECKIN_LEAST_S || interval_s > CHECKIN_MOST_S)) {
		return err_set(err, ERR_INVALID,
			       "An interval has %d to %d seconds; 0 is that of "
			       "all devices.",
			       (int)CHECKIN_LEAST_S, (int)CHECKIN_MOST_S);
	}
	return db_begin(db, err) &&
	       db_finish(db, want(db, actor, id, interval_s, now, err), err);
}

bool fleet_learn_key(struct db *db, const char *id, const char *key,
		     struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "UPDATE devices SET ledger_key = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, key);
	db_bind_text(&q, 2, id);
	return db_run(&q, err);
}
