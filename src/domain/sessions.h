#ifndef SLUICE_DOMAIN_SESSIONS_H
#define SLUICE_DOMAIN_SESSIONS_H

#include <stdint.h>

#include "domain/accounts.h"

#define SESSION_TOKEN_SIZE 44 /* 32 random bytes, base64url, NUL */
#define SESSION_IDLE_S (15 * 60)
#define SESSION_ABSOLUTE_S (12 * 60 * 60)

/* Signed-in browsers. Table sessions keeps the SHA-256 of the token only. */
struct session {
	int64_t id; /* 0 = none */
	/* as it is now: roles changed or disabled act at once */
	struct account account;
	int64_t created_at;
	int64_t seen_at;
	char address[64];
};

MUST_USE bool sessions_start(struct db *db, int64_t account_id,
			     const char *address, int64_t now,
			     char token[SESSION_TOKEN_SIZE], struct err *err);

/*
 * NOT_FOUND: no such session, ended, idle or too old, or the account is
 * disabled. Marks it as seen (at most once a minute).
 */
MUST_USE bool sessions_find(struct db *db, const char *token, int64_t now,
			    struct session *session, struct err *err);

/* A ledger entry */
MUST_USE bool sessions_end(struct db *db, int64_t id, int64_t now,
			   struct err *err);
MUST_USE bool sessions_end_all(struct db *db, int64_t account_id, int64_t now,
			       struct err *err);

#endif
