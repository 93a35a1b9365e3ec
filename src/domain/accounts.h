#ifndef SLUICE_DOMAIN_ACCOUNTS_H
#define SLUICE_DOMAIN_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

#define ACCOUNT_NAME_MAX 64

/* People who sign in. Table accounts. There is no default account. */
struct account {
	int64_t id; /* 0 = none */
	/* [A-Za-z0-9._-], unique without regard to case */
	char name[ACCOUNT_NAME_MAX + 1];
	unsigned roles; /* enum role bits */
	bool disabled;
	int64_t created_at;
	int64_t last_sign_in_at; /* 0 = never */
	/* failed sign-ins since the last good one, before this one */
	int64_t failures_since;
	int64_t failed_at;    /* the last failed one; 0 = never */
	char failed_from[64]; /* its address; "" = this machine or never */
};

MUST_USE bool accounts_count(struct db *db, int64_t *count, struct err *err);

/* May an account be called so? Errors: INVALID, with what it may have. */
MUST_USE bool accounts_name_fits(const char *name, struct err *err);

/*
 * Every change writes a ledger entry in the same transaction; actor is who
 * did it, as ledger_append() takes it. known are words about this machine
 * (serial number, model), at most 8 up to a NULL, that a password must not be
 * made of, just as the account's name; NULL = none.
 * Errors: INVALID (name, password: see password_acceptable(), roles), DENIED
 * (name taken).
 */
MUST_USE bool accounts_create(struct db *db, const char *actor,
			      const char *name, const char *password,
			      const char *const *known, unsigned roles,
			      int64_t now, int64_t *id, struct err *err);
/* Ends all its sessions */
MUST_USE bool accounts_set_password(struct db *db, const char *actor,
				    int64_t id, const char *password,
				    const char *const *known, int64_t now,
				    struct err *err);
/* The last admin stays admin: DENIED */
MUST_USE bool accounts_set_roles(struct db *db, const char *actor, int64_t id,
				 unsigned roles, int64_t now, struct err *err);
/* Ends its sessions */
MUST_USE bool accounts_set_disabled(struct db *db, const char *actor,
				    int64_t id, bool disabled, int64_t now,
				    struct err *err);

/* NOT_FOUND */
MUST_USE bool accounts_find(struct db *db, const char *name,
			    struct account *account, struct err *err);
MUST_USE bool accounts_get(struct db *db, int64_t id, struct account *account,
			   struct err *err);

/* All, by name. *list is a mem_array of *count; caller mem_free()s. */
MUST_USE bool accounts_list(struct db *db, struct account **list, size_t *count,
			    struct err *err);

/*
 * Checks a password. Tries are counted per account and per address (a text
 * such as "192.0.2.14"); after 5 failures within 15 minutes each further try
 * is LIMIT until the pause, doubling from 30 s to 15 min, is over, without
 * looking at the password. A wrong name costs the same time and gives the
 * same DENIED as a wrong password. Both outcomes are ledger entries.
 */
MUST_USE bool accounts_sign_in(struct db *db, const char *name,
			       const char *password, const char *address,
			       int64_t now, struct account *account,
			       struct err *err);

#endif
