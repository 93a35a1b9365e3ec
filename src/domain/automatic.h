#ifndef SLUICE_DOMAIN_AUTOMATIC_H
#define SLUICE_DOMAIN_AUTOMATIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "domain/consent.h"
#include "domain/setting_rows.h"
#include "domain/timetable.h"
#include "store/db.h"

/*
 * What people decide about sends that nobody presses: whether there are any,
 * at which time of the day, in which hours none, from which level on a supply
 * counts as low, and for each service whether it takes part. Tables settings
 * and automatic_services; each change is a ledger entry. None of it allows
 * anything: that is consent's.
 */

/* After a service is allowed it sends by itself only this much later. */
#define AUTOMATIC_GRACE_S ((int64_t)24 * 60 * 60)

/* Who stages and approves what nobody pressed, for rows and the ledger. */
#define AUTOMATIC_TIMER "timer"
#define AUTOMATIC_ALARM "alarm"
#define AUTOMATIC_INSTRUCTION "instruction" /* the server asked for it */
/* Is it one of these? */
bool automatic_is_actor(const char *actor);

enum automatic_state {
	AUTOMATIC_UNSET = 0,
	AUTOMATIC_NOT_ALLOWED, /* or it sends no documents */
	AUTOMATIC_GRACE,       /* begins at begins_at */
	AUTOMATIC_RUNS,
	AUTOMATIC_CANCELLED /* somebody chose "never" */
};

struct automatic_service {
	const struct service *service;
	enum automatic_state state;
	int64_t since;     /* the service can be sent from then on */
	int64_t begins_at; /* GRACE, RUNS: sends by itself from then on */
};

struct automatic {
	bool on;
	int send_time;               /* as in struct timetable */
	int quiet_from, quiet_until; /* the same */
	int low_supply;              /* percent, 1..AUTOMATIC_LOW_MAX */
	struct automatic_service services[8]; /* in the order of service_at() */
	size_t count;
	unsigned ready; /* SERVICE_BIT()s that run now; 0 while off */
	/* up to here the daily sends are done or passed over; 0 = none yet */
	int64_t timer_at;
	int64_t catch_up_at; /* a missed one is made up for then; 0 = none */
};

#define AUTOMATIC_LOW_MAX 50

MUST_USE bool automatic_read(struct db *db, const struct consents *all,
			     int64_t now, struct automatic *automatic,
			     struct err *err);

/* Its hours, for a device. offset as in struct timetable. */
struct timetable automatic_timetable(const struct automatic *automatic,
				     const char *device_id,
				     int64_t (*offset)(int64_t utc));

/* The same for those who need no more: they hold whatever is allowed. */
MUST_USE bool automatic_hours(struct db *db, const char *device_id,
			      int64_t (*offset)(int64_t utc),
			      struct timetable *hours, struct err *err);

const struct automatic_service *
automatic_service_of(const struct automatic *automatic, enum service_id id);

/* The settings by name, for forms and the command line; NULL ends it. */
const struct setting *automatic_setting_at(size_t n);

/* The value as it is typed: "off", "18:00", "22:00-06:00", "10". */
MUST_USE bool automatic_get(struct db *db, const char *name, struct buf *value,
			    struct err *err);

/*
 * Changes one setting. The value that stands changes nothing. Switching
 * automatic sends off cancels what waits to be sent by itself.
 * Errors: NOT_FOUND (no such setting), INVALID (the text says what is valid).
 */
MUST_USE bool automatic_set(struct db *db, const char *actor, const char *name,
			    const char *value, int64_t now, struct err *err);

enum automatic_choice {
	AUTOMATIC_CHOICE_UNSET = 0,
	AUTOMATIC_NOW,  /* by itself from now on: ends the 24 hours */
	AUTOMATIC_NEVER /* by hand only; cancels what waits by itself */
};

/*
 * A service's part in it. Errors: INVALID (a service that sends nothing),
 * DENIED (NOW for one that is not allowed).
 */
MUST_USE bool automatic_choose(struct db *db, const char *actor,
			       enum service_id service,
			       enum automatic_choice choice, int64_t now,
			       struct err *err);

/* The next daily send as it stands now. */
struct automatic_plan {
	int64_t at;        /* 0 = none: off, or nothing takes part */
	unsigned services; /* SERVICE_BIT()s that take part by then */
	/* a missed send: at is when it is made up for, to be kept */
	bool missed;
	/* what was before now counts as done: to be kept so */
	bool passed_over;
};
void automatic_plan(const struct automatic *automatic,
		    const struct timetable *t, int64_t now,
		    struct automatic_plan *plan);

/* Where it is said, and how hours are reckoned there. */
struct automatic_place {
	const char *device_id;
	const char *host;               /* where it goes to; "" = not told */
	int64_t (*offset)(int64_t utc); /* as in struct timetable */
};

/*
 * What is sent next without anybody, in one or two sentences for people:
 * "Next automatic send: today 18:04, Metering, Supplies, about 10 kB, to
 * comms.example." Says as well that there is none, and which services wait.
 * Puts nothing while nothing is allowed.
 */
MUST_USE bool automatic_put_next(struct db *db, const struct consents *all,
				 const struct automatic_place *place,
				 int64_t now, struct buf *out, struct err *err);

/*
 * A moment in local time: "today 18:04", "tomorrow 02:10", "yesterday 23:55",
 * "26 November 2026 18:04".
 */
void automatic_put_when(struct buf *out, int64_t at, int64_t now,
			int64_t (*offset)(int64_t utc));

/* For the daemon: daily sends up to at are done. */
MUST_USE bool automatic_timer_done(struct db *db, int64_t at, struct err *err);
MUST_USE bool automatic_timer_missed(struct db *db, int64_t catch_up_at,
				     struct err *err);

#endif
