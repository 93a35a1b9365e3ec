#ifndef SLUICE_SERVER_INGEST_H
#define SLUICE_SERVER_INGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "server/fleet.h"
#include "server/refusal.h"
#include "server/server.h"
#include "server/upload_head.h"

/*
 * Takes one upload: checked while it streams in, then stored with its ledger
 * entry and its receipt in one committed transaction, or not at all. Memory:
 * the body, at most TRANSMISSION_MAX, and its values.
 */
struct ingest; /* opaque */

/* device, peer (SHA-256 of its certificate, hex) and head are copied. */
struct ingest *ingest_begin(struct server *server,
			    const struct fleet_device *device, const char *peer,
			    const struct upload_head *head);

/*
 * The next bytes of the body. After false every later call fails too.
 * Refusals: CONTENT, CUT (more bytes than were promised).
 */
MUST_USE bool ingest_feed(struct ingest *ingest, const void *data, size_t len,
			  struct refusal *refusal);

/*
 * The body is whole. receipt gets the signed note, appended: after true it
 * is committed. The same transaction with the same bytes again stores nothing
 * and gives the same note (*repeated).
 * Refusals: CUT, DIGEST, CONTENT, FOREIGN, REVOKED, REUSED, BUSY, STORAGE,
 * BUG.
 */
MUST_USE bool ingest_finish(struct ingest *ingest, int64_t now,
			    struct buf *receipt, bool *repeated,
			    struct refusal *refusal);

void ingest_free(struct ingest *ingest); /* NULL is fine */

/*
 * Writes the ledger entry of an upload that was not taken. device NULL = a
 * stranger at address. head may be partly read.
 */
MUST_USE bool ingest_note_refusal(struct server *server, const char *device,
				  const char *address, const char *peer,
				  const struct upload_head *head,
				  const struct refusal *refusal, int64_t now,
				  struct err *err);

#endif
