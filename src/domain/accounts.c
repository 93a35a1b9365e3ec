/*
 * Accounts: making, changing, listing. Signing in is in accounts_sign_in.c,
 * names of roles in roles.c. A password is hashed outside of any transaction:
 * it takes long and others must be able to write meanwhile.
 */
#include "domain/accounts.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "domain/accounts_parts.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/roles.h"
#include "domain/sessions.h"

#define KNOWN_MAX 8 /* words about the machine */

#define ROLES_OF_ACCOUNTS                                        \
	((unsigned)(ROLE_ADMIN | ROLE_CUSTOMER | ROLE_OPERATOR | \
		    ROLE_AUDITOR | ROLE_STAFF | ROLE_JOB_DATA))

void account_row(const struct stmt *q, int first, struct account *account)
{
	*account = (struct account){
		.id = db_int(q, first),
		.roles = (unsigned)db_int(q, first + 2) & ROLES_OF_ACCOUNTS,
		.disabled = db_int(q, first + 3) != 0,
		.created_at = db_int(q, first + 4),
		.last_sign_in_at = db_int(q, first + 5),
		.failures_since = db_int(q, first + 6),
		.failed_at = db_int(q, first + 7),
	};
	line_copy(account->failed_from, sizeof(account->failed_from),
		  db_text(q, first + 8));
	line_copy(account->name, sizeof(account->name), db_text(q, first + 1));
}

bool account_name_valid(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";
	if (name == NULL) {
		return false;
	}
	size_t len = strnlen(name, ACCOUNT_NAME_MAX + 1);
	return len >= 1 && len <= ACCOUNT_NAME_MAX &&
	       strspn(name, allowed) == len;
}

static bool roles_valid(unsigned roles, struct err *err)
{
	return (roles & ~ROLES_OF_ACCOUNTS) == 0 ||
	       err_set(err, ERR_INVALID, "an account cannot hold such a role");
}

/* The name of the account is known as well. */
static bool password_fits(const char *password, const char *name,
			  const char *const *known, struct err *err)
{
	const char *words[1 + KNOWN_MAX + 1] = { name };
	for (size_t i = 0; i < KNOWN_MAX && known != NULL && known[i] != NULL;
	     i++) {
		words[1 + i] = known[i];
	}
	return password_acceptable(password, words, err);
}

/* The log names these where no person acted: nobody may be called so. */
static bool is_reserved(const char *name)
{
	static const char *const reserved[] = { "alarm",       "daemon",
						"instruction", "policy",
						"server",      "timer" };
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (strcasecmp(name, reserved[i]) == 0) {
			return true;
		}
	}
	return false;
}

bool accounts_name_fits(const char *name, struct err *err)
{
	if (!account_name_valid(name)) {
		return err_set(err, ERR_INVALID,
			       "a name has 1 to %d letters, "
			       "digits, dots, hyphens or underscores",
			       ACCOUNT_NAME_MAX);
	}
	if (is_reserved(name)) {
		return err_set(err, ERR_INVALID,
			       "the log uses the name %s for what no person "
			       "does; choose another one",
			       name);
	}
	return true;
}

bool account_acceptable(const char *name, const char *password,
			const char *const *known, unsigned roles,
			struct err *err)
{
	return accounts_name_fits(name, err) && roles_valid(roles, err) &&
	       password_fits(password, name, known, err);
}

/* Writes the entry of a change. what is for people, "made; roles: admin". */
static bool log_change(struct db *db, const char *actor, int64_t now,
		       const char *name, const char *what, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "account \"%s\" %s", name, what);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_ACCOUNT,
		.actor = actor,
		.result = "ok",
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

static bool log_roles(struct db *db, const char *actor, int64_t now,
		      const char *name, const char *what, unsigned roles,
		      struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s; roles: ", what);
	if (roles == 0) {
		buf_put_str(&text, "none");
	}
	roles_put(&text, roles);
	bool ok = log_change(db, actor, now, name, buf_str(&text), err);
	buf_clear(&text);
	return ok;
}

static bool refuse_taken(struct db *db, const char *name, struct err *err)
{
	struct account other;
	struct err why = { .kind = ERR_NONE };
	if (accounts_find(db, name, &other, &why)) {
		return err_set(err, ERR_DENIED, "the name %s is taken",
			       other.name);
	}
	return why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}

