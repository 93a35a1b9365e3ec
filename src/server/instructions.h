#ifndef SLUICE_SERVER_INSTRUCTIONS_H
#define SLUICE_SERVER_INSTRUCTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/checkin.h"
#include "formats/instruction.h"
#include "server/fleet.h"
#include "server/server_config.h"
#include "store/db.h"

/*
 * Instructions on the server's side. They are signed when they are made, by
 * the command line, with a key that no worker can read; workers only hand
 * them out and keep what devices report. Tables instructions, ledger_reports.
 */
struct instruction_made {
	char device[FLEET_ID_SIZE];
	uint64_t number;
	char kind[16];
	int64_t made_at, expires_at;
	char made_by[FLEET_ID_SIZE];
	int64_t fetched_at; /* 0 = not yet */
	char result[16];    /* "" = not reported; "waiting", "done", refusal */
	char outcome[257];
	int64_t reported_at;
	struct instruction is; /* what it asks; kind UNSET = unreadable */
};

/* A row of a device's log, as it was reported. */
struct ledger_row_reported {
	struct checkin_row row;
	int64_t at;
};

/*
 * Gives it the device's next number, signs it with the key in config->keys
 * and keeps it with an entry. what->device, kind, by, reason, times and what
 * belongs to the kind are set by the caller; number is set here.
 * Errors: NOT_FOUND (no such device; no key: it says which command makes
 * one), INVALID (what it asks, or a key that is not this server's), DENIED (the
 * device is revoked).
 */
MUST_USE bool instructions_make(struct db *db,
				const struct server_config *config,
				struct instruction *what, const char *actor,
				int64_t now, struct err *err);

/*
 * Appends the signed note. The first time it is marked as fetched, with an
 * entry. NOT_FOUND.
 */
MUST_USE bool instructions_note(struct db *db, const char *device,
				uint64_t number, int64_t now, struct buf *note,
				struct err *err);

/* Highest number for a device; 0 = none. */
MUST_USE bool instructions_made_last(struct db *db, const char *device,
				     uint64_t *number, struct err *err);

/* The highest whose outcome is final; 0 = none. */
MUST_USE bool instructions_answered_last(struct db *db, const char *device,
					 uint64_t *number, struct err *err);

/*
 * What a device reports, in the caller's transaction. An outcome with an
 * entry when it is news; one of a number that was never made is passed over,
 * and so is one after the end. An interval that the device took is what its
 * check-ins wish from then on. A row that nobody asked for is not kept; one
 * with another hash than before is an entry. Errors: those of the database,
 * INVALID (no row).
 */
MUST_USE bool instructions_heard(struct db *db, const char *device,
				 const struct checkin_outcome *outcome,
				 int64_t now, struct err *err);
MUST_USE bool instructions_heard_row(struct db *db, const char *device,
				     const struct checkin_row *row, int64_t now,
				     struct err *err);

/* Of one device, newest first. mem_free() *list. */
MUST_USE bool instructions_made_list(struct db *db, const char *device,
				     size_t limit,
				     struct instruction_made **list,
				     size_t *count, struct err *err);

/* Rows of its log that a device reported, newest first. mem_free() *list. */
MUST_USE bool instructions_reported_rows(struct db *db, const char *device,
					 size_t limit,
					 struct ledger_row_reported **list,
					 size_t *count, struct err *err);

/*
 * The key that signs: makes SERVER_INSTRUCTION_KEY (0600) and its verifier.
 * Errors: DENIED (there is one), IO.
 */
MUST_USE bool instructions_make_key(const struct server_config *config,
				    struct err *err);

#endif
