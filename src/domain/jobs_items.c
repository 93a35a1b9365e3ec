/*
 * Jobs of orders as rows: reading them, the legal ways from state to state (a
 * trigger of the schema holds the same table), and ending an order with what
 * is left of it.
 */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/consent.h"
#include "domain/jobs_parts.h"
#include "domain/line.h"

#define ITEM_SQL                                                          \
	"SELECT id, order_id, number, source, job, state, plain_bytes, "  \
	"plain_sha256, sealed_bytes, sealed_sha256, uploaded, attempts, " \
	"next_try_at, problem, peer, received_at FROM job_items "

static void read_item(const struct stmt *q, void *row)
{
	struct jobs_item *item = row;
	*item = (struct jobs_item){
		.number = (unsigned)db_int(q, 2),
		.state = jobs_item_state_by_name(db_text(q, 5)),
		.plain_bytes = (uint64_t)db_int(q, 6),
		.sealed_bytes = (uint64_t)db_int(q, 8),
		.offset = (uint64_t)db_int(q, 10),
		.attempts = (unsigned)db_int(q, 11),
		.next_try_at = db_int(q, 12),
		.received_at = db_int(q, 15),
	};
	db_copy_text(q, 0, item->transaction, sizeof(item->transaction));
	db_copy_text(q, 1, item->order, sizeof(item->order));
	db_copy_text(q, 3, item->source, sizeof(item->source));
	db_copy_text(q, 4, item->job, sizeof(item->job));
	db_copy_text(q, 7, item->plain_sha256, sizeof(item->plain_sha256));
	db_copy_text(q, 9, item->sealed_sha256, sizeof(item->sealed_sha256));
	db_copy_text(q, 13, item->problem, sizeof(item->problem));
	db_copy_text(q, 14, item->peer, sizeof(item->peer));
}

/* Finishes a bound query of ITEM_SQL that asks for one row. */
static bool one_item(struct stmt *q, struct jobs_item *item, struct err *err)
{
	bool found = db_row(q);
	if (found) {
		read_item(q, item);
	}
	return db_done(q, err) &&
	       (found || err_set(err, ERR_NOT_FOUND, "There is no such job."));
}

bool jobs_items(struct db *db, const char *order, struct jobs_item **list,
		size_t *count, struct err *err)
{
	void *rows = NULL;
	struct stmt q;
	if (!db_query(db, &q, ITEM_SQL "WHERE order_id = ? ORDER BY number",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, order);
	bool ok = db_read_all(&q, sizeof(struct jobs_item), read_item, &rows,
			      count, err);
	*list = rows;
	return ok;
}

bool jobs_item(struct db *db, const char *transaction, struct jobs_item *item,
	       struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, ITEM_SQL "WHERE id = ?", err)) {
		return false;
	}
	db_bind_text(&q, 1, transaction);
	return one_item(&q, item, err);
}

bool jobs_next(struct db *db, int64_t now, struct jobs_item *item,
	       struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      ITEM_SQL
		      "WHERE ((state = 'waiting' AND source <> '" JOBS_UPLOAD
		      "') OR state = 'sealed') AND next_try_at <= ? "
		      "AND (SELECT job_orders.state FROM job_orders "
		      "WHERE job_orders.id = order_id) = 'confirmed' "
		      "ORDER BY next_try_at, order_id, job_items.number "
		      "LIMIT 1",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	return one_item(&q, item, err);
}

bool jobs_receipt(struct db *db, const char *transaction, struct buf *note,
		  struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT receipt FROM job_items WHERE id = ? "
		      "AND state = 'sent'",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, transaction);
	bool found = db_row(&q);
	if (found) {
		buf_put_str(note, db_text(&q, 0));
	}
	return db_done(&q, err) &&
	       (found || err_set(err, ERR_NOT_FOUND,
				 "There is no receipt of this job yet."));
}

bool jobs_last_sent(struct db *db, int64_t *at, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "SELECT max(received_at) FROM job_items", err)) {
		return false;
	}
	*at = db_row(&q) ? db_int(&q, 0) : 0;
	return db_done(&q, err);
}

bool jobs_needs_file(struct db *db, const char *transaction, bool *needed,
		     struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT 1 FROM job_items WHERE id = ? "
		      "AND state IN ('waiting', 'sealed', 'sending')",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, transaction);
	*needed = db_row(&q);
	return db_done(&q, err);
}

/* ---- ways ---- */

#define TO(state) (1u << (state))

