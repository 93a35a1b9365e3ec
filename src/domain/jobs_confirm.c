/*
 * The steps that only a person can take: pressing Send with his password,
 * agreeing as the second one, handing over a file. Each wants the session, a
 * token made for exactly this step of exactly this order, and the permission
 * as it is now; each use makes the token worthless. Refusals are entries.
 */
#include "domain/jobs.h"

#include <assert.h>
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/hmac.h"
#include "crypto/random.h"
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

static bool check_state(const struct jobs_order *order,
			enum jobs_order_state wanted, struct err *err)
{
	if (order->state == wanted) {
		return true;
	}
	return err_set(err, ERR_DENIED, "%s",
		       order->state == JOBS_OVER
			       ? "This order is over. Choose the jobs again."
		       : order->state == JOBS_CHOSEN
			       ? "This order was not confirmed yet. Confirm it "
				 "first."
			       : "This step was taken already. Load the page "
				 "again to see how far it is.");
}

static bool check_own(const struct jobs_order *order,
		      const struct session *session, struct err *err)
{
	return (order->account == session->account.id &&
		order->session == session->id) ||
	       err_set(err, ERR_DENIED,
		       "Only the person who chose these jobs can do this, "
		       "without having signed out since.");
}

static bool check_other(struct db *db, const struct jobs_order *order,
			const struct jobs_sign *sign, struct err *err)
{
	struct session first;
	struct err why = { .kind = ERR_NONE };
	if (order->account == sign->session->account.id) {
		return err_set(err, ERR_DENIED,
			       "A second person has to agree, from an account "
			       "of his own.");
	}
	if (sessions_get(db, order->session, sign->now, &first, &why)) {
		return true;
	}
	return err_set(
		err, why.kind == ERR_NOT_FOUND ? ERR_DENIED : why.kind, "%s",
		why.kind == ERR_NOT_FOUND
			? "The person who chose these jobs is not signed "
			  "in any more."
			: why.text);
}

static bool check_time(const struct jobs_order *order, int64_t now,
		       struct err *err)
{
	int64_t from = order->confirmed_at != 0 ? order->confirmed_at
						: order->created_at;
	return (now >= from && now - from < JOBS_CHOSEN_S) ||
	       err_set(err, ERR_DENIED,
		       "Too much time has passed since the step before. Choose "
		       "the jobs again.");
}

struct step {
	enum jobs_order_state state;
	bool second; /* taken by another person than the one who chose */
	bool password;
};

static bool check_step(struct db *db, const struct step *step,
		       const struct jobs_sign *sign, struct jobs_order *order,
		       char grant[UUID_TEXT_SIZE], struct err *err)
{
	return check_state(order, step->state, err) &&
	       jobs_right(&sign->session->account, err) &&
	       (step->second ? check_other(db, order, sign, err)
			     : check_own(order, sign->session, err)) &&
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
	return err_set(err, why.kind == ERR_INVALID ? ERR_DENIED : why.kind,
		       "%s",
		       why.kind == ERR_DENIED || why.kind == ERR_INVALID
			       ? "The password is not right."
			       : why.text);
}

/* All of it; *order as it is before the step. */
static bool enter(struct db *db, const struct step *step,
		  const struct jobs_sign *sign, struct jobs_order *order,
		  char grant[UUID_TEXT_SIZE], struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (!jobs_order(db, sign->order, order, err)) {
		return false;
	}
	if (!check_step(db, step, sign, order, grant, &why)) {
		if (why.kind == ERR_DENIED) {
			jobs_log_refused(db, sign->session->account.name,
					 order->id, &why, sign->now);
		}
		return err_set(err, why.kind, "%s", why.text);
	}
	return !step->password || check_password(db, sign, err);
}

/* ---- taking a step ---- */

/* From the state and nonce that were checked: only one of two gets through. */
static bool write_step(struct db *db, const struct jobs_order *before,
		       const struct jobs_order *after, struct err *err)
{
	uint8_t random[(JOBS_NONCE_SIZE - 1) / 2];
	char nonce[JOBS_NONCE_SIZE];
	struct stmt q;
	random_bytes(random, sizeof(random));
	hex_encode(nonce, random, sizeof(random));
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
		err_set(err, ERR_DENIED,
			"This step was taken already. Load the page again to "
			"see how far it is."));
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

static bool take(struct db *db, const struct jobs_order *before,
		 const struct jobs_order *after, const char *actor,
		 const char *how, int64_t now, struct err *err)
{
	return write_step(db, before, after, err) &&
	       log_approved(db, after, actor, how, now, err);
}

bool jobs_confirm(struct db *db, const struct jobs_sign *sign, struct err *err)
{
	static const struct step step = { JOBS_CHOSEN, false, true };
	struct jobs_order before;
	char grant[UUID_TEXT_SIZE];
	if (!enter(db, &step, sign, &before, grant, err) ||
	    !db_begin(db, err)) {
		return false;
	}
	struct jobs_order after = before;
	after.state = sign->two_people ? JOBS_AWAITING : JOBS_CONFIRMED;
	after.confirmed_at = sign->now;
	memcpy(after.grant, grant, sizeof(after.grant));
	return db_finish(db,
			 take(db, &before, &after, before.actor,
			      sign->two_people
				      ? "confirmed with password; waits for a "
					"second person:"
				      : "confirmed with password:",
			      sign->now, err),
			 err);
}

bool jobs_second(struct db *db, const struct jobs_sign *sign, struct err *err)
{
	static const struct step step = { JOBS_AWAITING, true, true };
	struct jobs_order before;
	char grant[UUID_TEXT_SIZE];
	if (!enter(db, &step, sign, &before, grant, err) ||
	    !db_begin(db, err)) {
		return false;
	}
	struct jobs_order after = before;
	const char *name = sign->session->account.name;
	after.state = JOBS_CONFIRMED;
	after.confirmed_at = sign->now;
	memcpy(after.second, name, strlen(name) + 1);
	return db_finish(db,
			 take(db, &before, &after, name,
			      "agreed to by a second person with password:",
			      sign->now, err),
			 err);
}

/* ---- a file from the browser ---- */

static bool mark_file(struct db *db, const struct jobs_item *item,
		      struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE job_items SET attempts = 1 WHERE id = ? "
		      "AND state = 'waiting' AND attempts = 0",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item->transaction);
	return db_run(&q, err) &&
	       (db_changes(db) == 1 ||
		err_set(err, ERR_DENIED,
			"A file was handed over for this order already."));
}

bool jobs_take_file(struct db *db, const struct jobs_sign *sign,
		    struct jobs_item *item, struct err *err)
{
	static const struct step step = { JOBS_CONFIRMED, false, false };
	struct jobs_order order;
	struct jobs_item *items = NULL;
	size_t count = 0;
	char grant[UUID_TEXT_SIZE];
	if (!enter(db, &step, sign, &order, grant, err) ||
	    !jobs_items(db, order.id, &items, &count, err)) {
		return false;
	}
	bool fits = count == 1 && text_equal(items[0].source, JOBS_UPLOAD);
	if (fits) {
		*item = items[0];
	}
	mem_free(items);
	if (!fits) {
		return err_set(err, ERR_DENIED,
			       "This order is not one of a file from the "
			       "browser.");
	}
	return db_begin(db, err) &&
	       db_finish(db,
			 write_step(db, &order, &order, err) &&
				 mark_file(db, item, err),
			 err);
}
