/*
 * Signing in with a password. A name that does not exist, one that is
 * disabled and a wrong password take the same time and give the same answer;
 * throttle.c slows down guessing. The session that follows is sessions.c's.
 */
#include "domain/accounts.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/accounts_parts.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/throttle.h"

/* The hash of a random text that nobody knows, to spend the time on. */
static const char nobody[] =
	"$argon2id$v=19$m=19456,t=2,p=1$jXdBIeNWtdYfMlhzafNToA$"
	"Y73Oa+54a13aQ6D0teGrcjfcsOqF9AZqtwjW2Zz+QOw";

struct candidate {
	struct account account;        /* id 0 = no such name */
	char hash[PASSWORD_HASH_SIZE]; /* nobody's then */
};

static bool find_candidate(struct db *db, const char *name, struct candidate *c,
			   struct err *err)
{
	struct stmt q;
	*c = (struct candidate){ .hash = "" };
	if (!db_query(db, &q,
		      "SELECT " ACCOUNT_COLUMNS ", accounts.password "
		      "FROM accounts WHERE name = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, account_name_valid(name) ? name : "");
	const char *hash = nobody;
	if (db_row(&q)) {
		account_row(&q, 0, &c->account);
		hash = db_text(&q, ACCOUNT_COLUMNS_COUNT);
	}
	if (!text_copy(c->hash, sizeof(c->hash), hash)) {
		c->hash[0] = '\0';
	}
	return db_done(&q, err);
}

static bool accept(struct db *db, const struct candidate *c,
		   const struct throttle_try *attempt, int64_t now,
		   struct err *err)
{
	struct stmt q;
	if (!throttle_passed(db, attempt, err) ||
	    !db_query(db, &q,
		      "UPDATE accounts SET last_sign_in_at = ?, "
		      "failures = 0 WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_int(&q, 2, c->account.id);
	if (!db_run(&q, err)) {
		return false;
	}
	struct buf text = BUF_INIT;
	buf_printf(&text, "from %s",
		   attempt->address[0] == '\0' ? "this machine"
					       : attempt->address);
	if (c->account.failures_since > 0) {
		buf_printf(&text, ", after %" PRId64 " failed %s",
			   c->account.failures_since,
			   c->account.failures_since == 1 ? "try" : "tries");
	}
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_SIGN_IN,
		.actor = c->account.name,
		.result = "ok",
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

static bool count_failure(struct db *db, int64_t account, const char *address,
			  int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE accounts SET failures = failures + 1, "
		      "failed_at = ?, failed_from = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_text(&q, 2, address);
	db_bind_int(&q, 3, account);
	return db_run(&q, err);
}

/*
 * What was typed as a name is logged only when it is one: people type
 * passwords there by mistake.
 */
static bool refuse(struct db *db, const struct candidate *c, bool right,
		   const struct throttle_try *attempt, int64_t now,
		   struct err *err)
{
	struct buf text = BUF_INIT;
	if (c->account.id == 0) {
		buf_put_str(&text, "sign-in with an unknown name");
	} else {
		buf_printf(&text, "sign-in as \"%s\": %s", c->account.name,
			   right ? "the account is disabled"
				 : "wrong password");
	}
	if (attempt->pause_s > 0) {
		buf_printf(&text, "; no more tries for %" PRId64 " seconds",
			   attempt->pause_s);
	}
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_REFUSED,
		.actor = attempt->address,
		.result = "refused",
		.text = buf_str(&text),
	};
	bool ok =
		count_failure(db, c->account.id, attempt->address, now, err) &&
		ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

/*
 * Decides on what stands in the table now: it may have changed while
 * the password was hashed.
 */
static bool decide(struct db *db, const char *name, bool right,
		   const struct candidate *then,
		   const struct throttle_try *attempt, int64_t now,
		   struct account *account, struct err *err)
{
	struct candidate c;
	if (!find_candidate(db, name, &c, err)) {
		return false;
	}
	bool same = right && c.account.id != 0 &&
		    c.account.id == then->account.id &&
		    strcmp(c.hash, then->hash) == 0;
	bool ok;
	if (same && !c.account.disabled) {
		ok = accept(db, &c, attempt, now, err);
		*account = c.account;
		account->last_sign_in_at = then->account.last_sign_in_at;
	} else {
		ok = refuse(db, &c, same, attempt, now, err);
	}
	mem_burn(&c, sizeof(c));
	return ok;
}

bool accounts_sign_in(struct db *db, const char *name, const char *password,
		      const char *address, int64_t now, struct account *account,
		      struct err *err)
{
	struct throttle_try attempt;
	struct candidate c;
	if (!throttle_begin(db, name, address, now, &attempt, err) ||
	    !find_candidate(db, name, &c, err)) {
		return false;
	}
	bool right = password_verify(c.hash, password, strlen(password));
	struct account found = { .id = 0 };
	bool ok = db_begin(db, err) &&
		  db_finish(db,
			    decide(db, name, right, &c, &attempt, now, &found,
				   err),
			    err);
	mem_burn(&c, sizeof(c));
	if (!ok) {
		return false;
	}
	if (found.id == 0) {
		return err_set(err, ERR_DENIED, "name or password is wrong");
	}
	*account = found;
	return true;
}
