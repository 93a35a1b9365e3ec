/*
 * The way of confirmed jobs to the server, step by step as the daemon takes
 * it. That a job may go on is asked here, in the transaction that begins
 * sending, and by client/jobs.c as often as bytes leave.
 */
#include "domain/jobs.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/job_seal.h"
#include "domain/jobs_parts.h"
#include "domain/line.h"

/* ---- may it? ---- */

static bool order_may_go(struct db *db, const struct jobs_order *order,
			 int64_t now, struct err *err)
{
	char grant[UUID_TEXT_SIZE];
	return jobs_person_stands(db, order, now, err) &&
	       jobs_allowed(db, now, order->grant, grant, err);
}

bool jobs_may_go(struct db *db, const char *transaction, int64_t now,
		 struct err *err)
{
	struct jobs_item item;
	struct jobs_order order;
	if (!jobs_item(db, transaction, &item, err) ||
	    !jobs_order(db, item.order, &order, err)) {
		return false;
	}
	if (order.state != JOBS_CONFIRMED || jobs_item_is_over(item.state)) {
		return err_set(err, ERR_DENIED, "%s",
			       order.problem[0] != '\0'
				       ? order.problem
				       : "This job is not on its way.");
	}
	return order_may_go(db, &order, now, err);
}

/* A file that nobody handed over; once it comes, the session decides. */
static bool file_is_missing(struct db *db, const struct jobs_order *order,
			    bool *missing, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT 1 FROM job_items WHERE order_id = ? "
		      "AND source = '" JOBS_UPLOAD "' "
		      "AND state = 'waiting' AND attempts = 0",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, order->id);
	*missing = db_row(&q);
	return db_done(&q, err);
}

/* Errors: DENIED (why the order ends now). */
static bool order_may_stay(struct db *db, const struct jobs_order *order,
			   int64_t now, struct err *err)
{
	bool waits = order->state != JOBS_CONFIRMED;
	if (!waits && !file_is_missing(db, order, &waits, err)) {
		return false;
	}
	if (waits && !jobs_is_in_time(order, now)) {
		return err_set(err, ERR_DENIED,
			       "The next step was not taken in time.");
	}
	return order_may_go(db, order, now, err);
}

/* Ends it unless it is over; the others work on it at the same time. */
static bool end(struct db *db, const char *id, const char *actor,
		const char *why, int64_t now, bool *ended, struct err *err)
{
	struct jobs_order order;
	if (!jobs_order(db, id, &order, err)) {
		return false;
	}
	*ended = order.state != JOBS_OVER;
	return !*ended || jobs_end_order(db, &order, actor, why, now, err);
}

static bool end_order(struct db *db, const char *id, const char *actor,
		      const char *why, int64_t now, size_t *count,
		      struct err *err)
{
	bool ended = false;
	if (!db_begin(db, err) ||
	    !db_finish(db, end(db, id, actor, why, now, &ended, err), err)) {
		return false;
	}
	*count += ended;
	return true;
}

/* *why: ERR_DENIED and why an order has to end; ERR_NONE = it may stay. */
static bool why_drop(struct db *db, const struct jobs_order *order, int64_t now,
		     struct err *why, struct err *err)
{
	*why = (struct err){ .kind = ERR_NONE };
	return order_may_stay(db, order, now, why) || why->kind == ERR_DENIED ||
	       err_set(err, why->kind, "%s", why->text);
}

static bool drop_locked(struct db *db, const char *id, int64_t now,
			size_t *count, struct err *err)
{
	struct jobs_order order;
	struct err why;
	if (!jobs_order(db, id, &order, err) ||
	    !why_drop(db, &order, now, &why, err)) {
		return false;
	}
	if (order.state == JOBS_OVER || why.kind == ERR_NONE) {
		return true;
	}
	++*count;
	return jobs_end_order(db, &order, "daemon", why.text, now, err);
}

/* Looks first, and again with the lock: a person may have been quicker. */
static bool drop_one(struct db *db, const struct jobs_order *order, int64_t now,
		     size_t *count, struct err *err)
{
	struct err why;
	return why_drop(db, order, now, &why, err) &&
	       (why.kind == ERR_NONE ||
		(db_begin(db, err) &&
		 db_finish(db, drop_locked(db, order->id, now, count, err),
			   err)));
}

