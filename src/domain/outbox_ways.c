/*
 * The legal ways of a transmission, and how a change of state is written: the
 * row and its ledger entry in the caller's transaction. A trigger of the
 * schema holds the same table.
 */
#include "domain/outbox_parts.h"

#include <string.h>

#include "domain/consent.h"
#include "domain/line.h"

#define TO(state) (1u << (state))

static const unsigned ways[] = {
	[OUTBOX_UNSET] = 0,
	[OUTBOX_SAMPLE] = TO(OUTBOX_CANCELLED),
	[OUTBOX_STAGED] = TO(OUTBOX_QUEUED) | TO(OUTBOX_CANCELLED),
	[OUTBOX_QUEUED] =
		TO(OUTBOX_SENDING) | TO(OUTBOX_FAILED) | TO(OUTBOX_CANCELLED),
	[OUTBOX_SENDING] =
		TO(OUTBOX_SENT) | TO(OUTBOX_QUEUED) | TO(OUTBOX_FAILED),
	[OUTBOX_SENT] = 0,
	[OUTBOX_FAILED] = 0,
	[OUTBOX_CANCELLED] = 0,
};

bool outbox_legal(enum outbox_state from, enum outbox_state to)
{
	return (unsigned)from < sizeof(ways) / sizeof(ways[0]) &&
	       (unsigned)to < sizeof(ways) / sizeof(ways[0]) &&
	       (ways[from] & TO(to)) != 0;
}

bool outbox_move(struct db *db, struct outbox_item *item, enum outbox_state to,
		 struct err *err)
{
	if (!outbox_legal(item->state, to)) {
		return err_set(err, ERR_DENIED,
			       "this transmission is %s; that "
			       "cannot be done any more",
			       outbox_state_name(item->state));
	}
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE transmissions SET state = ? "
		      "WHERE id = ? AND state = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, outbox_state_name(to));
	db_bind_text(&q, 2, item->transaction);
	db_bind_text(&q, 3, outbox_state_name(item->state));
	if (!db_run(&q, err)) {
		return false;
	}
	if (db_changes(db) != 1) {
		return err_set(err, ERR_BUG,
			       "the transmission changed under "
			       "our lock");
	}
	item->state = to;
	return true;
}

bool outbox_log(struct db *db, const struct outbox_item *item,
		enum ledger_kind kind, const char *actor, const char *result,
		const char *text, int64_t now, struct err *err)
{
	struct buf services = BUF_INIT;
	consent_put_services(&services, item->services);
	struct ledger_entry entry = {
		.at = now,
		.kind = kind,
		.transaction = item->transaction,
		.actor = actor,
		.service = buf_str(&services),
		.grant = item->grants,
		.peer = item->peer,
		.bytes = item->bytes,
		.sha256 = item->sha256,
		.result = result,
		.text = text,
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&services);
	return ok;
}

static bool write_problem(struct db *db, struct outbox_item *item,
			  const char *problem, struct err *err)
{
	struct stmt q;
	line_copy(item->problem, sizeof(item->problem), problem);
	if (!db_query(db, &q,
		      "UPDATE transmissions SET problem = ? "
		      "WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item->problem);
	db_bind_text(&q, 2, item->transaction);
	return db_run(&q, err);
}

/* words: the whole of the entry's text. */
static bool move_cancelled(struct db *db, struct outbox_item *item,
			   const char *actor, const char *words, bool drop,
			   int64_t now, struct err *err)
{
	return write_problem(db, item, words, err) &&
	       outbox_move(db, item, OUTBOX_CANCELLED, err) &&
	       (!drop || outbox_body_drop(db, item->sha256, err)) &&
	       outbox_log(db, item, LEDGER_CANCELLED, actor, "ok", words, now,
			  err);
}

bool outbox_move_cancelled(struct db *db, struct outbox_item *item,
			   const char *actor, const char *why, int64_t now,
			   struct err *err)
{
	/* A try that broke off may have reached the server: keep the proof. */
	bool untouched = item->peer[0] == '\0';
	struct buf text = BUF_INIT;
	buf_put_str(&text, why);
	if (!untouched) {
		buf_put_str(&text, "; a try was begun before, so the server "
				   "may hold it");
	}
	bool ok = move_cancelled(db, item, actor, buf_str(&text), untouched,
				 now, err);
	buf_clear(&text);
	return ok;
}

bool outbox_move_stopped(struct db *db, struct outbox_item *item,
			 const char *actor, const char *why, int64_t now,
			 struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s; sending was stopped before the last byte", why);
	if (item->attempts > 1) {
		buf_put_str(&text, "; a try before was not, so the server may "
				   "hold it");
	} else {
		buf_put_str(&text, ", so the server does not have it");
	}
	bool ok = move_cancelled(db, item, actor, buf_str(&text), false, now,
				 err);
	buf_clear(&text);
	return ok;
}

bool outbox_move_failed(struct db *db, struct outbox_item *item,
			const char *problem, int64_t now, struct err *err)
{
	return write_problem(db, item, problem, err) &&
	       outbox_move(db, item, OUTBOX_FAILED, err) &&
	       outbox_log(db, item, LEDGER_FAILED, "daemon", "failed",
			  item->problem, now, err);
}
