/*
 * Signed-in browsers. The token is 32 random bytes; the table keeps its
 * SHA-256, so that a stolen copy of the database opens no session. Cookies
 * and CSRF tokens are web's.
 */
#include "domain/sessions.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "domain/accounts_parts.h"
#include "domain/ledger.h"
#include "domain/line.h"

#define TOKEN_BYTES 32
#define TOUCH_S 60              /* seen_at is written at most this often */
#define SESSIONS_PER_ACCOUNT 10 /* the oldest ones end */
#define CLOCK_SLACK_S 60        /* clock set back by more ends a session */

static bool token_hash(const char *token, uint8_t hash[SHA256_SIZE])
{
	size_t len = token == NULL ? 0 : strnlen(token, SESSION_TOKEN_SIZE);
	if (len != SESSION_TOKEN_SIZE - 1) {
		return false;
	}
	struct buf raw = BUF_INIT;
	bool ok = base64url_decode(&raw, token, len) && raw.len == TOKEN_BYTES;
	if (ok) {
		sha256_bytes(raw.data, raw.len, hash);
	}
	buf_burn(&raw);
	return ok;
}

static void token_make(char token[SESSION_TOKEN_SIZE],
		       uint8_t hash[SHA256_SIZE])
{
	uint8_t raw[TOKEN_BYTES];
	random_bytes(raw, sizeof(raw));
	sha256_bytes(raw, sizeof(raw), hash);
	struct buf text = BUF_INIT;
	base64url_put(&text, raw, sizeof(raw));
	memcpy(token, buf_str(&text), SESSION_TOKEN_SIZE);
	buf_burn(&text);
	mem_burn(raw, sizeof(raw));
}

/* Drops what is too old and all but the newest of the account. */
static bool tidy(struct db *db, int64_t account, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "DELETE FROM sessions WHERE seen_at <= ? "
		      "OR created_at <= ? OR (account = ? AND id NOT IN "
		      "(SELECT id FROM sessions WHERE account = ? "
		      "ORDER BY id DESC LIMIT ?))",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now - SESSION_IDLE_S);
	db_bind_int(&q, 2, now - SESSION_ABSOLUTE_S);
	db_bind_int(&q, 3, account);
	db_bind_int(&q, 4, account);
	db_bind_int(&q, 5, SESSIONS_PER_ACCOUNT - 1);
	return db_run(&q, err);
}

static bool insert(struct db *db, int64_t account_id, const char *address,
		   int64_t now, const uint8_t hash[SHA256_SIZE],
		   struct err *err)
{
	struct account account;
	struct stmt q;
	if (!accounts_get(db, account_id, &account, err)) {
		return false;
	}
	if (account.disabled) {
		return err_set(err, ERR_DENIED, "the account is disabled");
	}
	if (!tidy(db, account_id, now, err) ||
	    !db_query(db, &q,
		      "INSERT INTO sessions (token_sha256, account, "
		      "address, created_at, seen_at) VALUES (?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	char from[sizeof(((struct session *)NULL)->address)];
	line_copy(from, sizeof(from), address);
	db_bind_blob(&q, 1, hash, SHA256_SIZE);
	db_bind_int(&q, 2, account_id);
	db_bind_text(&q, 3, from);
	db_bind_int(&q, 4, now);
	db_bind_int(&q, 5, now);
	return db_run(&q, err);
}

bool sessions_start(struct db *db, int64_t account_id, const char *address,
		    int64_t now, char token[SESSION_TOKEN_SIZE],
		    struct err *err)
{
	char made[SESSION_TOKEN_SIZE];
	uint8_t hash[SHA256_SIZE];
	token_make(made, hash);
	bool ok = db_begin(db, err) &&
		  db_finish(db, insert(db, account_id, address, now, hash, err),
			    err);
	if (ok) {
		memcpy(token, made, sizeof(made));
	}
	mem_burn(made, sizeof(made));
	return ok;
}

static bool is_alive(const struct session *s, int64_t now)
{
	return !s->account.disabled && now - s->seen_at < SESSION_IDLE_S &&
	       now - s->created_at < SESSION_ABSOLUTE_S &&
	       s->seen_at - now <= CLOCK_SLACK_S;
}

#define SESSION_COLUMNS                                        \
	"SELECT sessions.id, sessions.created_at, "            \
	"sessions.seen_at, sessions.address, " ACCOUNT_COLUMNS \
	" FROM sessions JOIN accounts "                        \
	"ON accounts.id = sessions.account "

static void session_row(const struct stmt *q, void *row)
{
	struct session *session = row;
	*session = (struct session){
		.id = db_int(q, 0),
		.created_at = db_int(q, 1),
		.seen_at = db_int(q, 2),
	};
	line_copy(session->address, sizeof(session->address), db_text(q, 3));
	account_row(q, 4, &session->account);
}

static bool read_session(struct db *db, const uint8_t hash[SHA256_SIZE],
			 struct session *session, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, SESSION_COLUMNS "WHERE token_sha256 = ?", err)) {
		return false;
	}
	db_bind_blob(&q, 1, hash, SHA256_SIZE);
	*session = (struct session){ .id = 0 };
	if (db_row(&q)) {
		session_row(&q, session);
	}
	return db_done(&q, err);
}

