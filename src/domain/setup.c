/*
 * The first set-up: a one-time code and the account that it makes. The code
 * is shown once, by whoever made it; table setup_code keeps its SHA-256 (60
 * random bits need no slow hash). Pages of the set-up are cgi's.
 */
#include "domain/setup.h"

#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "domain/accounts_parts.h"
#include "domain/ledger.h"
#include "domain/line.h"

#define CODE_LETTERS 12
#define WRONG_TRIES_MAX 10
#define NEW_CODE "who installed this makes another with \"init --new-code\""

/* Without I, O, 0 and 1: 32 of them, 5 bits each. */
static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/* Case and dashes do not matter. false: this can be no code. */
static bool code_hash(const char *code, uint8_t hash[SHA256_SIZE])
{
	char plain[CODE_LETTERS];
	size_t used = 0;
	for (const char *at = code; at != NULL && *at != '\0'; at++) {
		int c = toupper((unsigned char)*at);
		if (c == '-' || c == ' ') {
			continue;
		}
		if (used == CODE_LETTERS || strchr(letters, c) == NULL) {
			return false;
		}
		plain[used++] = (char)c;
	}
	if (used != CODE_LETTERS) {
		return false;
	}
	sha256_bytes(plain, sizeof(plain), hash);
	mem_burn(plain, sizeof(plain));
	return true;
}

static void code_make(char code[SETUP_CODE_SIZE])
{
	uint8_t raw[CODE_LETTERS];
	random_bytes(raw, sizeof(raw));
	size_t used = 0;
	for (size_t i = 0; i < CODE_LETTERS; i++) {
		if (i > 0 && i % 4 == 0) {
			code[used++] = '-';
		}
		code[used++] = letters[raw[i] % 32];
	}
	code[used] = '\0';
	mem_burn(raw, sizeof(raw));
}

