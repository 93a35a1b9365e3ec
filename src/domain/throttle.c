/*
 * Slows down guessing. A wrong name is counted like a right one, so that the
 * pause does not tell which names exist. A clock that was set back restarts a
 * pause; it neither ends nor lengthens it.
 */
#include "domain/throttle.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "domain/accounts.h"
#include "domain/accounts_parts.h"
#include "domain/ledger.h"
#include "domain/line.h"

#define KEEP_S (24 * 60 * 60)

static const char by_account[] = "account";
static const char by_address[] = "address";

struct tries {
	int64_t failures;
	int64_t last_at;
	int64_t paused_until;
};

static bool tries_read(struct db *db, const char *scope, const char *subject,
		       int64_t now, struct tries *tries, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT failures, last_at, paused_until FROM "
		      "sign_in_tries WHERE scope = ? AND subject = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, scope);
	db_bind_text(&q, 2, subject);
	struct tries t = { 0, now, 0 };
	if (db_row(&q)) {
		t = (struct tries){ db_int(&q, 0), db_int(&q, 1),
				    db_int(&q, 2) };
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (t.last_at > now) {
		if (t.paused_until != 0) {
			t.paused_until -= t.last_at - now;
		}
		t.last_at = now;
	}
	int64_t quiet_from =
		t.paused_until > t.last_at ? t.paused_until : t.last_at;
	if (now - quiet_from >= THROTTLE_FORGET_S) {
		t = (struct tries){ 0, now, 0 };
	}
	*tries = t;
	return true;
}

static bool tries_write(struct db *db, const char *scope, const char *subject,
			const struct tries *t, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO sign_in_tries (scope, subject, "
		      "failures, last_at, paused_until) VALUES (?, ?, ?, ?, ?) "
		      "ON CONFLICT (scope, subject) DO UPDATE SET "
		      "failures = excluded.failures, "
		      "last_at = excluded.last_at, "
		      "paused_until = excluded.paused_until",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, scope);
	db_bind_text(&q, 2, subject);
	db_bind_int(&q, 3, t->failures);
	db_bind_int(&q, 4, t->last_at);
	db_bind_int(&q, 5, t->paused_until);
	return db_run(&q, err);
}

static bool forget_old(struct db *db, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "DELETE FROM sign_in_tries WHERE last_at < ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now - KEEP_S);
	return db_run(&q, err);
}

static int64_t pause_for(int64_t failures)
{
	int64_t pause = THROTTLE_PAUSE_S;
	for (int64_t i = THROTTLE_TRIES;
	     i < failures && pause < THROTTLE_PAUSE_MAX_S; i++) {
		pause *= 2;
	}
	return pause < THROTTLE_PAUSE_MAX_S ? pause : THROTTLE_PAUSE_MAX_S;
}

static void count_failure(struct tries *t, int64_t now)
{
	t->failures++;
	t->last_at = now;
	if (t->failures >= THROTTLE_TRIES) {
		t->paused_until = now + pause_for(t->failures);
	}
}

static void subject_of(const char *name, char subject[65])
{
	if (!account_name_valid(name)) {
		strcpy(subject, "?");
		return;
	}
	size_t i;
	for (i = 0; name[i] != '\0'; i++) {
		subject[i] = (char)tolower((unsigned char)name[i]);
	}
	subject[i] = '\0';
}

/* Counts the try, or says in *wait_s how long the pause lasts still. */
static bool begin(struct db *db, struct throttle_try *a, int64_t now,
		  int64_t *wait_s, struct err *err)
{
	struct tries account = { 0, now, 0 };
	struct tries address = { 0, now, 0 };
	bool counted = a->address[0] != '\0';
	if (!forget_old(db, now, err) ||
	    !tries_read(db, by_account, a->name, now, &account, err) ||
	    (counted &&
	     !tries_read(db, by_address, a->address, now, &address, err))) {
		return false;
	}
	int64_t until = account.paused_until > address.paused_until
				? account.paused_until
				: address.paused_until;
	*wait_s = until > now ? until - now : 0;
	a->address_paused = address.paused_until;
	if (*wait_s == 0) {
		count_failure(&account, now);
		count_failure(&address, now);
		int64_t end = account.paused_until > address.paused_until
				      ? account.paused_until
				      : address.paused_until;
		a->pause_s = end > now ? end - now : 0;
	}
	a->address_paused_new = address.paused_until;
	return tries_write(db, by_account, a->name, &account, err) &&
	       (!counted ||
		tries_write(db, by_address, a->address, &address, err));
}

/* a->name is set. */
static bool begin_named(struct db *db, struct throttle_try *a,
			const char *address, int64_t now, struct err *err)
{
	int64_t wait_s = 0;
	line_copy(a->address, sizeof(a->address), address);
	if (!db_begin(db, err) ||
	    !db_finish(db, begin(db, a, now, &wait_s, err), err)) {
		return false;
	}
	if (wait_s > 0) {
		return err_set(err, ERR_LIMIT,
			       "too many wrong tries; wait "
			       "%" PRId64 " %s, then try again",
			       wait_s < 120 ? wait_s : (wait_s + 59) / 60,
			       wait_s < 120 ? "seconds" : "minutes");
	}
	return true;
}

bool throttle_begin(struct db *db, const char *name, const char *address,
		    int64_t now, struct throttle_try *attempt, struct err *err)
{
	struct throttle_try a = { .pause_s = 0 };
	subject_of(name, a.name);
	if (!begin_named(db, &a, address, now, err)) {
		return false;
	}
	*attempt = a;
	return true;
}

bool throttle_begin_other(struct db *db, const char *subject,
			  const char *address, int64_t now,
			  struct throttle_try *attempt, struct err *err)
{
	struct throttle_try a = { .pause_s = 0 };
	line_copy(a.name, sizeof(a.name), subject);
	if (strchr(a.name, ' ') == NULL) {
		return err_set(err, ERR_BUG, "this could be an account");
	}
	if (!begin_named(db, &a, address, now, err)) {
		return false;
	}
	*attempt = a;
	return true;
}

static bool forget(struct db *db, const char *scope, const char *subject,
		   struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "DELETE FROM sign_in_tries "
		      "WHERE scope = ? AND subject = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, scope);
	db_bind_text(&q, 2, subject);
	return db_run(&q, err);
}

/* A pause that others began meanwhile stays. */
static bool pass_address(struct db *db, const struct throttle_try *a,
			 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE sign_in_tries SET "
		      "failures = max(failures - 1, 0), paused_until = "
		      "CASE paused_until WHEN ? THEN ? ELSE paused_until END "
		      "WHERE scope = ? AND subject = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, a->address_paused_new);
	db_bind_int(&q, 2, a->address_paused);
	db_bind_text(&q, 3, by_address);
	db_bind_text(&q, 4, a->address);
	return db_run(&q, err);
}

bool throttle_passed(struct db *db, const struct throttle_try *attempt,
		     struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db,
			 forget(db, by_account, attempt->name, err) &&
				 pass_address(db, attempt, err),
			 err);
}

