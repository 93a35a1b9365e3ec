/*
 * What the owner says to a log conflict. The entry about it is the last one of
 * the log that goes on, so that its hash stands under the statement that the
 * device signs; signing is client/checkin_request.c's, since only the client
 * has the key, and what the server makes of it server/log_breaks.c's.
 */
#include "domain/continuation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/witnessed.h"

bool continuation_last(struct db *db, struct continuation *last,
		       struct err *err)
{
	struct continuation found = { .size = 0 };
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT size, had, by, at, note <> '', accepted_at "
		      "FROM log_continuations ORDER BY size DESC LIMIT 1",
		      err)) {
		return false;
	}
	if (db_row(&q)) {
		found.size = (uint64_t)db_int(&q, 0);
		found.had = (uint64_t)db_int(&q, 1);
		line_copy(found.by, sizeof(found.by), db_text(&q, 2));
		found.at = db_int(&q, 3);
		found.is_signed = db_int(&q, 4) != 0;
		found.accepted_at = db_int(&q, 5);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	*last = found;
	return true;
}

bool continuation_waits(const struct continuation *last, uint64_t told)
{
	return last->size != 0 && last->accepted_at == 0 && last->had == told;
}

/* ---- the owner's word ---- */

static bool check(struct db *db, struct witnessed *w, struct err *err)
{
	struct continuation last;
	char at[CLOCK_TEXT_SIZE];
	if (!witnessed_read(db, w, err) || !continuation_last(db, &last, err)) {
		return false;
	}
	if (!witnessed_conflict(w) || w->told == 0) {
		return err_set(err, ERR_NOT_FOUND,
			       "The server has reported no conflict with this "
			       "device's log: there is nothing to "
			       "acknowledge.");
	}
	if (continuation_waits(&last, w->told)) {
		clock_format(at, last.at);
		return err_set(err, ERR_DENIED,
			       "The conflict was acknowledged already, at %s "
			       "by %s. The vendor has to accept it.",
			       at, last.by);
	}
	return true;
}

bool continuation_may(struct db *db, struct err *err)
{
	struct witnessed w;
	return check(db, &w, err);
}

