#ifndef SLUICE_SERVER_FLEET_STORAGE_H
#define SLUICE_SERVER_FLEET_STORAGE_H

#include "server/fleet.h"
#include "server/refusal.h"

/*
 * How much of a device is stored in a day (UTC): [devices] day_bytes. A device
 * that is broken, or a thief with its key, must not fill the disk. Counted in
 * its row, in the transaction that stores, so no crash forgets it: machine data
 * when it is received, sealed job data when its upload begins, with the whole
 * length. Everything counts as FLEET_STORED_LEAST at least, for the rows and
 * the block of the disk that the smallest upload takes.
 */
#define FLEET_STORED_LEAST 4096

/*
 * Counts what is about to be stored; in the caller's transaction.
 * Refusals: QUOTA (nothing is counted), BUSY, STORAGE, BUG.
 */
MUST_USE bool fleet_storage_take(struct db *db, const char *id, uint64_t bytes,
				 uint64_t limit, int64_t now,
				 struct refusal *refusal);

/*
 * What was counted then is not kept: it counts no more, if its day is the one
 * that is counted. In the caller's transaction. Errors: those of the database.
 */
MUST_USE bool fleet_storage_give_back(struct db *db, const char *id,
				      uint64_t bytes, int64_t counted_at,
				      struct err *err);

/*
 * More than the limit came: the first time in a day that is an entry.
 * Errors: those of the database.
 */
MUST_USE bool fleet_storage_note(struct db *db, const char *id, uint64_t limit,
				 int64_t now, struct err *err);

/* Seconds until another day is counted; 1 to 86400. */
int64_t fleet_storage_pause(int64_t now);

/* What was counted of it today, and was more refused? */
struct fleet_storage {
	uint64_t bytes;
	bool refused;
	int64_t until; /* the end of the day */
};
MUST_USE bool fleet_storage_today(struct db *db, const char *id, int64_t now,
				  struct fleet_storage *today, struct err *err);

#endif
