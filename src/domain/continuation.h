#ifndef SLUICE_DOMAIN_CONTINUATION_H
#define SLUICE_DOMAIN_CONTINUATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/checkin.h"
#include "store/db.h"

/*
 * The way out of a log conflict (domain/witnessed.h), after an older copy of
 * the database was put back: the owner acknowledges that the log goes on from
 * here, which is an entry; the device signs that and shows it to the server;
 * staff there accept it, while both keep what was before as evidence. Table
 * log_continuations; rows are never changed back or deleted.
 */
struct continuation {
	uint64_t size; /* of the log, with the entry about it; 0 = none */
	uint64_t had;  /* entries of the head that the server keeps */
	char by[65];
	int64_t at;
	bool is_signed;
	int64_t accepted_at; /* 0 = the server has not accepted it yet */
};

/* The newest; size 0 when there was none. Errors: those of the database. */
MUST_USE bool continuation_last(struct db *db, struct continuation *last,
				struct err *err);

/*
 * Is there something to acknowledge? Errors: NOT_FOUND (no conflict stands),
 * DENIED (it is acknowledged already, and waits).
 */
MUST_USE bool continuation_may(struct db *db, struct err *err);

/* Acknowledges the conflict that stands, with an entry. Errors: the same. */
MUST_USE bool continuation_acknowledge(struct db *db, const char *actor,
				       int64_t now, struct err *err);

/* ---- for client/checkin_*.c ---- */

/* Is the newest to be told to a server that keeps a head of so many? */
bool continuation_waits(const struct continuation *last, uint64_t told);

/* What of the newest is to be signed; device is left to the caller. */
MUST_USE bool continuation_statement(struct db *db,
				     struct checkin_continuation *statement,
				     struct err *err);
MUST_USE bool continuation_keep_note(struct db *db, uint64_t size,
				     const char *note, struct err *err);
/* Appends the newest as it was signed. NOT_FOUND. */
MUST_USE bool continuation_note(struct db *db, struct buf *note,
				struct err *err);

/*
 * The server keeps a head of so many entries now: if that is where the newest
 * one goes on, it is accepted, with an entry; *accepted says so. at is the
 * server's time. In the caller's transaction.
 */
MUST_USE bool continuation_told(struct db *db, uint64_t told, int64_t at,
				int64_t now, bool *accepted, struct err *err);

/* "Acknowledged on ... by ...", one or two sentences; size is not 0. */
void continuation_put(struct buf *out, const struct continuation *last);

#endif
