/*
 * The steps that only a person can take: pressing Send with his password,
 * agreeing as the second one, handing over a file. Each wants the session, a
 * token made for exactly this step of exactly this order, and the permission
 * as it is now; each use makes the token worthless. Refusals are entries.
 * What the daemon does with a confirmed order is jobs_way.c's.
 */
#include "domain/jobs.h"

#include <assert.h>
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/hmac.h"
#include "domain/jobs_parts.h"

void jobs_token(const struct jobs_order *order, const char *cookie,
		char token[JOBS_TOKEN_SIZE])
{
	uint8_t mac[HMAC_SHA256_SIZE];
	struct buf step = BUF_INIT, text = BUF_INIT;
	buf_printf(&step, "sluice.job-data/v1\n%s\n%s\n%s\n", order->id,
		   jobs_order_state_name(order->state), order->nonce);
	hmac_sha256(cookie, strlen(cookie), step.data, step.len, mac);
	base64url_put(&text, mac, sizeof(mac));
	assert(text.len == JOBS_TOKEN_SIZE - 1);
	memcpy(token, buf_str(&text), JOBS_TOKEN_SIZE);
	buf_burn(&text);
	buf_clear(&step);
	mem_burn(mac, sizeof(mac));
}

static bool token_is_right(const struct jobs_order *order,
			   const struct jobs_sign *sign)
{
	char right[JOBS_TOKEN_SIZE], given[JOBS_TOKEN_SIZE];
	if (!text_copy(given, sizeof(given), sign->token)) {
		return false;
	}
	/* A shorter one leaves the rest 0. */
	memset(given + strlen(given), 0, sizeof(given) - strlen(given));
	jobs_token(order, sign->cookie, right);
	bool same = mem_equal_ct(right, given, sizeof(right));
	mem_burn(right, sizeof(right));
	mem_burn(given, sizeof(given));
	return same;
}

/* ---- the checks that all steps share ---- */

static const char taken_already[] = "This step was taken already. Load the "
				    "page again to see how far it is.";

static bool check_state(const struct jobs_order *order,
			enum jobs_order_state wanted, struct err *err)
{
	if (order->state == wanted) {
		return true;
	}
	return err_set(err, ERR_DENIED, "%s",
		       order->state == JOBS_OVER
			       ? "This order is over. Choose the jobs again."
		       : order->state > wanted ? taken_already
		       : order->state == JOBS_CHOSEN
			       ? "This order was not confirmed yet. Confirm it "
				 "first."
			       : "A second person has to agree first.");
}

/* The session that chose; another one of the same person is none. */
static bool check_own(struct db *db, const struct jobs_order *order,
		      const struct jobs_sign *sign, struct err *err)
{
	if (order->account != sign->session->account.id ||
	    order->session != sign->session->id) {
		return err_set(err, ERR_DENIED,
			       "Only the person who chose these jobs can do "
			       "this, without having signed out since.");
	}
	return jobs_person_stands(db, order, sign->now, err);
}

static bool check_other(struct db *db, const struct jobs_order *order,
			const struct jobs_sign *sign, struct err *err)
{
	const struct session *s = sign->session;
	if (order->account == s->account.id) {
		return err_set(err, ERR_DENIED,
			       "A second person has to agree, from an account "
			       "of his own.");
	}
	return jobs_person_stands(db, order, sign->now, err) &&
	       jobs_session_may(db, s->id, s->account.id,
				"You are not signed in any more; sign in "
				"again.",
				sign->now, err);
}

static bool check_time(const struct jobs_order *order, int64_t now,
		       struct err *err)
{
	return jobs_is_in_time(order, now) ||
	       err_set(err, ERR_DENIED,
		       "Too much time has passed since the step before. Choose "
		       "the jobs again.");
}

/* One step; take() is done inside a transaction. */
struct step {
	enum jobs_order_state from;
	bool second; /* taken by another person than the one who chose */
	bool password;
	bool (*take)(struct db *db, const struct jobs_sign *sign,
		     const struct jobs_order *before, const char *grant,
		     struct jobs_item *item, struct err *err);
};

