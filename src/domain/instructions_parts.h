#ifndef SLUICE_DOMAIN_INSTRUCTIONS_PARTS_H
#define SLUICE_DOMAIN_INSTRUCTIONS_PARTS_H

#include "domain/instructions.h"

/* What the instructions*.c share. */

/* An entry about one; actor as ledger_append() takes it. */
MUST_USE bool instructions_log(struct db *db, const struct instruction *is,
			       const char *actor, const char *result,
			       const char *text, int64_t now, struct err *err);

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

#endif
