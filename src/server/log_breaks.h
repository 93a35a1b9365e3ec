#ifndef SLUICE_SERVER_LOG_BREAKS_H
#define SLUICE_SERVER_LOG_BREAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/note.h"
#include "server/fleet.h"
#include "store/db.h"

/*
 * Where a device's log did not go on from the head that is kept
 * (server/witness.h): after an older copy of its database was put back, or a
 * new enrolment. The head of before stays here as evidence for ever, with what
 * stood against it and who said what. Table log_breaks. After a loss it takes
 * both sides: a statement that the device signed with the log's key, and
 * somebody of staff who accepts it.
 */
struct log_break {
	int64_t number;
	uint64_t kept_size; /* of the head of before */
	int64_t kept_at, conflict_at;
	uint64_t size;     /* where the log goes on; 0 = enrolled again */
	int64_t stated_at; /* by the device's clock; 0 = enrolled again */
	int64_t came_at;
	int64_t accepted_at; /* 0 = waits for staff */
	char accepted_by[65];
};

/*
 * Takes in what a device says of the conflict that stands, once; other than
 * that it does nothing: *taken. Nothing changes but that staff can accept it,
 * and an entry. Errors: those of the database.
 */
MUST_USE bool log_breaks_state(struct db *db, const char *device,
			       const struct note_verifier *log,
			       const char *statement, int64_t now, bool *taken,
			       struct err *err);

/*
 * Staff accept what waits: the log goes on from the head that was stated, and
 * its next head has to grow out of that. With an entry. Errors: NOT_FOUND
 * (nothing waits, or the log fits again).
 */
MUST_USE bool log_breaks_accept(struct db *db, const char *device,
				const char *by, int64_t now, struct err *err);

/*
 * The device was enrolled again and begins another log: what is kept of the
 * one before goes here, and its place is free. The entry is the caller's.
 */
MUST_USE bool log_breaks_enrolled(struct db *db, const char *device,
				  int64_t now, struct err *err);

/* Those of a device, newest first, at most so many; caller mem_free()s. */
MUST_USE bool log_breaks_list(struct db *db, const char *device, size_t most,
			      struct log_break **rows, size_t *count,
			      struct err *err);

/* Does the newest of a list wait for staff? now: what is kept of the log. */
bool log_breaks_waits(const struct log_break *newest,
		      const struct witness_row *kept);

#endif