static bool check_step(struct db *db, const struct step *step,
		       const struct jobs_sign *sign, struct jobs_order *order,
		       char grant[UUID_TEXT_SIZE], struct err *err)
{
	return jobs_order(db, sign->order, order, err) &&
	       check_state(order, step->from, err) &&
	       (step->second ? check_other(db, order, sign, err)
			     : check_own(db, order, sign, err)) &&
	       check_time(order, sign->now, err) &&
	       (token_is_right(order, sign) ||
		err_set(err, ERR_DENIED,
			"This form was used before, or is not of this "
			"session. Load the page again.")) &&
	       jobs_allowed(db, sign->now, order->grant, grant, err);
}

/* Counts like a sign-in, with its pauses, and has its own entry. */
static bool check_password(struct db *db, const struct jobs_sign *sign,
			   struct err *err)
{
	struct account account;
	struct err why = { .kind = ERR_NONE };
	const struct session *s = sign->session;
	if (accounts_sign_in(db, s->account.name,
			     sign->password != NULL ? sign->password : "",
			     s->address, sign->now, &account, &why)) {
		return account.id == s->account.id ||
		       err_set(err, ERR_BUG, "another account signed in");
	}
	return err_set(err, why.kind, "%s",
		       why.kind == ERR_DENIED ? "The password is not right."
					      : why.text);
}

/* Once more what was checked: the password took a while. */
static bool take(struct db *db, const struct step *step,
		 const struct jobs_sign *sign, struct jobs_item *item,
		 struct err *err)
{
	struct jobs_order order;
	char grant[UUID_TEXT_SIZE];
	return check_step(db, step, sign, &order, grant, err) &&
	       step->take(db, sign, &order, grant, item, err);
}

/* item: for the step that gives one. */
static bool walk(struct db *db, const struct step *step,
		 const struct jobs_sign *sign, struct jobs_item *item,
		 struct err *err)
{
	struct jobs_order order;
	char grant[UUID_TEXT_SIZE];
	struct err why = { .kind = ERR_NONE };
	bool ok = check_step(db, step, sign, &order, grant, &why) &&
		  (!step->password || check_password(db, sign, &why)) &&
		  db_begin(db, &why) &&
		  db_finish(db, take(db, step, sign, item, &why), &why);
	if (!ok && (why.kind == ERR_DENIED || why.kind == ERR_LIMIT)) {
		jobs_log_refused(db, sign->session->account.name, sign->order,
				 &why, sign->now);
	}
	return ok || err_set(err, why.kind, "%s", why.text);
}

/* ---- taking a step ---- */

