/*
 * Counts what is stored of a device, in its row, for the day that runs. A
 * clock that goes back begins another day, which is no harm. Entries and
 * check-ins have their own limits, by the hour, in fleet_limits.c.
 */
#include "server/fleet_storage.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "server/fleet_limits.h"

#define DAY_S 86400

static int64_t day_of(int64_t at)
{
	return at / DAY_S;
}

static int64_t cost(uint64_t bytes)
{
	return bytes < FLEET_STORED_LEAST    ? FLEET_STORED_LEAST
	       : bytes > (uint64_t)INT64_MAX ? INT64_MAX
					     : (int64_t)bytes;
}

int64_t fleet_storage_pause(int64_t now)
{
	return (day_of(now) + 1) * DAY_S - now;
}

/* *may false: it is too much for this day. */
static bool count(struct db *db, const char *id, int64_t bytes, int64_t most,
		  int64_t now, bool *may, struct err *err)
{
	struct stmt q;
	*may = false;
	if (!db_query(db, &q,
		      "UPDATE devices SET "
		      "stored = iif(stored_day = ?1, stored, 0) + ?2, "
		      "stored_day = ?1 WHERE id = ?3 "
		      "AND iif(stored_day = ?1, stored, 0) <= ?4 "
		      "RETURNING stored",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, day_of(now));
	db_bind_int(&q, 2, bytes);
	db_bind_text(&q, 3, id);
	db_bind_int(&q, 4, most - bytes);
	while (db_row(&q)) {
		*may = true;
	}
	return db_done(&q, err);
}

bool fleet_storage_take(struct db *db, const char *id, uint64_t bytes,
			uint64_t limit, int64_t now, struct refusal *refusal)
{
	struct err err = { .kind = ERR_NONE };
	char next[CLOCK_TEXT_SIZE];
	bool may;
	if (!count(db, id, cost(bytes), cost(limit), now, &may, &err)) {
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	if (may) {
		return true;
	}
	clock_format(next, now + fleet_storage_pause(now));
	return refusal_set(refusal, REFUSAL_QUOTA,
			   "With it, more than %" PRIu64 " bytes of this "
			   "device would be stored in a day. More is taken "
			   "from %s on.",
			   limit, next);
}

bool fleet_storage_give_back(struct db *db, const char *id, uint64_t bytes,
			     int64_t counted_at, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE devices SET stored = max(stored - ?, 0) "
		      "WHERE id = ? AND stored_day = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, cost(bytes));
	db_bind_text(&q, 2, id);
	db_bind_int(&q, 3, day_of(counted_at));
	return db_run(&q, err);
}

/* *first: nothing was refused on this day before. */
static bool mark(struct db *db, const char *id, int64_t now, bool *first,
		 struct err *err)
{
	struct stmt q;
	*first = false;
	if (!db_query(db, &q,
		      "UPDATE devices SET stored_refused_day = ?1 "
		      "WHERE id = ?2 AND stored_refused_day <> ?1 "
		      "RETURNING id",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, day_of(now));
	db_bind_text(&q, 2, id);
	while (db_row(&q)) {
		*first = true;
	}
	return db_done(&q, err);
}

static bool write_entry(struct db *db, const char *id, uint64_t limit,
			int64_t now, struct err *err)
{
	char what[160];
	(void)snprintf(what, sizeof(what),
		       "sent more than the %" PRIu64
		       " bytes that are stored of a device in a day; what goes "
		       "beyond is not taken",
		       limit);
	return fleet_write_limit(db, id, what, now + fleet_storage_pause(now),
				 now, err);
}

static bool note(struct db *db, const char *id, uint64_t limit, int64_t now,
		 struct err *err)
{
	bool first;
	return mark(db, id, now, &first, err) &&
	       (!first || write_entry(db, id, limit, now, err));
}

bool fleet_storage_note(struct db *db, const char *id, uint64_t limit,
			int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, note(db, id, limit, now, err), err);
}

bool fleet_storage_today(struct db *db, const char *id, int64_t now,
			 struct fleet_storage *today, struct err *err)
{
	struct stmt q;
	*today = (struct fleet_storage){
		.until = now + fleet_storage_pause(now),
	};
	if (!db_query(db, &q,
		      "SELECT iif(stored_day = ?1, stored, 0), "
		      "stored_refused_day = ?1 FROM devices WHERE id = ?2",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, day_of(now));
	db_bind_text(&q, 2, id);
	while (db_row(&q)) {
		today->bytes = (uint64_t)db_int(&q, 0);
		today->refused = db_int(&q, 1) != 0;
	}
	return db_done(&q, err);
}
