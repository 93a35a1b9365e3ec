/*
 * Counts what a device causes in the hour that runs, in its row. A clock that
 * goes back begins another hour, which is no harm. What strangers may make
 * this server write is strangers.c's.
 */
#include "server/fleet_limits.h"

#include "base/clock.h"
#include "domain/ledger.h"

#define HOUR_S 3600

int64_t fleet_hour(int64_t now)
{
	return now / HOUR_S;
}

bool fleet_write_limit(struct db *db, const char *id, const char *what,
		       int64_t until, int64_t now, struct err *err)
{
	char end[CLOCK_TEXT_SIZE];
	struct buf text = BUF_INIT;
	clock_format(end, until);
	buf_printf(&text, "Device %s %s until %s.", id, what, end);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_REFUSED,
		.actor = id,
		.result = "refused",
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

static bool write_entry(struct db *db, const char *id, const char *what,
			int64_t now, struct err *err)
{
	return fleet_write_limit(db, id, what, (fleet_hour(now) + 1) * HOUR_S,
				 now, err);
}

/* *count: with this one; 0 = there were more than enough before. */
static bool count_cause(struct db *db, const char *id, int64_t now,
			int64_t *count, struct err *err)
{
	struct stmt q;
	*count = 0;
	if (!db_query(db, &q,
		      "UPDATE devices SET "
		      "causes = iif(causes_hour = ?1, causes + 1, 1), "
		      "causes_hour = ?1 WHERE id = ?2 "
		      "AND (causes_hour <> ?1 OR causes <= ?3) "
		      "RETURNING causes",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, fleet_hour(now));
	db_bind_text(&q, 2, id);
	db_bind_int(&q, 3, FLEET_ENTRIES_AN_HOUR);
	while (db_row(&q)) {
		*count = db_int(&q, 0);
	}
	return db_done(&q, err);
}

static bool cause(struct db *db, const char *id, int64_t now, bool *may,
		  struct err *err)
{
	int64_t count;
	if (!count_cause(db, id, now, &count, err)) {
		return false;
	}
	*may = count > 0 && count <= FLEET_ENTRIES_AN_HOUR;
	return count <= FLEET_ENTRIES_AN_HOUR ||
	       write_entry(db, id,
			   "caused so many entries within an hour that no "
			   "more of them are written",
			   now, err);
}

bool fleet_may_cause(struct db *db, const char *id, int64_t now, bool *may,
		     struct err *err)
{
	bool allowed = false;
	if (!db_begin(db, err) ||
	    !db_finish(db, cause(db, id, now, &allowed, err), err)) {
		return false;
	}
	*may = allowed;
	return true;
}

int64_t fleet_checkin_pause(const struct fleet_device *device, int64_t now)
{
	return device->checkins_hour == fleet_hour(now) &&
			       device->checkins >= FLEET_CHECKINS_AN_HOUR
		       ? (fleet_hour(now) + 1) * HOUR_S - now
		       : 0;
}

bool fleet_checkin_counted(struct db *db, const char *id, int64_t count,
			   int64_t now, struct err *err)
{
	return count != FLEET_CHECKINS_AN_HOUR ||
	       write_entry(db, id,
			   "checked in so often within an hour that it is "
			   "turned away",
			   now, err);
}