static const unsigned ways[] = {
	[JOBS_ITEM_UNSET] = 0,
	[JOBS_WAITING] = TO(JOBS_SEALED) | TO(JOBS_FAILED) | TO(JOBS_CANCELLED),
	[JOBS_SEALED] = TO(JOBS_SENDING) | TO(JOBS_FAILED) | TO(JOBS_CANCELLED),
	[JOBS_SENDING] = TO(JOBS_SEALED) | TO(JOBS_SENT) | TO(JOBS_FAILED) |
			 TO(JOBS_CANCELLED),
	[JOBS_SENT] = 0,
	[JOBS_FAILED] = 0,
	[JOBS_CANCELLED] = 0,
};

bool jobs_move(struct db *db, struct jobs_item *item, enum jobs_item_state to,
	       const char *problem, struct err *err)
{
	struct stmt q;
	if ((size_t)item->state >= sizeof(ways) / sizeof(ways[0]) ||
	    (ways[item->state] & TO(to)) == 0) {
		return err_set(err, ERR_DENIED,
			       "This job is %s; that cannot be done any more.",
			       jobs_item_state_name(item->state));
	}
	line_copy(item->problem, sizeof(item->problem), problem);
	if (!db_query(db, &q,
		      "UPDATE job_items SET state = ?, problem = ? "
		      "WHERE id = ? AND state = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, jobs_item_state_name(to));
	db_bind_text(&q, 2, item->problem);
	db_bind_text(&q, 3, item->transaction);
	db_bind_text(&q, 4, jobs_item_state_name(item->state));
	if (!db_run(&q, err)) {
		return false;
	}
	if (db_changes(db) != 1) {
		return err_set(err, ERR_BUG, "the job changed under our lock");
	}
	item->state = to;
	return true;
}

/* ---- the end of an order ---- */

static bool write_over(struct db *db, struct jobs_order *order,
		       const char *problem, int64_t now, struct err *err)
{
	struct stmt q;
	line_copy(order->problem, sizeof(order->problem), problem);
	if (!db_query(db, &q,
		      "UPDATE job_orders SET state = 'over', over_at = ?, "
		      "problem = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_text(&q, 2, order->problem);
	db_bind_text(&q, 3, order->id);
	order->state = JOBS_OVER;
	return db_run(&q, err);
}

/* With what was sent of it, a permission for one send has ended. */
static bool close_order(struct db *db, struct jobs_order *order,
			const char *problem, bool sent, int64_t now,
			struct err *err)
{
	return write_over(db, order, problem, now, err) &&
	       (!sent || consent_job_data_sent(db, order->grant, now, err));
}

/* What the server may hold of it, for the entry. */
static const char *how_far(const struct jobs_item *item)
{
	if (item->state == JOBS_SENDING) {
		return "; sending stops here, and the server is asked to "
		       "forget its part";
	}
	return item->peer[0] != '\0' ? "; the server is asked to forget its "
				       "part"
				     : "; nothing of it left the device";
}

static bool cancel_item(struct db *db, const struct jobs_order *order,
			struct jobs_item *item, const char *actor,
			const char *why, int64_t now, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t len = strlen(why);
	buf_put(&text, why, text_ends_with(why, ".") ? len - 1 : len);
	buf_put_str(&text, how_far(item));
	bool ok = jobs_move(db, item, JOBS_CANCELLED, why, err) &&
		  jobs_log(db, LEDGER_CANCELLED, order, item, actor, "ok",
			   buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

bool jobs_end_order(struct db *db, struct jobs_order *order, const char *actor,
		    const char *problem, int64_t now, struct err *err)
{
	struct jobs_item *items = NULL;
	size_t count = 0;
	if (!jobs_items(db, order->id, &items, &count, err)) {
		return false;
	}
	bool ok = true, asked = order->confirmed_at != 0, sent = false;
	for (size_t i = 0; ok && i < count; i++) {
		/* What nobody confirmed is no matter of the log. */
		ok = jobs_item_is_over(items[i].state) ||
		     (asked ? cancel_item(db, order, &items[i], actor, problem,
					  now, err)
			    : jobs_move(db, &items[i], JOBS_CANCELLED, problem,
					err));
		sent = sent || items[i].state == JOBS_SENT;
	}
	mem_free(items);
	return ok && close_order(db, order, problem, sent, now, err);
}

bool jobs_finish_order(struct db *db, const char *id, int64_t now,
		       struct err *err)
{
	struct jobs_order order;
	struct jobs_item *items = NULL;
	size_t count = 0;
	if (!jobs_order(db, id, &order, err) ||
	    !jobs_items(db, id, &items, &count, err)) {
		return false;
	}
	bool over = true, sent = false;
	for (size_t i = 0; i < count; i++) {
		over = over && jobs_item_is_over(items[i].state);
		sent = sent || items[i].state == JOBS_SENT;
	}
	mem_free(items);
	return !over || close_order(db, &order, "", sent, now, err);
}
