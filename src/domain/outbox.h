#ifndef SLUICE_DOMAIN_OUTBOX_H
#define SLUICE_DOMAIN_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "documents/transmission.h"
#include "store/db.h"

/*
 * Transmissions and their way: tables transmissions, bodies, withheld.
 *
 *   SAMPLE                              made for a service that is not allowed: shown, never sent
 *   STAGED -> QUEUED -> SENDING -> SENT
 *      |         |  ^      |
 *      |         |  +-retry+--> FAILED  (refused for good)
 *      +---------+--------------------> CANCELLED (by a person, a withdrawal, or replaced by a newer one)
 *
 * Every change of state is one committed transaction with its ledger entry.
 */
enum outbox_state {
	OUTBOX_UNSET = 0,
	OUTBOX_SAMPLE,
	OUTBOX_STAGED,
	OUTBOX_QUEUED,
	OUTBOX_SENDING,
	OUTBOX_SENT,
	OUTBOX_FAILED,
	OUTBOX_CANCELLED
};

/* The real stages of a delivery, for the progress page. */
enum outbox_stage {
	STAGE_UNSET = 0,
	STAGE_PREPARED,
	STAGE_CONNECTING,
	STAGE_CONNECTED,
	STAGE_UPLOADING,
	STAGE_UPLOADED,
	STAGE_RECEIPT_CHECKED
};

const char *outbox_state_name(enum outbox_state state); /* "staged" */
/* "Waiting to be sent", for people */
const char *outbox_state_title(enum outbox_state state);
const char *outbox_stage_name(enum outbox_stage stage);

struct outbox_item {
	char transaction[UUID_TEXT_SIZE];
	enum outbox_state state;
	enum outbox_stage stage;
	unsigned services; /* SERVICE_BIT()s */
	/* ids, space between */
	char grants[TRANSMISSION_GRANTS_MAX * UUID_TEXT_SIZE];
	char sha256[65]; /* hex */
	uint64_t bytes;
	int64_t created_at;
	char created_by[65]; /* a person, or AUTOMATIC_* */
	int64_t approved_at; /* 0 = not */
	char approved_by[65];
	unsigned attempts;
	int64_t next_try_at; /* QUEUED: not before; 0 = now */
	char problem[256];   /* last failure, for people; "" = none */
	int64_t received_at; /* SENT: time in the receipt */
	/* SHA-256 of the server's certificate, hex; "" = never connected */
	char peer[65];
};

/*
 * Stores a new SAMPLE or STAGED item with body and withheld list; older
 * SAMPLE/STAGED items of the same services are CANCELLED ("replaced by a newer
 * preview"), unless it is staged to be sent by itself: nobody looks at that.
 */
MUST_USE bool outbox_stage(struct db *db, const struct outbox_item *item,
			   const void *body, size_t len,
			   const struct withheld_list *withheld,
			   struct err *err);

MUST_USE bool outbox_get(struct db *db, const char *transaction,
			 struct outbox_item *item, struct err *err);
/* NOT_FOUND also once retention removed it */
MUST_USE bool outbox_body(struct db *db, const char *transaction,
			  struct buf *body, struct err *err);
MUST_USE bool outbox_withheld(struct db *db, const char *transaction,
			      struct withheld_list *list, struct err *err);
/* NOT_FOUND until SENT */
MUST_USE bool outbox_receipt(struct db *db, const char *transaction,
			     struct buf *note, struct err *err);

/* Newest first; state 0 = all. *list: caller mem_free()s. */
MUST_USE bool outbox_list(struct db *db, enum outbox_state state, size_t limit,
			  struct outbox_item **list, size_t *count,
			  struct err *err);

#define OUTBOX_SERVICES 32 /* as many as SERVICE_BIT() can tell apart */

/*
 * Times in the newest receipts: at[id] of the transmissions that held the
 * service, at[SERVICE_UNSET] of them all; 0 = none. How much was ever sent does
 * not matter for the time that it takes.
 */
MUST_USE bool outbox_last_sent(struct db *db, int64_t at[OUTBOX_SERVICES],
			       struct err *err);

/* What the daemon keeps, docs/architecture.md; the page Privacy says so. */
#define OUTBOX_KEPT_S ((int64_t)400 * 86400)
#define OUTBOX_KEPT_BYTES ((uint64_t)64 * 1024 * 1024)

