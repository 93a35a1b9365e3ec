#ifndef SLUICE_DOMAIN_QUEUE_H
#define SLUICE_DOMAIN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "domain/automatic.h"
#include "domain/outbox.h"
#include "domain/setting_rows.h"
#include "store/db.h"

/*
 * What holds for all that waits to be sent, whoever put it there (a person,
 * the timer, an alarm, an instruction): how much may wait and how long, when
 * and how fast it may go, how much a month. The items are outbox.c's, the
 * counters and limits are settings. Job data has its own queue (jobs.h) and
 * counts into the same month.
 */
#define QUEUE_MEGABYTE ((uint64_t)1000 * 1000) /* as settings count it */
/* No pause is longer: what waits for more waits because the clock was set. */
#define QUEUE_LONGEST_S ((int64_t)27 * 60 * 60)

struct queue_limits {
	uint64_t bytes; /* of all that waits */
	int64_t age_s;  /* of one item since it was made */
	uint64_t rate;  /* most bytes a second of an upload; 0 = any */
	uint64_t month; /* most bytes in a calendar month (UTC); 0 = any */
	bool quiet_all; /* quiet hours hold for Send pressed by a person, too */
};

/* Errors: INVALID (one that is kept is damaged). */
MUST_USE bool queue_limits_read(struct db *db, struct queue_limits *limits,
				struct err *err);

/* By name, in the form of setting_rows.h: "queue_bytes", ... */
const struct setting *queue_setting_at(size_t n);
MUST_USE bool queue_setting_value(struct db *db, const char *name,
				  struct buf *value, struct err *err);
MUST_USE bool queue_setting_set(struct db *db, const char *actor,
				const char *name, const char *value,
				int64_t now, struct err *err);

/*
 * Makes room: items over age, and then the oldest until all that waits fits,
 * are CANCELLED with an entry that says that they were dropped and why.
 * incoming: bytes that are about to be queued. What a person approved goes
 * last. In the caller's transaction or its own. *dropped may be NULL.
 * Errors: LIMIT (incoming alone is more than fits).
 */
MUST_USE bool queue_make_room(struct db *db, uint64_t incoming, int64_t now,
			      size_t *dropped, struct err *err);

/* What was dropped so, for pages and status. */
struct queue_drop {
	char transaction[UUID_TEXT_SIZE];
	int64_t at;
	char why[256];
};
/* Since then, newest first. *list: caller mem_free()s. */
MUST_USE bool queue_drops(struct db *db, int64_t since, size_t limit,
			  struct queue_drop **list, size_t *count,
			  struct err *err);

/*
 * Why an item does not go now; of several reasons the one that holds it for
 * longest. Quiet hours and the day's tries hold what nobody pressed Send for
 * (quiet hours all, if quiet_all), and then nothing of a person waits behind
 * it: order is kept for the server's sake, and a person comes first.
 */
enum queue_hold {
	QUEUE_HOLD_NONE = 0,
	QUEUE_HOLD_NOT_ALLOWED, /* remote services as a whole are off */
	QUEUE_HOLD_QUIET,       /* quiet hours */
	QUEUE_HOLD_MONTH,       /* it is more than this month's limit leaves */
	QUEUE_HOLD_BUDGET,      /* tries of this day are used up */
	QUEUE_HOLD_SERVER,      /* the server asked to wait */
	QUEUE_HOLD_RETRY,       /* this item failed and waits */
	QUEUE_HOLD_ORDER,       /* an older one of its kind goes first */
	QUEUE_HOLD_IDENTITY,    /* no certificate */
	QUEUE_HOLDS
};

/* One item that waits. */
struct queue_item {
	struct outbox_item item;
	enum queue_hold hold;
	int64_t next_at; /* UTC: when it is tried next; 0 = now, -1 = open */
};

struct queue {
	struct queue_item *items; /* in the order in which they go; own */
	size_t count;
	uint64_t bytes;      /* of all that waits */
	uint64_t month_used; /* bytes */
	struct queue_limits limits;
};

/*
 * All that waits, why, and when it is tried next. offset and device_id as in
 * automatic_timetable(); provisioned: is there a certificate? Release with
 * queue_clear().
 */
struct queue_place {
	const char *device_id;
	int64_t (*offset)(int64_t utc);
	bool provisioned;
};
MUST_USE bool queue_read(struct db *db, const struct queue_place *place,
			 int64_t now, struct queue *queue, struct err *err);
void queue_clear(struct queue *queue);

/* "Waits for the end of the quiet hours", for people; "" for none. */
void queue_put_hold(struct buf *out, enum queue_hold hold);

/* The same as a word for programs: "quiet"; "" for none. */
const char *queue_hold_name(enum queue_hold hold);

/*
 * For deliver.c: the next item that may go now. One that is not allowed any
 * more comes as well: who takes it asks for the grants before anything else,
 * and ends it. NOT_FOUND: none; then *at is when to ask again (INT64_MAX =
 * only a change can tell).
 */
MUST_USE bool queue_next(struct db *db, const struct queue_place *place,
			 int64_t now, struct outbox_item *item, int64_t *at,
			 struct err *err);

/*
 * The services that send a kind of document which these send, too (Customer
 * Info aside, which goes with any). Their transmissions are kept in order.
 */
unsigned queue_kin(unsigned services);

/*
 * The month's bytes: all that leaves towards the server, whatever it is, TLS's
 * own bytes included. Months are of UTC, by the best known time, and a clock
 * that goes back begins none. Booked before it goes and put right after, so
 * that neither a power cut nor the last item passes the limit.
 */

/* Most that leaves for an upload of so many bytes at this rate (0 = any). */
uint64_t queue_cost(uint64_t bytes, uint64_t rate);

/* What is left of this month's limit, UINT64_MAX without one. */
struct queue_month {
	uint64_t used, left;
	/* as the device's clock will show it, UTC; INT64_MAX = not known */
	int64_t ends_at;
};
MUST_USE bool queue_month_read(struct db *db, int64_t now,
			       struct queue_month *month, struct err *err);

/*
 * Before bytes leave. Errors: LIMIT (more than is left; nothing is booked, and
 * nothing may leave). In the caller's transaction or its own, as below.
 */
MUST_USE bool queue_book(struct db *db, uint64_t bytes, int64_t now,
			 struct err *err);
/* Afterwards: so many were booked (0 = none), so many have left. */
MUST_USE bool queue_settle(struct db *db, uint64_t booked, uint64_t left,
			   int64_t now, struct err *err);

/* The server asked every device to wait; kept over a restart. */
MUST_USE bool queue_hold_until(struct db *db, int64_t until, struct err *err);
/* UTC; 0 = it did not, or it is over. */
MUST_USE bool queue_held_until(struct db *db, int64_t now, int64_t *until,
			       struct err *err);

#endif
