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

/*
 * A fresh random token each time. Of an account's sessions the newest ten stay.
 * Errors: NOT_FOUND, DENIED (disabled).
 */
MUST_USE bool sessions_start(struct db *db, int64_t account_id,
			     const char *address, int64_t now,
			     char token[SESSION_TOKEN_SIZE], struct err *err);

/*
 * NOT_FOUND: no such session, ended, idle or too old, or the account is
 * disabled. Marks it as seen (at most once a minute).
 */
MUST_USE bool sessions_find(struct db *db, const char *token, int64_t now,
			    struct session *session, struct err *err);

/*
 * A session that stands, by its id; without marking it as seen. NOT_FOUND as
 * for sessions_find().
 */
MUST_USE bool sessions_get(struct db *db, int64_t id, int64_t now,
			   struct session *session, struct err *err);

/*
 * Those that have not ended, the one that was used last first; account_id 0 =
 * of all accounts. *list is a mem_array of *count (NULL if none); caller
 * mem_free()s.
 */
MUST_USE bool sessions_list(struct db *db, int64_t account_id, int64_t now,
			    struct session **list, size_t *count,
			    struct err *err);

/*
 * Ends one session; actor is who did it, as ledger_append() takes it. Another
 * account's session is not touched: account_id 0 = whosever it is. A ledger
 * entry. Errors: NOT_FOUND (ended before, or of another account).
 */
MUST_USE bool sessions_end(struct db *db, const char *actor, int64_t account_id,
			   int64_t id, int64_t now, struct err *err);
/* All of an account but keep (0 = none). A ledger entry if there were any. */
MUST_USE bool sessions_end_all(struct db *db, const char *actor,
			       int64_t account_id, int64_t keep, int64_t now,
			       struct err *err);

#endif