/*
 * Retention: removes the bytes of what is over (sent, failed, cancelled) and
 * older than max_age_s, and then the oldest ones until all bytes are at most
 * max_bytes. Entries, receipts and withheld lists stay.
 */
MUST_USE bool outbox_trim(struct db *db, int64_t max_age_s, uint64_t max_bytes,
			  int64_t now, size_t *removed, struct err *err);

/*
 * A person presses Send: STAGED -> QUEUED. sha256 is what he saw (hex).
 * Approving again what is QUEUED or further changes nothing (two Sends pressed
 * at once give one). Room is made for it (queue_make_room()), and what waits
 * of the same kinds for its next try is due with it, to go before it.
 * Errors: INVALID (other hash), DENIED (grant gone, a sample, cancelled),
 * NOT_FOUND, LIMIT (more than may wait).
 */
MUST_USE bool outbox_approve(struct db *db, const char *actor,
			     const char *transaction, const char *sha256,
			     int64_t now, struct err *err);

/*
 * The same by the timer, an alarm or an instruction (actor), for what it staged
 * itself: nobody pressed Send, and the entry says why it is sent all the same.
 */
MUST_USE bool outbox_approve_automatic(struct db *db, const char *actor,
				       const char *transaction,
				       const char *sha256, const char *why,
				       int64_t now, struct err *err);

/* STAGED or QUEUED -> CANCELLED. DENIED when it is on its way or over. */
MUST_USE bool outbox_cancel(struct db *db, const char *actor,
			    const char *transaction, const char *why,
			    int64_t now, struct err *err);

/*
 * For consent_withdraw(): cancels all STAGED, SAMPLE, QUEUED that hold any of
 * the services. *waited (may be NULL): how many of them were QUEUED; the others
 * were shown to somebody and waited for nothing.
 */
MUST_USE bool outbox_purge(struct db *db, const char *actor, unsigned services,
			   int64_t now, size_t *waited, struct err *err);

/*
 * Cancels all QUEUED that this maker (created_by) made and that hold any of
 * the services.
 */
MUST_USE bool outbox_purge_made_by(struct db *db, const char *actor,
				   const char *maker, unsigned services,
				   const char *why, int64_t now,
				   struct err *err);

/* Daemon side. */
/* At start: SENDING -> QUEUED, due now */
MUST_USE bool outbox_recover(struct db *db, int64_t now, struct err *err);
/*
 * Calls row for all that is QUEUED or SENDING, oldest first, until it returns
 * false. Nothing may be changed during the calls. What goes when is queue.h's.
 */
MUST_USE bool outbox_each_waiting(struct db *db,
				  bool (*row)(void *ctx,
					      const struct outbox_item *item),
				  void *ctx, struct err *err);

/*
 * QUEUED -> SENDING in one transaction that checks that the grants in the item
 * still stand, that the body's SHA-256 is the approved one, and writes the
 * SENT entry. Errors: DENIED (grant gone: the item is CANCELLED), BUG-free
 * INVALID (hash differs: FAILED).
 */
MUST_USE bool outbox_begin(struct db *db, const char *transaction,
			   const char *peer, int64_t now, struct err *err);
/*
 * SENDING -> CANCELLED: the permission ended while the bytes went out, and
 * sending stopped before the last one. Says so in the log.
 */
MUST_USE bool outbox_stopped(struct db *db, const char *transaction,
			     const char *why, int64_t now, struct err *err);
MUST_USE bool outbox_progress(struct db *db, const char *transaction,
			      enum outbox_stage stage, struct err *err);
MUST_USE bool outbox_sent(struct db *db, const char *transaction,
			  const char *receipt_note, int64_t received_at,
			  int64_t now, struct err *err);
/* QUEUED or SENDING -> QUEUED */
MUST_USE bool outbox_retry(struct db *db, const char *transaction,
			   const char *problem, int64_t next_try_at,
			   int64_t now, struct err *err);
/*
 * Not this item failed but the way to the server: all else that is QUEUED and
 * would go before goes no earlier than next_try_at, for this reason; what has a
 * kind of document in common waits behind it anyway. None of it was tried: no
 * try is counted, and there is no entry. *count: how many are due later now.
 */
MUST_USE bool outbox_put_off_others(struct db *db,
				    const struct outbox_item *item,
				    const char *problem, int64_t next_try_at,
				    int64_t now, size_t *count,
				    struct err *err);
MUST_USE bool outbox_fail(struct db *db, const char *transaction,
			  const char *problem, int64_t now, struct err *err);

#endif
