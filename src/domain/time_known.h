#ifndef SLUICE_DOMAIN_TIME_KNOWN_H
#define SLUICE_DOMAIN_TIME_KNOWN_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/db.h"

/*
 * What is known of the time, when the clock may stand anywhere. There is a
 * floor: the latest of when this program was built, and the times in signed
 * answers of the server: receipts, and check-ins, which countersign the head
 * of the log. It only rises, but for the owner's word (time_floor.h). A signed
 * answer to a question of our own also says how far the clock is off; that
 * holds until the clock jumps. Settings time_*.
 */
enum time_source {
	TIME_SOURCE_UNSET = 0,
	TIME_SOURCE_BUILD,   /* only that it is later than the build */
	TIME_SOURCE_RECEIPT, /* of a transmission */
	/* A signed answer to our nonce; it countersigns the log's head, too. */
	TIME_SOURCE_CHECKIN,
	TIME_SOURCE_OWNER, /* who lowered the floor to there: time_floor.h */
	TIME_SOURCES
};

/* Why the floor may lie too far ahead. Only a person can tell. */
enum time_doubt {
	TIME_DOUBT_UNSET = 0, /* nothing speaks against it */
	TIME_DOUBT_CLOCK,     /* the clock stands between the build and it */
	TIME_DOUBT_ANSWER     /* the server's last signed answer is earlier */
};

/* The device's clock counts as right when it is within this of the truth. */
#define TIME_CLOCK_TOLERANCE_S ((int64_t)86400)
/*
 * A clock that no signed answer has confirmed is believed up to this long
 * after the floor; a later one may stand anywhere.
 */
#define TIME_BELIEVED_S ((int64_t)400 * 86400)

/*
 * A clock that signed answers agreed with (or the build, within
 * TIME_BELIEVED_S) refuses a signed time that is further ahead than this as a
 * floor: one of the two is wrong. With any other clock all answers together
 * move the floor by no more than TIME_BELIEVED_S and the clock's pace, from
 * one start of the client to the next.
 */
#define TIME_STEP_S ((int64_t)30 * 86400)

struct time_known {
	/* The true time lies within, UTC; latest INT64_MAX = not known. */
	int64_t earliest, latest;
	int64_t best;            /* within; what to reckon with */
	int64_t floor;           /* earliest that was ever proved */
	enum time_source source; /* of the newest fact that went in */
	int64_t source_at;       /* time in it; 0 = BUILD */
	int64_t clock_ahead_s;   /* clock less best; 0 when it is right */
	int64_t within_s;        /* best is right to so many; -1 = not known */
	enum time_doubt doubt;   /* of the floor */
	int64_t answer; /* time in the last fresh answer that counts; 0 */
	int64_t early;  /* of ANSWER: the time in it; else 0 */
};

/* now is what the clock says. Errors: those of the database. */
MUST_USE bool time_known_read(struct db *db, int64_t now,
			      struct time_known *known, struct err *err);

/*
 * For what people decided: *best is what to judge ends by, *proved what must
 * have come before anything is ended for good: a clock that nothing confirmed
 * may end it only while it is believed. Both are now in a database that keeps
 * no floor yet: neither time_known_doubt() nor time_known_learn() was called.
 * Errors: those of the database.
 */
MUST_USE bool time_known_judge(struct db *db, int64_t now, int64_t *best,
			       int64_t *proved, struct err *err);

/*
 * The client starts, or its clock was seen to jump: how far the clock is off
 * is not known any more, only the floor is, with the build in it. "sluice
 * init" calls it too. Errors: those of the database.
 */
MUST_USE bool time_known_doubt(struct db *db, struct err *err);

/*
 * A signed time: raises the floor, unless it lies further ahead of all that is
 * known than can be (a server whose clock is wrong must not move the floor
 * beyond the end of its own certificate). asked_at and now are what the clock
 * said when the question left and when the answer came; asked_at 0: it is no
 * answer to a question (a receipt that lay about), so it only raises the
 * floor. A fresh one from before the floor changes nothing but doubt; the first
 * such is an entry. *jumped (may be NULL): the clock is off by more than the
 * tolerance, and that is news, of which there is a ledger entry now. In the
 * caller's transaction or its own. Errors: those of the database.
 */
MUST_USE bool time_known_learn(struct db *db, enum time_source source,
			       int64_t signed_at, int64_t asked_at, int64_t now,
			       bool *jumped, struct err *err);

/*
 * "Time known to within 2 seconds, from the server's signed answer of
 * 2026-11-26 07:00." or what there is, one or two sentences for people.
 */
void time_known_put(struct buf *out, const struct time_known *known);

/*
 * What speaks against the floor and what to do, two or three sentences;
 * nothing is appended when doubt is UNSET. clock is what the clock says.
 */
void time_known_put_doubt(struct buf *out, const struct time_known *known,
			  int64_t clock);

/*
 * From where it is known that it is earliest at least, in a few words: "a
 * receipt of the server", "this device's clock".
 */
const char *time_known_from(const struct time_known *known);

/* From where the floor is, as above; never the clock. */
const char *time_known_source(const struct time_known *known);

/* UTC seconds; when this program was built (SOURCE_DATE_EPOCH if set). */
int64_t time_known_build(void);

#endif
