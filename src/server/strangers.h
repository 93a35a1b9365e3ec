#ifndef SLUICE_SERVER_STRANGERS_H
#define SLUICE_SERVER_STRANGERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "store/db.h"

/*
 * What those leave behind who are turned away for who they are. Anybody can
 * come as often as he likes, so neither the running log nor the ledger may
 * grow with it.
 */
#define STRANGERS_LINES 20 /* of the running log, a worker and minute */

/* A worker's own; zero to begin with. */
struct strangers {
	int64_t minute; /* of a clock that never jumps */
	unsigned lines; /* in it */
	uint64_t more;  /* that were not written since the last line */
};

/* Writes a line, or only counts it; the next line tells how many. */
void strangers_log(struct strangers *strangers, const struct log *log,
		   const char *address, const char *why, int64_t monotonic_ms);

/*
 * May this one be an entry of the ledger? Counted by name and address as
 * wrong passwords are (domain/throttle.h): five, then fewer and fewer. name:
 * what the stranger says he is. *entry = false while there is a pause. Errors:
 * those of the database.
 */
MUST_USE bool strangers_count(struct db *db, const char *name,
			      const char *address, int64_t now, bool *entry,
			      struct err *err);

#endif
