#ifndef SLUICE_DOMAIN_JOBS_PARTS_H
#define SLUICE_DOMAIN_JOBS_PARTS_H

#include "domain/jobs.h"
#include "domain/ledger.h"

/* What the files jobs*.c share. Nobody else includes this. */

enum jobs_order_state jobs_order_state_by_name(const char *name);
const char *jobs_order_state_name(enum jobs_order_state state);
enum jobs_item_state jobs_item_state_by_name(const char *name);
bool jobs_item_is_over(enum jobs_item_state state);

/*
 * Is job data allowed now, and under which grant? grant "" = any. Errors:
 * DENIED.
 */
MUST_USE bool jobs_allowed(struct db *db, int64_t now, const char *grant,
			   char found[UUID_TEXT_SIZE], struct err *err);

/*
 * Does this session of this account stand, and may the account send job data?
 * Errors: DENIED (gone: what to say when the session has ended).
 */
MUST_USE bool jobs_session_may(struct db *db, int64_t id, int64_t account,
			       const char *gone, int64_t now, struct err *err);

/* The same of the person who chose. */
MUST_USE bool jobs_person_stands(struct db *db, const struct jobs_order *order,
				 int64_t now, struct err *err);

/* Is it less than JOBS_CHOSEN_S since the last step of a person? */
bool jobs_is_in_time(const struct jobs_order *order, int64_t now);

/* Random, for the token of the next step. */
void jobs_make_nonce(char nonce[JOBS_NONCE_SIZE]);

/* An entry about an order (item NULL) or one of its jobs. */
MUST_USE bool jobs_log(struct db *db, enum ledger_kind kind,
		       const struct jobs_order *order,
		       const struct jobs_item *item, const char *actor,
		       const char *result, const char *text, int64_t now,
		       struct err *err);

/* Keeps a refusal, whatever else was rolled back. */
void jobs_log_refused(struct db *db, const char *actor, const char *order,
		      const struct err *why, int64_t now);

/* "Colour desk (age1...), Other (age1...)" */
void jobs_put_recipients(struct buf *out, const struct jobs_order *order);

/* item->state -> to, in the caller's transaction. Errors: DENIED, BUG. */
MUST_USE bool jobs_move(struct db *db, struct jobs_item *item,
			enum jobs_item_state to, const char *problem,
			struct err *err);

/*
 * Ends an order and what of it is not over; problem says why. Inside the
 * caller's transaction, in which the order was read.
 */
MUST_USE bool jobs_end_order(struct db *db, struct jobs_order *order,
			     const char *actor, const char *problem,
			     int64_t now, struct err *err);

/* Ends the order when each of its jobs is over. */
MUST_USE bool jobs_finish_order(struct db *db, const char *order, int64_t now,
				struct err *err);

/* Orders that are not over, oldest first. *list: caller mem_free()s. */
MUST_USE bool jobs_open_orders(struct db *db, struct jobs_order **list,
			       size_t *count, struct err *err);

#endif
