#ifndef SLUICE_DOMAIN_WITNESSED_H
#define SLUICE_DOMAIN_WITNESSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/db.h"

/*
 * Heads of this device's log that the server has countersigned, table
 * witnessed, and what the server said of the log last: so that neither side
 * can rewrite what both saw. client/checkin.c sends heads and checks what
 * comes back.
 */
#define WITNESSED_KEPT 100 /* rows */
#define WITNESSED_EVERY_S ((int64_t)86400)

struct witnessed {
	uint64_t size;    /* newest head that is countersigned; 0 = none */
	int64_t at;       /* when; UTC, the server's clock */
	uint64_t told;    /* size that the server says it keeps; 0 = none */
	char problem[32]; /* "conflict", "proof"; "" = none */
	int64_t sent_at;  /* when a head was sent last; 0 = never */
};

MUST_USE bool witnessed_read(struct db *db, struct witnessed *witnessed,
			     struct err *err);

/* Did the server say that the head it was sent did not grow out of its own? */
bool witnessed_conflict(const struct witnessed *witnessed);

/*
 * Is a head to be sent? When the log has grown since the last one by anything
 * but check-ins, that one is a day old, or the server keeps another one. After
 * a conflict once a day.
 */
MUST_USE bool witnessed_due(struct db *db, int64_t now, bool *due,
			    struct err *err);

/*
 * Keeps a head of that size: the checkpoint with both signatures. Inside the
 * caller's transaction or its own. Errors: INVALID (no size, no note).
 */
MUST_USE bool witnessed_keep(struct db *db, uint64_t size, const char *note,
			     int64_t at, struct err *err);

/*
 * What an answer said of the log. problem: as in formats/checkin.h, after a
 * head was sent; NULL = none was, and what was said of the last one stands.
 * A conflict that is news is an entry. It ends when a head is taken, or when
 * the server says that it keeps what the owner acknowledged (continuation.h).
 * at is the server's time in that answer.
 */
MUST_USE bool witnessed_told(struct db *db, uint64_t size, const char *problem,
			     int64_t at, int64_t now, struct err *err);

/* Appends the newest note, both signatures with it. NOT_FOUND. */
MUST_USE bool witnessed_note(struct db *db, struct buf *note, struct err *err);

#endif
