#ifndef SLUICE_DOMAIN_CHECKINS_H
#define SLUICE_DOMAIN_CHECKINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "domain/setting_rows.h"
#include "store/db.h"

/*
 * Check-ins: when they are due, how the last ones ended, and the exact bytes
 * of both ways. Tables checkins and settings. client/checkin.c makes them.
 * Each one is a ledger entry when it begins, and one when it failed.
 */
#define CHECKIN_PRESET_S ((int64_t)3600) /* until the server says */
#define CHECKIN_LEAST_S ((int64_t)300)   /* bounds of the customer's limits */
#define CHECKIN_MOST_S ((int64_t)7 * 86400)
#define CHECKINS_KEPT 50       /* rows */
#define CHECKINS_MISSED_WARN 3 /* so many in a row are told */

enum checkin_reason {
	CHECKIN_REASON_UNSET = 0,
	CHECKIN_SLOT,   /* it was due */
	CHECKIN_PERSON, /* somebody pressed the button */
	CHECKIN_OUTCOME /* to report what became of instructions */
};

struct checkin_state {
	bool on;            /* remote services as a whole are allowed */
	int64_t interval_s; /* that holds: the server's, within the limits */
	int64_t wished_s;   /* what the server wishes; 0 = never said */
	int64_t least_s, most_s; /* the customer's limits */
	int64_t last_at;         /* last that ended well; 0 = never */
	int64_t contact_at;      /* last contact of any kind; 0 = never */
	int64_t next_at;         /* the next one; 0 = at once */
	unsigned failures;       /* in a row */
	bool permanent; /* the server said no for good; tried once a day */
	/*
	 * Check-ins that are missing: intervals, the first not counted whole,
	 * since one was due and there was no contact; 0 when off.
	 */
	int64_t missed;
	char problem[256]; /* of the last failure; "" = none since */
};

MUST_USE bool checkins_read(struct db *db, int64_t now,
			    struct checkin_state *state, struct err *err);

/*
 * The interval that holds when the server wishes this one (0 = nothing), under
 * the customer's limits. Pure.
 */
int64_t checkin_interval(const struct checkin_state *limits, int64_t wished_s);

/*
 * This device's place in an interval: seconds 0..interval_s-1, by the SHA-256
 * of its id, so that many devices spread evenly. Pure.
 */
int64_t checkin_slot(const char *device_id, int64_t interval_s);

/*
 * The next check-in after now: the next time that falls into the slot, and up
 * to a twentieth of the interval later by chance. Pure.
 */
int64_t checkin_next(const char *device_id, int64_t interval_s, int64_t now,
		     uint32_t random);

/*
 * Check-ins that are missing, for a device that was to come again at
 * expected_at (0 = it did not say) and was heard of at contact_at. Pure; for
 * both sides.
 */
int64_t checkin_missing(int64_t expected_at, int64_t contact_at,
			int64_t interval_s, int64_t now);

/*
 * Writes the row and the entry before the first byte leaves. *number is it.
 * One that a process left half done, because it died, is ended as failed.
 * actor: who asked; "daemon" when nobody. Errors: INVALID (no reason, nobody,
 * or a request that is no text).
 */
MUST_USE bool checkins_begin(struct db *db, enum checkin_reason reason,
			     const char *actor, const char *peer,
			     const char *request, size_t len, int64_t now,
			     int64_t *number, struct err *err);

/* How it ended. */
struct checkin_end {
	int64_t number;      /* of checkins_begin(); 0 = never got that far */
	const char *problem; /* NULL = well */
	bool permanent;      /* the server said no for good */
	int64_t retry_at;    /* when failed: not before */
	const char *answer;  /* signed note; NULL = none */
	uint64_t bytes_out, bytes_in;
	int64_t wished_s; /* interval that the answer wishes; 0 = none */
	int64_t next_at;  /* when well: the next one */
};
/*
 * Keeps it: the row, when the next one is due, and an entry when it failed or
 * the server wishes another interval. In the caller's transaction or its own.
 */
MUST_USE bool checkins_end(struct db *db, const struct checkin_end *end,
			   int64_t now, struct err *err);

struct checkin_done {
	int64_t number, at;
	enum checkin_reason reason;
	char result[8]; /* "begun", "ok", "failed" */
	char problem[256];
	uint64_t bytes_out, bytes_in;
};

/* Newest first. *list: caller mem_free()s. */
MUST_USE bool checkins_list(struct db *db, size_t limit,
			    struct checkin_done **list, size_t *count,
			    struct err *err);
/* The exact bytes. NOT_FOUND once it is too old. */
MUST_USE bool checkins_bytes(struct db *db, int64_t number, struct buf *request,
			     struct buf *answer, struct err *err);

/*
 * The customer's limits by name, in the form of setting_rows.h:
 * "checkin_least", "checkin_most"; values "15m", "1h", "1d", or seconds. The
 * shortest cannot be longer than the longest.
 */
const struct setting *checkin_setting_at(size_t n);
MUST_USE bool checkin_setting_value(struct db *db, const char *name,
				    struct buf *value, struct err *err);
MUST_USE bool checkin_setting_set(struct db *db, const char *actor,
				  const char *name, const char *value,
				  int64_t now, struct err *err);

/*
 * An instruction asks for another interval, or the answer wishes one. Keeps
 * the wish; *within says whether the limits take it as it is. Errors: INVALID
 * (no interval, or a damaged limit).
 */
MUST_USE bool checkins_wish(struct db *db, int64_t interval_s, bool *within,
			    struct err *err);

/* "15 minutes", "1 day 6 hours". */
void checkin_put_span(struct buf *out, int64_t seconds);
/* "every hour", "every 30 minutes" */
void checkin_put_every(struct buf *out, int64_t seconds);

#endif
