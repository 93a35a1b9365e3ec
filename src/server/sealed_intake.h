#ifndef SLUICE_SERVER_SEALED_INTAKE_H
#define SLUICE_SERVER_SEALED_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "server/refusal.h"
#include "server/server.h"
#include "server/upload_head.h"

/*
 * Takes sealed files in pieces. One that is whole and is what its sender
 * promised is stored with its ledger entry and its receipt in one committed
 * transaction, once, whenever the server ends in between; anything else is
 * refused and removed. Memory: one piece, whatever the size of the file.
 */
struct sealed_intake; /* opaque */

/* Whose upload it is. All borrowed. */
struct sealed_sender {
	struct server *server;
	const char *device;
	const char *peer; /* SHA-256 of its certificate, hex */
	const char *transaction;
	int64_t now;
};

/* How far it is. */
struct sealed_progress {
	uint64_t offset; /* bytes that are here */
	uint64_t bytes;  /* of the whole */
	bool complete;   /* committed, with a receipt */
	int64_t number;  /* of sealed_receipt(), when complete */
	int64_t expires_at;
};

/*
 * Notes a new upload. One that is known already, with the same bytes and
 * words, is fine. Refusals: REUSED, ROOM, BUSY, STORAGE, BUG.
 */
MUST_USE bool sealed_intake_create(const struct sealed_sender *sender,
				   const struct upload_head *head,
				   struct refusal *refusal);

/*
 * Says how far it is. What came whole before the server ended is completed
 * here. Refusals: PATH (unknown), those of sealed_intake_end().
 */
MUST_USE bool sealed_intake_progress(const struct sealed_sender *sender,
				     struct sealed_progress *progress,
				     struct refusal *refusal);

/*
 * Opens one that is not complete, for this request alone; sender must live as
 * long. On success release with sealed_intake_free().
 * Refusals: PATH (unknown, or complete), LOCKED, ROOM, STORAGE, BUSY, BUG.
 */
MUST_USE bool sealed_intake_open(const struct sealed_sender *sender,
				 struct sealed_intake **intake,
				 struct refusal *refusal);

uint64_t sealed_intake_offset(const struct sealed_intake *intake);
uint64_t sealed_intake_bytes(const struct sealed_intake *intake); /* whole */

/*
 * Appends. On false what came is kept, unless it is no age file.
 * Refusals: SIZE (beyond its length), CONTENT, ROOM, STORAGE.
 */
MUST_USE bool sealed_intake_feed(struct sealed_intake *intake, const void *data,
				 size_t len, struct refusal *refusal);

/*
 * Brings to the disk what came, however the request went, and completes the
 * upload when it is whole. After false with DIGEST or CONTENT it is removed.
 * Refusals: DIGEST, CONTENT, REVOKED, STRANGER, ROOM, STORAGE, BUSY, BUG.
 */
MUST_USE bool sealed_intake_end(struct sealed_intake *intake,
				struct sealed_progress *progress,
				struct refusal *refusal);
void sealed_intake_free(struct sealed_intake *intake); /* NULL is fine */

/*
 * Forgets one that is not complete.
 * Refusals: PATH (unknown), COMPLETE, LOCKED, STORAGE, BUSY, BUG.
 */
MUST_USE bool sealed_intake_cancel(const struct sealed_sender *sender,
				   struct refusal *refusal);

#endif