static bool look(struct db *db, const char *scope, const char *subject,
		 int64_t now, struct throttle_pause *pause, struct err *err)
{
	struct tries t = { 0, now, 0 };
	if (!tries_read(db, scope, subject, now, &t, err)) {
		return false;
	}
	*pause = (struct throttle_pause){
		.failures = t.failures,
		.last_at = t.last_at,
		.paused_until = t.paused_until > now ? t.paused_until : 0,
	};
	line_copy(pause->subject, sizeof(pause->subject), subject);
	return true;
}

bool throttle_of_account(struct db *db, const char *name, int64_t now,
			 struct throttle_pause *pause, struct err *err)
{
	char subject[65];
	subject_of(name, subject);
	return look(db, by_account, subject, now, pause, err);
}

static void subject_row(const struct stmt *q, void *row)
{
	struct throttle_pause *pause = row;
	*pause = (struct throttle_pause){ .failures = 0 };
	line_copy(pause->subject, sizeof(pause->subject), db_text(q, 0));
}

bool throttle_addresses(struct db *db, int64_t now,
			struct throttle_pause **list, size_t *count,
			struct err *err)
{
	struct stmt q;
	void *rows = NULL;
	size_t found = 0;
	if (!db_query(db, &q,
		      "SELECT subject FROM sign_in_tries WHERE scope = ? "
		      "AND paused_until <> 0 ORDER BY subject",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, by_address);
	if (!db_read_all(&q, sizeof(struct throttle_pause), subject_row, &rows,
			 &found, err)) {
		return false;
	}
	struct throttle_pause *all = rows;
	size_t paused = 0;
	bool ok = true;
	for (size_t i = 0; ok && i < found; i++) {
		struct throttle_pause pause = { .failures = 0 };
		ok = look(db, by_address, all[i].subject, now, &pause, err);
		if (pause.paused_until != 0) {
			all[paused++] = pause;
		}
	}
	if (!ok) {
		mem_free(all);
		return false;
	}
	*list = all;
	*count = paused;
	return true;
}

static bool lift(struct db *db, const char *actor, const char *scope,
		 const char *subject, int64_t now, struct err *err)
{
	struct throttle_pause pause;
	if (!look(db, scope, subject, now, &pause, err)) {
		return false;
	}
	if (pause.paused_until == 0) {
		return err_set(err, ERR_NOT_FOUND,
			       "there is no pause to lift; it may have ended "
			       "meanwhile");
	}
	struct buf text = BUF_INIT;
	buf_printf(&text,
		   "the pause for the %s \"%s\" was lifted after %" PRId64
		   " failed sign-ins",
		   scope, pause.subject, pause.failures);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_ACCOUNT,
		.actor = actor,
		.result = "ok",
		.text = buf_str(&text),
	};
	bool ok = forget(db, scope, subject, err) &&
		  ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

bool throttle_lift_account(struct db *db, const char *actor, const char *name,
			   int64_t now, struct err *err)
{
	char subject[65];
	subject_of(name, subject);
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db, lift(db, actor, by_account, subject, now, err),
			 err);
}

bool throttle_lift_address(struct db *db, const char *actor,
			   const char *address, int64_t now, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db, lift(db, actor, by_address, address, now, err),
			 err);
}