bool jobs_drop(struct db *db, int64_t now, size_t *count, struct err *err)
{
	struct jobs_order *list = NULL;
	size_t open = 0, ended = 0;
	if (!jobs_open_orders(db, &list, &open, err)) {
		return false;
	}
	bool ok = true;
	for (size_t i = 0; ok && i < open; i++) {
		ok = drop_one(db, &list[i], now, &ended, err);
	}
	mem_free(list);
	if (ok && count != NULL) {
		*count = ended;
	}
	return ok;
}

bool jobs_purge(struct db *db, const char *actor, const char *why, int64_t now,
		size_t *waited, struct err *err)
{
	struct jobs_order *list = NULL;
	size_t open = 0, confirmed = 0;
	if (!jobs_open_orders(db, &list, &open, err)) {
		return false;
	}
	bool ok = true;
	for (size_t i = 0; ok && i < open; i++) {
		size_t ended = 0;
		ok = end_order(db, list[i].id, actor, why, now, &ended, err);
		confirmed += list[i].state == JOBS_CHOSEN ? 0 : ended;
	}
	mem_free(list);
	if (ok) {
		*waited = confirmed;
	}
	return ok;
}

bool jobs_cancel(struct db *db, const char *actor, const char *id,
		 const char *why, int64_t now, struct err *err)
{
	size_t ended = 0;
	return end_order(db, id, actor, why, now, &ended, err) &&
	       (ended == 1 || err_set(err, ERR_DENIED,
				      "This order is over; there is nothing to "
				      "cancel."));
}

/* ---- the steps ---- */

bool jobs_recover(struct db *db, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE job_items SET state = 'sealed', next_try_at = ? "
		      "WHERE state = 'sending'",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	return db_run(&q, err);
}

bool jobs_next_time(struct db *db, int64_t now, int64_t *at, struct err *err)
{
	struct stmt q;
	int64_t next = INT64_MAX;
	if (!db_query(db, &q,
		      "SELECT min(next_try_at) FROM job_items "
		      "WHERE ((state = 'waiting' AND source <> '" JOBS_UPLOAD
		      "') OR state = 'sealed') "
		      "AND (SELECT job_orders.state FROM job_orders "
		      "WHERE job_orders.id = order_id) = 'confirmed'",
		      err)) {
		return false;
	}
	if (db_row(&q) && !db_is_null(&q, 0)) {
		next = db_int(&q, 0);
	}
	if (!db_done(&q, err) ||
	    !db_query(db, &q, "SELECT 1 FROM job_orders WHERE state <> 'over'",
		      err)) {
		return false;
	}
	/* Sessions end by themselves, and so does what hangs on them. */
	if (db_row(&q) && next > now + JOBS_LOOK_S) {
		next = now + JOBS_LOOK_S;
	}
	*at = next;
	return db_done(&q, err) &&
	       (next != INT64_MAX ||
		err_set(err, ERR_NOT_FOUND, "no job data waits"));
}

/* Item and order of a transaction. */
struct pair {
	struct jobs_item item;
	struct jobs_order order;
};

static bool find(struct db *db, const char *transaction, struct pair *pair,
		 struct err *err)
{
	return jobs_item(db, transaction, &pair->item, err) &&
	       jobs_order(db, pair->item.order, &pair->order, err);
}