bool sessions_get(struct db *db, int64_t id, int64_t now,
		  struct session *session, struct err *err)
{
	struct session found = { .id = 0 };
	struct stmt q;
	if (!db_query(db, &q, SESSION_COLUMNS "WHERE sessions.id = ?", err)) {
		return false;
	}
	db_bind_int(&q, 1, id);
	if (db_row(&q)) {
		session_row(&q, &found);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (found.id == 0 || !is_alive(&found, now)) {
		return err_set(err, ERR_NOT_FOUND, "this session has ended");
	}
	*session = found;
	return true;
}

bool sessions_list(struct db *db, int64_t account_id, int64_t now,
		   struct session **list, size_t *count, struct err *err)
{
	struct stmt q;
	void *rows = NULL;
	size_t found = 0;
	if (!db_query(db, &q,
		      SESSION_COLUMNS "WHERE ? IN (0, sessions.account) "
				      "ORDER BY sessions.seen_at DESC, "
				      "sessions.id DESC",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, account_id);
	if (!db_read_all(&q, sizeof(struct session), session_row, &rows, &found,
			 err)) {
		return false;
	}
	struct session *all = rows;
	size_t alive = 0;
	for (size_t i = 0; i < found; i++) {
		if (is_alive(&all[i], now)) {
			all[alive++] = all[i];
		}
	}
	*list = all;
	*count = alive;
	return true;
}

/* A full disk must not keep people from reading, so failing is no error. */
static void touch(struct db *db, const struct session *session, int64_t now)
{
	struct stmt q;
	if (!db_query(db, &q, "UPDATE sessions SET seen_at = ? WHERE id = ?",
		      NULL)) {
		return;
	}
	db_bind_int(&q, 1, now);
	db_bind_int(&q, 2, session->id);
	bool done = db_run(&q, NULL);
	(void)done;
}

bool sessions_find(struct db *db, const char *token, int64_t now,
		   struct session *session, struct err *err)
{
	uint8_t hash[SHA256_SIZE];
	struct session found = { .id = 0 };
	if (token_hash(token, hash) && !read_session(db, hash, &found, err)) {
		return false;
	}
	if (found.id == 0 || !is_alive(&found, now)) {
		return err_set(err, ERR_NOT_FOUND,
			       "you are not signed in, or "
			       "were signed out after a while; sign in again");
	}
	if (now - found.seen_at >= TOUCH_S) {
		touch(db, &found, now);
		found.seen_at = now;
	}
	*session = found;
	return true;
}

static bool log_end(struct db *db, const char *actor, int64_t now,
		    const char *text, struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_SIGN_OUT,
		.actor = actor,
		.result = "ok",
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

static bool log_end_one(struct db *db, const char *actor,
			const struct session *session, int64_t now,
			struct err *err)
{
	struct buf text = BUF_INIT;
	if (text_equal(actor, session->account.name)) {
		buf_printf(&text, "the session from %s", session->address);
	} else {
		buf_printf(&text, "a session of \"%s\" from %s was ended",
			   session->account.name, session->address);
	}
	bool ok = log_end(db, actor, now, buf_str(&text), err);
	buf_clear(&text);
	return ok;
}

static bool end_one(struct db *db, const char *actor, int64_t account_id,
		    int64_t id, int64_t now, struct err *err)
{
	struct stmt q;
	struct session session = { .id = 0 };
	if (!db_query(db, &q,
		      SESSION_COLUMNS
		      "WHERE sessions.id = ? AND ? IN (0, sessions.account)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, id);
	db_bind_int(&q, 2, account_id);
	if (db_row(&q)) {
		session_row(&q, &session);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (session.id == 0) {
		return err_set(err, ERR_NOT_FOUND,
			       "there is no such session; it may have ended "
			       "meanwhile");
	}
	if (!db_query(db, &q, "DELETE FROM sessions WHERE id = ?", err)) {
		return false;
	}
	db_bind_int(&q, 1, id);
	return db_run(&q, err) && log_end_one(db, actor, &session, now, err);
}

bool sessions_end(struct db *db, const char *actor, int64_t account_id,
		  int64_t id, int64_t now, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db, end_one(db, actor, account_id, id, now, err), err);
}

static bool end_all(struct db *db, const char *actor, int64_t account_id,
		    int64_t keep, int64_t now, struct err *err)
{
	struct account account;
	struct stmt q;
	if (!accounts_get(db, account_id, &account, err) ||
	    !db_query(db, &q,
		      "DELETE FROM sessions WHERE account = ? AND id <> ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, account_id);
	db_bind_int(&q, 2, keep);
	if (!db_run(&q, err)) {
		return false;
	}
	int64_t ended = db_changes(db);
	if (ended == 0) {
		return true;
	}
	struct buf text = BUF_INIT;
	buf_printf(&text, "all %ssessions of \"%s\" were ended (%" PRId64 ")",
		   keep == 0 ? "" : "other ", account.name, ended);
	bool ok = log_end(db, actor, now, buf_str(&text), err);
	buf_clear(&text);
	return ok;
}

bool sessions_end_all(struct db *db, const char *actor, int64_t account_id,
		      int64_t keep, int64_t now, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db, end_all(db, actor, account_id, keep, now, err),
			 err);
}