bool account_insert(struct db *db, const char *actor, const char *name,
		    const char hash[PASSWORD_HASH_SIZE], unsigned roles,
		    int64_t now, int64_t *id, struct err *err)
{
	struct stmt q;
	if (!refuse_taken(db, name, err) ||
	    !db_query(db, &q,
		      "INSERT INTO accounts (name, password, roles, "
		      "created_at) VALUES (?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, name);
	db_bind_text(&q, 2, hash);
	db_bind_int(&q, 3, roles);
	db_bind_int(&q, 4, now);
	if (!db_run(&q, err)) {
		return false;
	}
	int64_t made = db_last_id(db);
	if (!log_roles(db, actor, now, name, "made", roles, err)) {
		return false;
	}
	*id = made;
	return true;
}

bool accounts_create(struct db *db, const char *actor, const char *name,
		     const char *password, const char *const *known,
		     unsigned roles, int64_t now, int64_t *id, struct err *err)
{
	char hash[PASSWORD_HASH_SIZE];
	int64_t made = 0;
	if (!account_acceptable(name, password, known, roles, err) ||
	    !refuse_taken(db, name, err) ||
	    !password_hash(password, strlen(password), hash, err)) {
		return false;
	}
	bool ok = db_begin(db, err) &&
		  db_finish(db,
			    account_insert(db, actor, name, hash, roles, now,
					   &made, err),
			    err);
	mem_burn(hash, sizeof(hash));
	if (ok) {
		*id = made;
	}
	return ok;
}

static bool write_password(struct db *db, const char *actor,
			   const struct account *account, const char *hash,
			   int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "UPDATE accounts SET password = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, hash);
	db_bind_int(&q, 2, account->id);
	return db_run(&q, err) &&
	       log_change(db, actor, now, account->name, "has a new password",
			  err) &&
	       sessions_end_all(db, actor, account->id, 0, now, err);
}

bool accounts_set_password(struct db *db, const char *actor, int64_t id,
			   const char *password, const char *const *known,
			   int64_t now, struct err *err)
{
	struct account account;
	char hash[PASSWORD_HASH_SIZE];
	if (!accounts_get(db, id, &account, err) ||
	    !password_fits(password, account.name, known, err) ||
	    !password_hash(password, strlen(password), hash, err)) {
		return false;
	}
	bool ok = db_begin(db, err) &&
		  db_finish(db,
			    write_password(db, actor, &account, hash, now, err),
			    err);
	mem_burn(hash, sizeof(hash));
	return ok;
}

/* Somebody must be able to manage accounts. */
static bool keep_an_admin(struct db *db, const struct account *leaving,
			  struct err *err)
{
	if ((leaving->roles & ROLE_ADMIN) == 0 || leaving->disabled) {
		return true;
	}
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT count(*) FROM accounts WHERE id <> ? "
		      "AND disabled = 0 AND (roles & ?) <> 0",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, leaving->id);
	db_bind_int(&q, 2, ROLE_ADMIN);
	int64_t others = db_row(&q) ? db_int(&q, 0) : 0;
	if (!db_done(&q, err)) {
		return false;
	}
	return others > 0 || err_set(err, ERR_DENIED,
				     "%s is the last administrator; make "
				     "another one first",
				     leaving->name);
}

static bool write_number(struct db *db, const char *sql, int64_t value,
			 int64_t id, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, sql, err)) {
		return false;
	}
	db_bind_int(&q, 1, value);
	db_bind_int(&q, 2, id);
	return db_run(&q, err);
}

static bool write_roles(struct db *db, const char *actor, int64_t id,
			unsigned roles, int64_t now, struct err *err)
{
	struct account account;
	if (!accounts_get(db, id, &account, err)) {
		return false;
	}
	if (account.roles == roles) {
		return true;
	}
	return ((roles & ROLE_ADMIN) != 0 ||
		keep_an_admin(db, &account, err)) &&
	       write_number(db, "UPDATE accounts SET roles = ? WHERE id = ?",
			    roles, id, err) &&
	       log_roles(db, actor, now, account.name, "changed", roles, err);
}

bool accounts_set_roles(struct db *db, const char *actor, int64_t id,
			unsigned roles, int64_t now, struct err *err)
{
	if (!roles_valid(roles, err) || !db_begin(db, err)) {
		return false;
	}
	return db_finish(db, write_roles(db, actor, id, roles, now, err), err);
}

static bool write_disabled(struct db *db, const char *actor, int64_t id,
			   bool disabled, int64_t now, struct err *err)
{
	struct account account;
	if (!accounts_get(db, id, &account, err)) {
		return false;
	}
	if (account.disabled == disabled) {
		return true;
	}
	return (!disabled || keep_an_admin(db, &account, err)) &&
	       write_number(db,
			    "UPDATE accounts SET disabled = ? "
			    "WHERE id = ?",
			    disabled, id, err) &&
	       log_change(db, actor, now, account.name,
			  disabled ? "disabled" : "enabled", err) &&
	       sessions_end_all(db, actor, id, 0, now, err);
}

bool accounts_set_disabled(struct db *db, const char *actor, int64_t id,
			   bool disabled, int64_t now, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db, write_disabled(db, actor, id, disabled, now, err),
			 err);
}

bool accounts_count(struct db *db, int64_t *count, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "SELECT count(*) FROM accounts", err)) {
		return false;
	}
	int64_t found = db_row(&q) ? db_int(&q, 0) : 0;
	if (!db_done(&q, err)) {
		return false;
	}
	*count = found;
	return true;
}

/* Finishes q, which asks for one account. */
static bool one_account(struct stmt *q, struct account *account,
			struct err *err)
{
	struct account found;
	bool any = db_row(q);
	if (any) {
		account_row(q, 0, &found);
	}
	if (!db_done(q, err)) {
		return false;
	}
	if (!any) {
		return err_set(err, ERR_NOT_FOUND, "there is no such account");
	}
	*account = found;
	return true;
}

bool accounts_find(struct db *db, const char *name, struct account *account,
		   struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " ACCOUNT_COLUMNS " FROM accounts "
		      "WHERE name = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, account_name_valid(name) ? name : "");
	return one_account(&q, account, err);
}

bool accounts_get(struct db *db, int64_t id, struct account *account,
		  struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " ACCOUNT_COLUMNS " FROM accounts "
		      "WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, id);
	return one_account(&q, account, err);
}

bool accounts_list(struct db *db, struct account **list, size_t *count,
		   struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " ACCOUNT_COLUMNS " FROM accounts "
		      "ORDER BY accounts.name",
		      err)) {
		return false;
	}
	struct account *rows = NULL;
	size_t used = 0;
	while (db_row(&q)) {
		rows = mem_resize(rows, (used + 1) * sizeof(*rows));
		account_row(&q, 0, &rows[used++]);
	}
	if (!db_done(&q, err)) {
		mem_free(rows);
		return false;
	}
	*list = rows != NULL ? rows : mem_array(1, sizeof(*rows));
	*count = used;
	return true;
}
