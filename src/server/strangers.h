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
/*
 * That are counted in the database, a worker and hour: each may be an entry,
 * and is a row for a name and one for an address for a day. Who has many of
 * both comes up against this.
 */
#define STRANGERS_COUNTED 60

/* A worker's own; zero to begin with. Devices' lines have one beside it. */
struct strangers {
	int64_t minute; /* of a clock that never jumps */
	unsigned lines; /* in it */
	uint64_t more;  /* that were not written since the last line */
	int64_t hour;
	unsigned counted; /* in it */
};

/* One of them. */
struct stranger {
	const char *name;    /* of a device, as he says; "" */
	const char *address; /* of the network */
	int64_t now;         /* UTC */
	int64_t monotonic_ms;
};

/* A line of the running log. */
struct stranger_words {
	const char *what; /* "stranger at "; "" = who says it */
	const char *who, *why;
};

/* Writes a line, or only counts it; the next line tells how many. */
void strangers_log(struct strangers *strangers, const struct log *log,
		   const struct stranger_words *words, int64_t monotonic_ms);

/*
 * May this one be an entry of the ledger? Counted by name and address as
 * wrong passwords are (domain/throttle.h): five, then fewer and fewer; and no
 * more than STRANGERS_COUNTED whatever they call themselves and wherever they
 * are, beyond which the database is not touched.
 * *entry = false while there is a pause. Errors: those of the database.
 */
MUST_USE bool strangers_count(struct strangers *strangers, struct db *db,
			      const struct stranger *who, bool *entry,
			      struct err *err);

#endif
