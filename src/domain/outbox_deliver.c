/*
 * The daemon's side of the outbox. outbox_begin() is the last gate: in one
 * transaction it asks whether the grants still stand, whether the bytes are
 * those that a person approved, and writes that sending begins; only after
 * its commit may a byte leave. Sending itself is client/deliver.c's.
 */
#include "domain/outbox.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "domain/consent.h"
#include "domain/line.h"
#include "domain/outbox_parts.h"
#include "domain/queue.h"

static const char daemon_name[] = "daemon";

/*
 * Cancels a waiting item whose grants are gone. *covered tells; why (may be
 * NULL) says which.
 */
static bool cancel_uncovered(struct db *db, struct outbox_item *item,
			     int64_t now, bool *covered, struct err *why,
			     struct err *err)
{
	struct err reason = { .kind = ERR_NONE };
	*covered =
		consent_covers(db, item->services, item->grants, now, &reason);
	if (*covered) {
		return true;
	}
	if (reason.kind != ERR_DENIED) {
		return err_set(err, reason.kind, "%s", reason.text);
	}
	err_set(why, reason.kind, "%s", reason.text);
	return outbox_move_cancelled(db, item, daemon_name, reason.text, now,
				     err);
}

static bool write_attempt(struct db *db, struct outbox_item *item,
			  const char *peer, int64_t now, struct err *err)
{
	struct stmt q;
	line_copy(item->peer, sizeof(item->peer),
		  peer == NULL || *peer == '\0' ? "unknown" : peer);
	item->attempts++;
	if (!db_query(db, &q,
		      "UPDATE transmissions SET peer = ?, "
		      "attempts = ?, stage = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item->peer);
	db_bind_int(&q, 2, item->attempts);
	db_bind_int(&q, 3, STAGE_CONNECTED);
	db_bind_text(&q, 4, item->transaction);
	struct buf words = BUF_INIT;
	buf_printf(&words, "try %u", item->attempts);
	bool ok = db_run(&q, err) &&
		  outbox_move(db, item, OUTBOX_SENDING, err) &&
		  outbox_log(db, item, LEDGER_SENT, daemon_name, "ok",
			     buf_str(&words), now, err);
	buf_clear(&words);
	return ok;
}

/* true: what was decided is to be kept; why says so when it is no. */
static bool begin(struct db *db, const char *transaction, const char *peer,
		  int64_t now, struct err *why, struct err *err)
{
	struct outbox_item item;
	bool covered, matches;
	if (!outbox_get(db, transaction, &item, err)) {
		return false;
	}
	if (item.state != OUTBOX_QUEUED) {
		return err_set(err, ERR_DENIED,
			       "this transmission is %s and "
			       "does not wait to be sent",
			       outbox_state_name(item.state));
	}
	if (!cancel_uncovered(db, &item, now, &covered, why, err)) {
		return false;
	}
	if (!covered) {
		return true;
	}
	if (!outbox_body_matches(db, item.sha256, &matches, err)) {
		return false;
	}
	if (!matches) {
		err_set(why, ERR_INVALID,
			"the stored bytes are not those that "
			"were approved; make a new preview");
		return outbox_move_failed(db, &item, why->text, now, err);
	}
	return write_attempt(db, &item, peer, now, err);
}

bool outbox_begin(struct db *db, const char *transaction, const char *peer,
		  int64_t now, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (!db_begin(db, err) ||
	    !db_finish(db, begin(db, transaction, peer, now, &why, err), err)) {
		return false;
	}
	return why.kind == ERR_NONE || err_set(err, why.kind, "%s", why.text);
}

static bool progress(struct db *db, const char *transaction,
		     enum outbox_stage stage, struct err *err)
{
	/* Before outbox_begin() there is no more than a connection. */
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE transmissions SET stage = ?1 "
		      "WHERE id = ?2 AND (state = 'sending' "
		      "OR (state = 'queued' AND ?1 <= ?3))",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, stage);
	db_bind_text(&q, 2, transaction);
	db_bind_int(&q, 3, STAGE_CONNECTED);
	if (!db_run(&q, err)) {
		return false;
	}
	if (db_changes(db) == 1) {
		return true;
	}
	struct outbox_item item;
	return outbox_get(db, transaction, &item, err) &&
	       err_set(err, ERR_DENIED,
		       "this transmission is %s, not on its "
		       "way",
		       outbox_state_name(item.state));
}

bool outbox_progress(struct db *db, const char *transaction,
		     enum outbox_stage stage, struct err *err)
{
	if (stage < STAGE_PREPARED || stage > STAGE_RECEIPT_CHECKED) {
		return err_set(err, ERR_INVALID, "there is no such stage");
	}
	/* Only shown: a try that a power cut ends begins anew anyway. */
	return db_begin_loose(db, err) &&
	       db_finish(db, progress(db, transaction, stage, err), err);
}

static bool write_receipt(struct db *db, const struct outbox_item *item,
			  const char *note, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO receipts (transmission, note) "
		      "VALUES (?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item->transaction);
	db_bind_text(&q, 2, note);
	if (!db_run(&q, err) ||
	    !db_query(db, &q,
		      "UPDATE transmissions SET received_at = ?, "
		      "stage = ?, problem = '' WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, item->received_at);
	db_bind_int(&q, 2, STAGE_RECEIPT_CHECKED);
	db_bind_text(&q, 3, item->transaction);
	return db_run(&q, err);
}

static bool sent(struct db *db, const char *transaction, const char *note,
		 int64_t received_at, int64_t now, struct err *err)
{
	struct outbox_item item;
	if (!outbox_get(db, transaction, &item, err)) {
		return false;
	}
	if (item.state != OUTBOX_SENDING) {
		return err_set(err, ERR_DENIED,
			       "this transmission is %s, not "
			       "on its way",
			       outbox_state_name(item.state));
	}
	item.received_at = received_at;
	char at[CLOCK_TEXT_SIZE];
	clock_format(at, received_at);
	struct buf text = BUF_INIT;
	buf_printf(&text,
		   "the server has it since %s; its signed receipt was "
		   "checked",
		   at);
	bool ok = write_receipt(db, &item, note, err) &&
		  outbox_move(db, &item, OUTBOX_SENT, err) &&
		  outbox_log(db, &item, LEDGER_RECEIVED, daemon_name, "ok",
			     buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

bool outbox_sent(struct db *db, const char *transaction,
		 const char *receipt_note, int64_t received_at, int64_t now,
		 struct err *err)
{
	if (receipt_note == NULL || *receipt_note == '\0') {
		return err_set(err, ERR_INVALID, "there is no receipt");
	}
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(
		db, sent(db, transaction, receipt_note, received_at, now, err),
		err);
}

static bool write_retry(struct db *db, struct outbox_item *item,
			const char *problem, int64_t next_try_at,
			struct err *err)
{
	struct stmt q;
	line_copy(item->problem, sizeof(item->problem), problem);
	/* outbox_begin() counted a try that began. */
	item->attempts += item->state == OUTBOX_QUEUED;
	if (!db_query(db, &q,
		      "UPDATE transmissions SET problem = ?, "
		      "next_try_at = ?, attempts = ?, stage = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item->problem);
	db_bind_int(&q, 2, next_try_at);
	db_bind_int(&q, 3, item->attempts);
	db_bind_int(&q, 4, STAGE_PREPARED);
	db_bind_text(&q, 5, item->transaction);
	return db_run(&q, err) && (item->state == OUTBOX_QUEUED ||
				   outbox_move(db, item, OUTBOX_QUEUED, err));
}

/*
 * Back to QUEUED (or stays there) with a reason; no longer if the
 * grants are gone.
 */
static bool requeue(struct db *db, struct outbox_item *item,
		    const char *problem, int64_t next_try_at, int64_t now,
		    struct err *err)
{
	char at[CLOCK_TEXT_SIZE];
	clock_format(at, next_try_at > now ? next_try_at : now);
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s; tried again from %s", problem, at);
	bool covered;
	bool ok = write_retry(db, item, problem, next_try_at, err) &&
		  outbox_log(db, item, LEDGER_FAILED, daemon_name, "waiting",
			     buf_str(&text), now, err) &&
		  cancel_uncovered(db, item, now, &covered, NULL, err);
	buf_clear(&text);
	return ok;
}

static bool retry(struct db *db, const char *transaction, const char *problem,
		  int64_t next_try_at, int64_t now, struct err *err)
{
	struct outbox_item item;
	if (!outbox_get(db, transaction, &item, err)) {
		return false;
	}
	if (item.state != OUTBOX_QUEUED && item.state != OUTBOX_SENDING) {
		return err_set(err, ERR_DENIED,
			       "this transmission is %s; there "
			       "is nothing to try again",
			       outbox_state_name(item.state));
	}
	return requeue(db, &item, problem, next_try_at, now, err);
}

bool outbox_retry(struct db *db, const char *transaction, const char *problem,
		  int64_t next_try_at, int64_t now, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db,
			 retry(db, transaction, problem, next_try_at, now, err),
			 err);
}

bool outbox_put_off_others(struct db *db, const struct outbox_item *item,
			   const char *problem, int64_t next_try_at,
			   int64_t now, size_t *count, struct err *err)
{
	struct stmt q;
	char words[sizeof(((struct outbox_item *)NULL)->problem)];
	line_copy(words, sizeof(words), problem);
	/* What lies further ahead than any pause is due: the clock was set. */
	if (!db_query(db, &q,
		      "UPDATE transmissions SET problem = ?1, next_try_at = ?2 "
		      "WHERE state = 'queued' AND (services & ?4) = 0 "
		      "AND (next_try_at < ?2 OR next_try_at > ?3)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, words);
	db_bind_int(&q, 2, next_try_at);
	db_bind_int(&q, 3, now + QUEUE_LONGEST_S);
	db_bind_int(&q, 4, queue_kin(item->services));
	if (!db_run(&q, err)) {
		return false;
	}
	*count = (size_t)db_changes(db);
	return true;
}

static bool stopped(struct db *db, const char *transaction, const char *why,
		    int64_t now, struct err *err)
{
	struct outbox_item item;
	if (!outbox_get(db, transaction, &item, err)) {
		return false;
	}
	if (item.state != OUTBOX_SENDING) {
		return err_set(err, ERR_DENIED,
			       "this transmission is %s, not on its way",
			       outbox_state_name(item.state));
	}
	return write_retry(db, &item, why, 0, err) &&
	       outbox_move_stopped(db, &item, daemon_name, why, now, err);
}

bool outbox_stopped(struct db *db, const char *transaction, const char *why,
		    int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, stopped(db, transaction, why, now, err), err);
}

static bool recover(struct db *db, int64_t now, struct err *err)
{
	for (;;) {
		struct stmt q;
		char transaction[UUID_TEXT_SIZE] = "";
		if (!db_query(db, &q,
			      "SELECT id FROM transmissions "
			      "WHERE state = 'sending' ORDER BY number "
			      "LIMIT 1",
			      err)) {
			return false;
		}
		if (db_row(&q)) {
			line_copy(transaction, sizeof(transaction),
				  db_text(&q, 0));
		}
		if (!db_done(&q, err)) {
			return false;
		}
		if (transaction[0] == '\0') {
			return true;
		}
		if (!retry(db, transaction,
			   "the client stopped before the "
			   "receipt came",
			   0, now, err)) {
			return false;
		}
	}
}

bool outbox_recover(struct db *db, int64_t now, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db, recover(db, now, err), err);
}

static bool fail(struct db *db, const char *transaction, const char *problem,
		 int64_t now, struct err *err)
{
	struct outbox_item item;
	if (!outbox_get(db, transaction, &item, err)) {
		return false;
	}
	if (item.state != OUTBOX_QUEUED && item.state != OUTBOX_SENDING) {
		return err_set(err, ERR_DENIED,
			       "this transmission is %s; it "
			       "cannot fail any more",
			       outbox_state_name(item.state));
	}
	return outbox_move_failed(db, &item, problem, now, err);
}

bool outbox_fail(struct db *db, const char *transaction, const char *problem,
		 int64_t now, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db, fail(db, transaction, problem, now, err), err);
}
