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
	/* account name in lower case; "?" for what can be no name; a device */
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
 * The same for what is no sign-in: "device ex7-004211", "device port
 * 192.0.2.1". With a space in it, subject is never what an account's name is
 * counted by.
 */
MUST_USE bool throttle_begin_other(struct db *db, const char *subject,
				   const char *address, int64_t now,
				   struct throttle_try *attempt,
				   struct err *err);

/*
 * The try was right: forgets the account's failures and takes this one off the
 * address.
 */
MUST_USE bool throttle_passed(struct db *db, const struct throttle_try *attempt,
			      struct err *err);

/* Failed tries of one account or address that still count. */
struct throttle_pause {
	char subject[65]; /* account name in lower case, or address */
	int64_t failures;
	int64_t last_at;
	int64_t paused_until; /* 0 = not paused */
};

/* What is counted against an account name. */
MUST_USE bool throttle_of_account(struct db *db, const char *name, int64_t now,
				  struct throttle_pause *pause,
				  struct err *err);

/*
 * The addresses that are paused. *list is a mem_array of *count (NULL if
 * none); caller mem_free()s.
 */
MUST_USE bool throttle_addresses(struct db *db, int64_t now,
				 struct throttle_pause **list, size_t *count,
				 struct err *err);

/*
 * Ends a pause and forgets what was counted; actor is who did it, as
 * ledger_append() takes it. A ledger entry. Errors: NOT_FOUND (not paused).
 */
MUST_USE bool throttle_lift_account(struct db *db, const char *actor,
				    const char *name, int64_t now,
				    struct err *err);
MUST_USE bool throttle_lift_address(struct db *db, const char *actor,
				    const char *address, int64_t now,
				    struct err *err);

#endif
