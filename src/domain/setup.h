#ifndef SLUICE_DOMAIN_SETUP_H
#define SLUICE_DOMAIN_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

#define SETUP_CODE_SIZE 15 /* "ABCD-EFGH-JKLM" and NUL */

/*
 * First set-up: a one-time code that stands on the device's panel or in the
 * administrator's terminal, and that makes the first account. Only its hash
 * is kept. 12 letters and digits without look-alikes: 60 bits.
 */
/* Replaces an older one */
MUST_USE bool setup_make_code(struct db *db, int64_t now, int64_t valid_s,
			      char code[SETUP_CODE_SIZE], struct err *err);

/* Is set-up still open (no account yet)? */
MUST_USE bool setup_is_open(struct db *db, bool *open, struct err *err);

/*
 * Makes the first account with these roles and uses the code up, in one
 * transaction. known as for accounts_create(). Case and dashes in code do not matter.
 * Errors: DENIED (wrong, used or expired code; set-up is done already), LIMIT
 * (10 wrong tries: a new code must be made), INVALID (name or
 * password). Refusals are ledger entries.
 */
MUST_USE bool setup_finish(struct db *db, const char *code, const char *name,
			   const char *password, const char *const *known,
			   unsigned roles, const char *address, int64_t now,
			   int64_t *account_id, struct err *err);

#endif
