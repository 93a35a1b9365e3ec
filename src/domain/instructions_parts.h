#ifndef SLUICE_DOMAIN_INSTRUCTIONS_PARTS_H
#define SLUICE_DOMAIN_INSTRUCTIONS_PARTS_H

#include "domain/instructions.h"

/* What the instructions*.c share. */

/* Setting: what lies up to this number is not taken again; 0 = all is here. */
#define INSTRUCTIONS_ANSWERED "instructions_answered"

/*
 * Ends all of a kind (UNSET: of any) that wait or are approved and whose time
 * is over at that moment (INT64_MAX: whatever their time), for this reason.
 * In the caller's transaction.
 */
MUST_USE bool instructions_refuse_open(struct db *db, const char *actor,
				       enum instruction_kind kind,
				       int64_t over_at,
				       enum instruction_refusal refusal,
				       int64_t now, struct err *err);

/* Was this number ever taken? */
MUST_USE bool instructions_was_taken(struct db *db, uint64_t number,
				     bool *taken, struct err *err);

/*
 * Deletes what lies before the newest INSTRUCTIONS_KEPT, is over, and was told
 * to the server. In the caller's transaction.
 */
MUST_USE bool instructions_forget(struct db *db, struct err *err);

#endif
