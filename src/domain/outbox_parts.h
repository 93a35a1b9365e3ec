#ifndef SLUICE_DOMAIN_OUTBOX_PARTS_H
#define SLUICE_DOMAIN_OUTBOX_PARTS_H

#include "domain/ledger.h"
#include "domain/outbox.h"

/* What the files outbox*.c share. Nobody else includes this. */

/* May a transmission go from one state to the other? */
bool outbox_legal(enum outbox_state from, enum outbox_state to);

/*
 * Writes the new state; the caller has a transaction and has written the
 * other columns before (what is over is fixed). item->state follows.
 * Errors: DENIED (no legal way).
 */
MUST_USE bool outbox_move(struct db *db, struct outbox_item *item,
			  enum outbox_state to, struct err *err);

/* An entry about the item, in the caller's transaction. */
MUST_USE bool outbox_log(struct db *db, const struct outbox_item *item,
			 enum ledger_kind kind, const char *actor,
			 const char *result, const char *text, int64_t now,
			 struct err *err);

/* CANCELLED with its entry; drops the bytes if no try was ever made. */
MUST_USE bool outbox_move_cancelled(struct db *db, struct outbox_item *item,
				    const char *actor, const char *why,
				    int64_t now, struct err *err);

/*
 * The same for one that was stopped on its way: what went out of it stays, as
 * proof.
 */
MUST_USE bool outbox_move_stopped(struct db *db, struct outbox_item *item,
				  const char *actor, const char *why,
				  int64_t now, struct err *err);

/* FAILED with its entry. */
MUST_USE bool outbox_move_failed(struct db *db, struct outbox_item *item,
				 const char *problem, int64_t now,
				 struct err *err);

/* Bytes by content hash. */
MUST_USE bool outbox_body_store(struct db *db, const char *sha256,
				const void *body, size_t len, int64_t now,
				struct err *err);
/* Unless another one that is not cancelled has it */
MUST_USE bool outbox_body_drop(struct db *db, const char *sha256,
			       struct err *err);
MUST_USE bool outbox_body_matches(struct db *db, const char *sha256,
				  bool *matches, struct err *err);

#endif
