#ifndef SLUICE_SERVER_FLEET_LIMITS_H
#define SLUICE_SERVER_FLEET_LIMITS_H

#include "server/fleet.h"

/*
 * What a device that stands can make this server write, in an hour of its
 * clock: a device that is broken, or taken over, must not fill the ledger nor
 * hold up the others.
 */
#define FLEET_ENTRIES_AN_HOUR 60   /* that what it sends causes */
#define FLEET_CHECKINS_AN_HOUR 600 /* 50 times the shortest interval's */

/*
 * May it cause one more entry? Counted when *may. The first one too many is
 * an entry that says so; of those that follow nothing is written. In the
 * caller's transaction or its own. Errors: those of the database.
 */
MUST_USE bool fleet_may_cause(struct db *db, const char *id, int64_t now,
			      bool *may, struct err *err);

/*
 * For how many seconds is it not to check in any more? 0 = it may. What is
 * counted is in the row that a check-in changes anyway.
 */
int64_t fleet_checkin_pause(const struct fleet_device *device, int64_t now);

/* An entry: "Device ID WHAT until UNTIL." Errors: those of the database. */
MUST_USE bool fleet_write_limit(struct db *db, const char *id, const char *what,
				int64_t until, int64_t now, struct err *err);

/* The hour that a count is of. */
int64_t fleet_hour(int64_t now);

/* An entry, when this was the last check-in that is taken. As above. */
MUST_USE bool fleet_checkin_counted(struct db *db, const char *id,
				    int64_t count, int64_t now,
				    struct err *err);

#endif