static bool write_sealed(struct db *db, struct jobs_item *item,
			 const struct job_sealed *sealed, struct err *err)
{
	struct stmt q;
	item->plain_bytes = sealed->plain_bytes;
	item->sealed_bytes = sealed->sealed_bytes;
	memcpy(item->plain_sha256, sealed->plain_sha256,
	       sizeof(item->plain_sha256));
	memcpy(item->sealed_sha256, sealed->sealed_sha256,
	       sizeof(item->sealed_sha256));
	if (!db_query(db, &q,
		      "UPDATE job_items SET plain_bytes = ?, "
		      "plain_sha256 = ?, sealed_bytes = ?, sealed_sha256 = ?, "
		      "attempts = 0, next_try_at = 0 WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)sealed->plain_bytes);
	db_bind_text(&q, 2, sealed->plain_sha256);
	db_bind_int(&q, 3, (int64_t)sealed->sealed_bytes);
	db_bind_text(&q, 4, sealed->sealed_sha256);
	db_bind_text(&q, 5, item->transaction);
	return db_run(&q, err);
}

/* A file from the browser only after a person handed it over. */
static bool awaits_sealing(const struct jobs_item *item, struct err *err)
{
	bool handed =
		!text_equal(item->source, JOBS_UPLOAD) || item->attempts > 0;
	return (item->state == JOBS_WAITING && handed) ||
	       err_set(err, ERR_DENIED,
		       "This job is %s; it cannot be sealed now.",
		       jobs_item_state_name(item->state));
}

/* The entry binds what was sealed, for whom, and what came of it. */
static bool sealed(struct db *db, const char *transaction,
		   const struct job_sealed *sealed, int64_t now,
		   struct err *err)
{
	struct pair p;
	struct buf text = BUF_INIT;
	if (!jobs_may_go(db, transaction, now, err) ||
	    !find(db, transaction, &p, err) || !awaits_sealing(&p.item, err)) {
		return false;
	}
	buf_put_str(&text, "sealed for ");
	jobs_put_recipients(&text, &p.order);
	buf_printf(&text,
		   "; source %s, job %s; content of %llu bytes, sha256 %s",
		   p.item.source, p.item.job[0] != '\0' ? p.item.job : "a file",
		   (unsigned long long)sealed->plain_bytes,
		   sealed->plain_sha256);
	bool ok = write_sealed(db, &p.item, sealed, err) &&
		  jobs_move(db, &p.item, JOBS_SEALED, "", err) &&
		  jobs_log(db, LEDGER_STAGED, &p.order, &p.item,
			   p.item.job[0] != '\0' ? "daemon" : p.order.actor,
			   "ok", buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

bool jobs_sealed(struct db *db, const char *transaction,
		 const struct job_sealed *what, int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, sealed(db, transaction, what, now, err), err);
}

static bool begin(struct db *db, const char *transaction, const char *peer,
		  int64_t now, struct err *err)
{
	struct pair p;
	struct stmt q;
	if (!jobs_may_go(db, transaction, now, err) ||
	    !find(db, transaction, &p, err)) {
		return false;
	}
	bool again = p.item.peer[0] != '\0';
	line_copy(p.item.peer, sizeof(p.item.peer), peer);
	if (!db_query(db, &q,
		      "UPDATE job_items SET peer = ?, "
		      "attempts = attempts + 1 WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, p.item.peer);
	db_bind_text(&q, 2, p.item.transaction);
	/* One entry when the first byte leaves; going on is no new one. */
	return db_run(&q, err) &&
	       jobs_move(db, &p.item, JOBS_SENDING, "", err) &&
	       (again ||
		jobs_log(db, LEDGER_SENT, &p.order, &p.item, "daemon", "ok",
			 "sealed job data begins to leave", now, err));
}

bool jobs_begin(struct db *db, const char *transaction, const char *peer,
		int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, begin(db, transaction, peer, now, err), err);
}

bool jobs_progress(struct db *db, const char *transaction, uint64_t offset,
		   struct err *err)
{
	struct stmt q;
	if (!db_begin_loose(db, err)) {
		return false;
	}
	bool ok = db_query(db, &q,
			   "UPDATE job_items SET uploaded = ? WHERE id = ? "
			   "AND state = 'sending'",
			   err);
	if (ok) {
		db_bind_int(&q, 1, (int64_t)offset);
		db_bind_text(&q, 2, transaction);
		ok = db_run(&q, err);
	}
	return db_finish(db, ok, err);
}

static bool put_back(struct db *db, struct jobs_item *item, const char *problem,
		     int64_t next, struct err *err)
{
	struct stmt q;
	if (item->state == JOBS_SENDING &&
	    !jobs_move(db, item, JOBS_SEALED, problem, err)) {
		return false;
	}
	line_copy(item->problem, sizeof(item->problem), problem);
	if (!db_query(db, &q,
		      "UPDATE job_items SET next_try_at = ?, problem = ? "
		      "WHERE id = ? AND state IN ('waiting', 'sealed')",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, next);
	db_bind_text(&q, 2, item->problem);
	db_bind_text(&q, 3, item->transaction);
	return db_run(&q, err);
}

static bool pause(struct db *db, const char *transaction, const char *why,
		  int64_t at, struct err *err)
{
	struct jobs_item item;
	return jobs_item(db, transaction, &item, err) &&
	       (jobs_item_is_over(item.state) || /* cancelled meanwhile */
		put_back(db, &item, why, at, err));
}

bool jobs_pause(struct db *db, const char *transaction, const char *why,
		int64_t at, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, pause(db, transaction, why, at, err), err);
}

static bool retry(struct db *db, const char *transaction, const char *problem,
		  int64_t next, int64_t now, struct err *err)
{
	struct pair p;
	struct stmt q;
	if (!find(db, transaction, &p, err)) {
		return false;
	}
	if (jobs_item_is_over(p.item.state)) {
		return true; /* cancelled meanwhile */
	}
	/* A try that did not come as far as jobs_begin() counts as well. */
	if (p.item.state != JOBS_SENDING) {
		if (!db_query(db, &q,
			      "UPDATE job_items SET attempts = attempts + 1 "
			      "WHERE id = ?",
			      err)) {
			return false;
		}
		db_bind_text(&q, 1, transaction);
		if (!db_run(&q, err)) {
			return false;
		}
	}
	return put_back(db, &p.item, problem, next, err) &&
	       jobs_log(db, LEDGER_FAILED, &p.order, &p.item, "daemon",
			"waiting", problem, now, err);
}

bool jobs_retry(struct db *db, const char *transaction, const char *problem,
		int64_t next_try_at, int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db,
			 retry(db, transaction, problem, next_try_at, now, err),
			 err);
}

static bool hold(struct db *db, const char *transaction, const char *why,
		 int64_t next, int64_t now, struct err *err)
{
	struct pair p;
	if (!find(db, transaction, &p, err)) {
		return false;
	}
	bool told = text_equal(p.item.problem, why);
	return jobs_item_is_over(p.item.state) || /* cancelled meanwhile */
	       (put_back(db, &p.item, why, next, err) &&
		(told || jobs_log(db, LEDGER_FAILED, &p.order, &p.item,
				  "daemon", "waiting", why, now, err)));
}

bool jobs_hold(struct db *db, const char *transaction, const char *why,
	       int64_t next_try_at, int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, hold(db, transaction, why, next_try_at, now, err),
			 err);
}

static bool sent(struct db *db, const char *transaction, const char *receipt,
		 int64_t received_at, int64_t now, struct err *err)
{
	struct pair p;
	struct stmt q;
	if (!find(db, transaction, &p, err) ||
	    !db_query(db, &q,
		      "UPDATE job_items SET state = 'sent', receipt = ?, "
		      "received_at = ?, uploaded = sealed_bytes, problem = '' "
		      "WHERE id = ? AND state = 'sending'",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, receipt);
	db_bind_int(&q, 2, received_at);
	db_bind_text(&q, 3, transaction);
	if (!db_run(&q, err)) {
		return false;
	}
	if (db_changes(db) != 1) {
		return err_set(err, ERR_DENIED,
			       "This job is %s, not on its way.",
			       jobs_item_state_name(p.item.state));
	}
	return jobs_log(db, LEDGER_RECEIVED, &p.order, &p.item, "server", "ok",
			"the server has the sealed file; its receipt is valid",
			now, err) &&
	       jobs_finish_order(db, p.item.order, now, err);
}

bool jobs_sent(struct db *db, const char *transaction, const char *receipt,
	       int64_t received_at, int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db,
			 sent(db, transaction, receipt, received_at, now, err),
			 err);
}

static bool end_item(struct db *db, const char *actor, const char *transaction,
		     enum jobs_item_state state, const char *why, int64_t now,
		     struct err *err)
{
	struct pair p;
	if (!find(db, transaction, &p, err)) {
		return false;
	}
	bool failed = state == JOBS_FAILED;
	assert(failed || state == JOBS_CANCELLED);
	return jobs_move(db, &p.item, state, why, err) &&
	       jobs_log(db, failed ? LEDGER_FAILED : LEDGER_CANCELLED, &p.order,
			&p.item, actor, failed ? "failed" : "ok",
			p.item.problem, now, err) &&
	       jobs_finish_order(db, p.item.order, now, err);
}

bool jobs_end_item(struct db *db, const char *actor, const char *transaction,
		   enum jobs_item_state state, const char *why, int64_t now,
		   struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db,
			 end_item(db, actor, transaction, state, why, now, err),
			 err);
}
