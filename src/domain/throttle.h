#ifndef SLUICE_DOMAIN_THROTTLE_H
#define SLUICE_DOMAIN_THROTTLE_H

#include <stdint.h>

#include "store/db.h"

/* Failures before the first pause. */
#define THROTTLE_TRIES 5
/* Quiet time after which failures are forgotten. */
#define THROTTLE_FORGET_S (15 * 60)
/* First pause; it doubles with each further failure up to the longest. */
#define THROTTLE_PAUSE_S 30
#define THROTTLE_PAUSE_MAX_S (15 * 60)

/*
 * Counts tries to sign in, by account name and by address, table
 * sign_in_tries. A try is counted as failed before the password is looked at,
 * so that many at the same time do not slip through; one that turns out right
 * is taken back.
 */
struct throttle_try {
	/* account name in lower case; "?" for what can be no name */
	char name[65];
	char address[64]; /* "" = not counted by address */
	/* end of the pause before this try, 0 = none */
	int64_t address_paused;
	int64_t address_paused_new; /* and with it */
	/* pause that begins if this try fails, 0 = none */
	int64_t pause_s;
};

/* Errors: LIMIT (paused; the text says how long), RETRY, IO. */
MUST_USE bool throttle_begin(struct db *db, const char *name,
			     const char *address, int64_t now,
			     struct throttle_try *attempt, struct err *err);

/*
 * The try was right: forgets the account's failures and takes this one off the
 * address.
 */
MUST_USE bool throttle_passed(struct db *db, const struct throttle_try *attempt,
			      struct err *err);

#endif