/* From the state and nonce that were checked: only one of two gets through. */
static bool write_step(struct db *db, const struct jobs_order *before,
		       const struct jobs_order *after, struct err *err)
{
	char nonce[JOBS_NONCE_SIZE];
	struct stmt q;
	jobs_make_nonce(nonce);
	if (!db_query(db, &q,
		      "UPDATE job_orders SET state = ?, second = ?, "
		      "grant_id = ?, confirmed_at = ?, nonce = ? "
		      "WHERE id = ? AND state = ? AND nonce = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, jobs_order_state_name(after->state));
	db_bind_text(&q, 2, after->second);
	db_bind_text(&q, 3, after->grant);
	db_bind_int(&q, 4, after->confirmed_at);
	db_bind_text(&q, 5, nonce);
	db_bind_text(&q, 6, before->id);
	db_bind_text(&q, 7, jobs_order_state_name(before->state));
	db_bind_text(&q, 8, before->nonce);
	return db_run(&q, err) &&
	       (db_changes(db) == 1 ||
		err_set(err, ERR_DENIED, "%s", taken_already));
}

/* One entry a job, which says what was agreed to. */
static bool log_approved(struct db *db, const struct jobs_order *order,
			 const char *actor, const char *how, int64_t now,
			 struct err *err)
{
	struct jobs_item *items = NULL;
	size_t count = 0;
	if (!jobs_items(db, order->id, &items, &count, err)) {
		return false;
	}
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		struct buf text = BUF_INIT;
		buf_printf(&text, "%s job %u of %zu, source %s, job %s; for ",
			   how, items[i].number, count, items[i].source,
			   items[i].job[0] != '\0' ? items[i].job : "a file");
		jobs_put_recipients(&text, order);
		buf_printf(&text, "; purpose: %s", order->purpose);
		ok = jobs_log(db, LEDGER_APPROVED, order, &items[i], actor,
			      "ok", buf_str(&text), now, err);
		buf_clear(&text);
	}
	mem_free(items);
	return ok;
}

static bool take_confirm(struct db *db, const struct jobs_sign *sign,
			 const struct jobs_order *before, const char *grant,
			 struct jobs_item *item, struct err *err)
{
	struct jobs_order after = *before;
	(void)item;
	after.state = sign->two_people ? JOBS_AWAITING : JOBS_CONFIRMED;
	after.confirmed_at = sign->now;
	memcpy(after.grant, grant, sizeof(after.grant));
	return write_step(db, before, &after, err) &&
	       log_approved(db, &after, before->actor,
			    sign->two_people
				    ? "confirmed with password; waits for a "
				      "second person:"
				    : "confirmed with password:",
			    sign->now, err);
}

bool jobs_confirm(struct db *db, const struct jobs_sign *sign, struct err *err)
{
	static const struct step step = { JOBS_CHOSEN, false, true,
					  take_confirm };
	return walk(db, &step, sign, NULL, err);
}

static bool take_second(struct db *db, const struct jobs_sign *sign,
			const struct jobs_order *before, const char *grant,
			struct jobs_item *item, struct err *err)
{
	struct jobs_order after = *before;
	const char *name = sign->session->account.name;
	(void)grant; /* the one of the first, as was checked */
	(void)item;
	after.state = JOBS_CONFIRMED;
	after.confirmed_at = sign->now;
	memcpy(after.second, name, strlen(name) + 1);
	return write_step(db, before, &after, err) &&
	       log_approved(db, &after, name,
			    "agreed to by a second person with password:",
			    sign->now, err);
}

bool jobs_second(struct db *db, const struct jobs_sign *sign, struct err *err)
{
	static const struct step step = { JOBS_AWAITING, true, true,
					  take_second };
	return walk(db, &step, sign, NULL, err);
}

/* ---- a file from the browser ---- */

static bool mark_file(struct db *db, const struct jobs_item *item,
		      struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE job_items SET attempts = 1 WHERE id = ? "
		      "AND source = '" JOBS_UPLOAD "' AND state = 'waiting' "
		      "AND attempts = 0",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item->transaction);
	return db_run(&q, err) &&
	       (db_changes(db) == 1 ||
		err_set(err, ERR_DENIED,
			"No file can be handed over for this order: it is of "
			"jobs of a source, or had its file already."));
}

static bool take_one_file(struct db *db, const struct jobs_sign *sign,
			  const struct jobs_order *before, const char *grant,
			  struct jobs_item *item, struct err *err)
{
	struct jobs_item *items = NULL;
	size_t count = 0;
	(void)sign;
	(void)grant;
	if (!jobs_items(db, before->id, &items, &count, err)) {
		return false;
	}
	assert(count > 0);
	*item = items[0];
	mem_free(items);
	return write_step(db, before, before, err) && mark_file(db, item, err);
}

bool jobs_take_file(struct db *db, const struct jobs_sign *sign,
		    struct jobs_item *item, struct err *err)
{
	static const struct step step = { JOBS_CONFIRMED, false, false,
					  take_one_file };
	struct jobs_item found;
	if (!walk(db, &step, sign, &found, err)) {
		return false;
	}
	*item = found;
	return true;
}