/* The heads of the other line are no newest ones of this. */
static bool keep(struct db *db, const char *actor, const struct witnessed *w,
		 const char *head, int64_t now, struct err *err)
{
	struct ledger_head grown;
	struct stmt q;
	if (!ledger_head(db, &grown, err) ||
	    !db_query(db, &q,
		      "INSERT INTO log_continuations (size, root, had, head, "
		      "by, at) VALUES (?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)grown.size);
	db_bind_blob(&q, 2, grown.root, sizeof(grown.root));
	db_bind_int(&q, 3, (int64_t)w->told);
	db_bind_text(&q, 4, head);
	db_bind_text(&q, 5, actor);
	db_bind_int(&q, 6, now);
	if (!db_run(&q, err) ||
	    !db_query(db, &q, "DELETE FROM witnessed WHERE size >= ?", err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)grown.size);
	return db_run(&q, err);
}

static bool write_entry(struct db *db, const char *actor, const char *result,
			const char *text, int64_t now, struct err *err)
{
	struct ledger_entry entry = { .at = now,
				      .kind = LEDGER_CONTINUED,
				      .actor = actor,
				      .result = result,
				      .text = text };
	return ledger_append(db, &entry, err);
}

static bool acknowledge(struct db *db, const char *actor, int64_t now,
			struct err *err)
{
	struct witnessed w;
	struct ledger_head head;
	struct buf text = BUF_INIT, note = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	if (!check(db, &w, err) || !ledger_head(db, &head, err)) {
		return false;
	}
	if (!witnessed_note(db, &note, &why) && why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	buf_printf(&text,
		   "the log continues after a loss, acknowledged by %s: this "
		   "log had %" PRIu64 " entries, the server has %" PRIu64
		   " that it did not grow out of",
		   actor, head.size, w.told);
	bool ok = write_entry(db, actor, "waiting", buf_str(&text), now, err) &&
		  keep(db, actor, &w, buf_str(&note), now, err);
	buf_clear(&note);
	buf_clear(&text);
	return ok;
}

bool continuation_acknowledge(struct db *db, const char *actor, int64_t now,
			      struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, acknowledge(db, actor, now, err), err);
}

/* ---- the statement ---- */

bool continuation_statement(struct db *db,
			    struct checkin_continuation *statement,
			    struct err *err)
{
	struct stmt q;
	size_t len = 0;
	if (!db_query(db, &q,
		      "SELECT size, root, had, at FROM log_continuations "
		      "ORDER BY size DESC LIMIT 1",
		      err)) {
		return false;
	}
	bool found = db_row(&q);
	if (found) {
		statement->size = (uint64_t)db_int(&q, 0);
		const void *root = db_blob(&q, 1, &len);
		found = len == MERKLE_HASH_SIZE;
		if (found) {
			hex_encode(statement->root, root, len);
		}
		statement->had = (uint64_t)db_int(&q, 2);
		statement->at = db_int(&q, 3);
	}
	return db_done(&q, err) &&
	       (found || err_set(err, ERR_NOT_FOUND,
				 "Nothing was acknowledged about the log."));
}

bool continuation_keep_note(struct db *db, uint64_t size, const char *note,
			    struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE log_continuations SET note = ? WHERE size = ? "
		      "AND note = ''",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, note);
	db_bind_int(&q, 2, (int64_t)size);
	return db_run(&q, err);
}

bool continuation_note(struct db *db, struct buf *note, struct err *err)
{
	struct stmt q;
	struct buf text = BUF_INIT;
	if (!db_query(db, &q,
		      "SELECT note FROM log_continuations ORDER BY size DESC "
		      "LIMIT 1",
		      err)) {
		return false;
	}
	if (db_row(&q)) {
		buf_put_str(&text, db_text(&q, 0));
	}
	bool ok = db_done(&q, err) &&
		  (text.len > 0 || err_set(err, ERR_NOT_FOUND,
					   "Nothing is signed about the "
					   "log."));
	if (ok) {
		buf_put(note, text.data, text.len);
	}
	buf_clear(&text);
	return ok;
}

/* ---- the server's word ---- */

static bool accept(struct db *db, const struct continuation *last, int64_t at,
		   int64_t now, struct err *err)
{
	struct stmt q;
	struct buf text = BUF_INIT;
	if (!db_query(db, &q,
		      "UPDATE log_continuations SET accepted_at = ? "
		      "WHERE size = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, at);
	db_bind_int(&q, 2, (int64_t)last->size);
	buf_printf(&text,
		   "the server accepted that the log continues from %" PRIu64
		   " entries on; it keeps the head of %" PRIu64 " as evidence",
		   last->size, last->had);
	bool ok = db_run(&q, err) &&
		  write_entry(db, "server", "ok", buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

bool continuation_told(struct db *db, uint64_t told, int64_t at, int64_t now,
		       bool *accepted, struct err *err)
{
	struct continuation last;
	if (!continuation_last(db, &last, err)) {
		return false;
	}
	*accepted =
		last.size != 0 && last.accepted_at == 0 && last.size == told;
	return !*accepted || accept(db, &last, at > 0 ? at : 1, now, err);
}

/* ---- words ---- */

void continuation_put(struct buf *out, const struct continuation *last)
{
	char at[CLOCK_WORDS_SIZE], accepted[CLOCK_WORDS_SIZE];
	clock_minute(at, last->at);
	buf_printf(out,
		   "Log conflict acknowledged on %s by %s: this log continues "
		   "with %" PRIu64 " entries, the server had %" PRIu64 ". ",
		   at, last->by, last->size, last->had);
	if (last->accepted_at == 0) {
		buf_put_str(out, "The vendor has to accept it.");
		return;
	}
	clock_minute(accepted, last->accepted_at);
	buf_printf(out, "The server accepted it on %s.", accepted);
}
