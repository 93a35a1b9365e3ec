#ifndef SLUICE_DOMAIN_ACCOUNTS_PARTS_H
#define SLUICE_DOMAIN_ACCOUNTS_PARTS_H

#include "crypto/password.h"
#include "domain/accounts.h"

/*
 * What accounts, sign-in, sessions and set-up share. Nobody else includes
 * this.
 */

#define ACCOUNT_COLUMNS                                 \
	"accounts.id, accounts.name, accounts.roles, "  \
	"accounts.disabled, accounts.created_at, "      \
	"accounts.last_sign_in_at, accounts.failures, " \
	"accounts.failed_at, accounts.failed_from"
#define ACCOUNT_COLUMNS_COUNT 9

/* Reads ACCOUNT_COLUMNS, which begin at column first. */
void account_row(const struct stmt *q, int first, struct account *account);

/* 1 to 64 of [A-Za-z0-9._-]? NULL is none. */
bool account_name_valid(const char *name);

/* Name, password and roles may be so? Errors: INVALID. */
MUST_USE bool account_acceptable(const char *name, const char *password,
				 const char *const *known, unsigned roles,
				 struct err *err);

/*
 * Writes the row and its entry in the caller's transaction. Errors: DENIED
 * (name taken).
 */
MUST_USE bool account_insert(struct db *db, const char *actor, const char *name,
			     const char hash[PASSWORD_HASH_SIZE],
			     unsigned roles, int64_t now, int64_t *id,
			     struct err *err);

#endif