static bool log_setup(struct db *db, enum ledger_kind kind, const char *actor,
		      const char *result, const char *text, int64_t now,
		      struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = kind,
		.actor = actor,
		.result = result,
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

bool setup_is_open(struct db *db, bool *open, struct err *err)
{
	int64_t count;
	if (!accounts_count(db, &count, err)) {
		return false;
	}
	*open = count == 0;
	return true;
}

static bool refuse_when_done(struct db *db, struct err *err)
{
	bool open;
	if (!setup_is_open(db, &open, err)) {
		return false;
	}
	return open || err_set(err, ERR_DENIED,
			       "set-up is done already; "
			       "sign in instead");
}

static bool save_code(struct db *db, const uint8_t hash[SHA256_SIZE],
		      int64_t now, int64_t expires_at, struct err *err)
{
	struct stmt q;
	if (!refuse_when_done(db, err) ||
	    !db_query(db, &q,
		      "INSERT OR REPLACE INTO setup_code "
		      "(id, code_sha256, made_at, expires_at) "
		      "VALUES (1, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_blob(&q, 1, hash, SHA256_SIZE);
	db_bind_int(&q, 2, now);
	db_bind_int(&q, 3, expires_at);
	char until[CLOCK_TEXT_SIZE];
	clock_format(until, expires_at);
	char text[80] = "a set-up code was made, valid until ";
	strcat(text, until);
	return db_run(&q, err) &&
	       log_setup(db, LEDGER_SETUP, "", "ok", text, now, err);
}

bool setup_make_code(struct db *db, int64_t now, int64_t valid_s,
		     char code[SETUP_CODE_SIZE], struct err *err)
{
	char made[SETUP_CODE_SIZE];
	uint8_t hash[SHA256_SIZE];
	code_make(made);
	bool ok = code_hash(made, hash) && db_begin(db, err) &&
		  db_finish(db, save_code(db, hash, now, now + valid_s, err),
			    err);
	if (ok) {
		memcpy(code, made, sizeof(made));
	}
	mem_burn(made, sizeof(made));
	return ok;
}

enum verdict { CODE_UNSET = 0, CODE_RIGHT, CODE_WRONG, CODE_OLD, CODE_BLOCKED };

static bool judge(struct db *db, const char *code, int64_t now,
		  enum verdict *verdict, struct err *err)
{
	uint8_t hash[SHA256_SIZE];
	bool possible = code_hash(code, hash);
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT code_sha256, expires_at, wrong_tries, "
		      "used_at FROM setup_code WHERE id = 1",
		      err)) {
		return false;
	}
	*verdict = CODE_WRONG;
	if (db_row(&q)) {
		size_t len;
		const void *right = db_blob(&q, 0, &len);
		if (db_int(&q, 2) >= WRONG_TRIES_MAX) {
			*verdict = CODE_BLOCKED;
		} else if (possible && len == sizeof(hash) &&
			   mem_equal_ct(right, hash, sizeof(hash))) {
			bool old = now >= db_int(&q, 1) || db_int(&q, 3) != 0;
			*verdict = old ? CODE_OLD : CODE_RIGHT;
		}
	}
	return db_done(&q, err);
}

static bool count_wrong(struct db *db, struct err *err)
{
	struct stmt q;
	return db_query(db, &q,
			"UPDATE setup_code SET "
			"wrong_tries = wrong_tries + 1 WHERE id = 1",
			err) &&
	       db_run(&q, err);
}

/*
 * Looks at the code and records a refusal. Blocked tries leave no entry, or
 * anybody could fill the log.
 */
static bool look(struct db *db, const char *code, const char *address,
		 int64_t now, enum verdict *verdict, struct err *err)
{
	if (!refuse_when_done(db, err) || !judge(db, code, now, verdict, err)) {
		return false;
	}
	if (*verdict == CODE_RIGHT || *verdict == CODE_BLOCKED) {
		return true;
	}
	return count_wrong(db, err) &&
	       log_setup(db, LEDGER_REFUSED, address, "refused",
			 *verdict == CODE_OLD
				 ? "set-up with a code that was used or expired"
				 : "set-up with a wrong code",
			 now, err);
}

static bool check_code(struct db *db, const char *code, const char *address,
		       int64_t now, struct err *err)
{
	enum verdict verdict = CODE_UNSET;
	if (!db_begin(db, err) ||
	    !db_finish(db, look(db, code, address, now, &verdict, err), err)) {
		return false;
	}
	switch (verdict) {
	case CODE_RIGHT:
		return true;
	case CODE_BLOCKED:
		return err_set(err, ERR_LIMIT,
			       "too many wrong codes, so this one is "
			       "blocked; " NEW_CODE);
	case CODE_OLD:
		return err_set(err, ERR_DENIED,
			       "this code was used or has run out; " NEW_CODE);
	default:
		return err_set(err, ERR_DENIED,
			       "this is not the set-up code; compare it letter "
			       "by letter with the newest one that was shown");
	}
}

/* Who finishes the set-up is signed in by that. */
static bool signed_in(struct db *db, int64_t id, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE accounts SET last_sign_in_at = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_int(&q, 2, id);
	return db_run(&q, err);
}

static bool use_code(struct db *db, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE setup_code SET used_at = ? "
		      "WHERE id = 1",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	return db_run(&q, err);
}

/* The code is judged again: another process may have used it meanwhile. */
static bool make_account(struct db *db, const char *code, const char *name,
			 const char *hash, unsigned roles, int64_t now,
			 int64_t *id, struct err *err)
{
	enum verdict verdict = CODE_UNSET;
	if (!refuse_when_done(db, err) ||
	    !judge(db, code, now, &verdict, err)) {
		return false;
	}
	if (verdict != CODE_RIGHT) {
		return err_set(err, ERR_DENIED,
			       "this code was replaced; use "
			       "the newest one");
	}
	return use_code(db, now, err) &&
	       account_insert(db, name, name, hash, roles, now, id, err) &&
	       signed_in(db, *id, now, err) &&
	       log_setup(db, LEDGER_SETUP, name, "ok",
			 "the first account was made with the set-up code", now,
			 err);
}

bool setup_finish(struct db *db, const char *code, const char *name,
		  const char *password, const char *const *known,
		  unsigned roles, const char *address, int64_t now,
		  int64_t *account_id, struct err *err)
{
	char hash[PASSWORD_HASH_SIZE];
	int64_t id = 0;
	if (!check_code(db, code, address, now, err) ||
	    !account_acceptable(name, password, known, roles, err) ||
	    !password_hash(password, strlen(password), hash, err)) {
		return false;
	}
	bool ok = db_begin(db, err) &&
		  db_finish(db,
			    make_account(db, code, name, hash, roles, now, &id,
					 err),
			    err);
	mem_burn(hash, sizeof(hash));
	if (ok) {
		*account_id = id;
	}
	return ok;
}
