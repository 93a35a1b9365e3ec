/*
 * What the server has countersigned of this device's log. A later head is
 * proved to have grown out of an earlier one, so old rows may go; the size
 * that the server says is the one that the next proof begins at.
 */
#include "domain/witnessed.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "domain/continuation.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/settings.h"

#define SIZE "witness_size"
#define PROBLEM "witness_problem"
#define SENT_AT "witness_at"
#define CONFLICT "conflict"
#define PROOF "proof" /* it began at another size than the server's */

static bool read_told(struct db *db, struct witnessed *w, struct err *err)
{
	struct buf size = BUF_INIT, problem = BUF_INIT, at = BUF_INIT;
	bool ok = settings_get(db, SIZE, &size, err) &&
		  settings_get(db, PROBLEM, &problem, err) &&
		  settings_get(db, SENT_AT, &at, err);
	if (ok && !text_parse_u64(buf_str(&size), 0, INT64_MAX, &w->told)) {
		w->told = 0;
	}
	if (ok && !text_parse_i64(buf_str(&at), 0, INT64_MAX, &w->sent_at)) {
		w->sent_at = 0;
	}
	if (ok && problem.len > 0) {
		line_copy(w->problem, sizeof(w->problem), buf_str(&problem));
	}
	buf_clear(&at);
	buf_clear(&problem);
	buf_clear(&size);
	return ok;
}

bool witnessed_read(struct db *db, struct witnessed *witnessed, struct err *err)
{
	struct witnessed found = { .size = 0 };
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT size, at FROM witnessed ORDER BY size DESC "
		      "LIMIT 1",
		      err)) {
		return false;
	}
	if (db_row(&q)) {
		found.size = (uint64_t)db_int(&q, 0);
		found.at = db_int(&q, 1);
	}
	if (!db_done(&q, err) || !read_told(db, &found, err)) {
		return false;
	}
	*witnessed = found;
	return true;
}

/* Has the log grown from that size on by more than check-ins? */
static bool has_news(struct db *db, uint64_t size, bool *news, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT 1 FROM ledger WHERE sequence >= ? AND kind <> ? "
		      "LIMIT 1",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)size);
	db_bind_text(&q, 2, ledger_kind_name(LEDGER_CHECK_IN));
	*news = db_row(&q);
	return db_done(&q, err);
}

bool witnessed_due(struct db *db, int64_t now, bool *due, struct err *err)
{
	struct witnessed w;
	bool news = false;
	if (!witnessed_read(db, &w, err) || !has_news(db, w.size, &news, err)) {
		return false;
	}
	/*
	 * A time that is still to come means that the clock was set back; a
	 * server that keeps another head than we know of has got one whose
	 * answer was lost, or this log is an older copy.
	 */
	bool other = w.told != w.size || text_equal(w.problem, PROOF);
	*due = now - w.sent_at >= WITNESSED_EVERY_S || w.sent_at > now ||
	       (!text_equal(w.problem, CONFLICT) && (news || other));
	return true;
}

static bool keep(struct db *db, uint64_t size, const char *note, int64_t at,
		 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO witnessed (size, note, at) VALUES (?, ?, ?) "
		      "ON CONFLICT (size) DO UPDATE SET note = excluded.note, "
		      "at = excluded.at",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)size);
	db_bind_text(&q, 2, note);
	db_bind_int(&q, 3, at);
	if (!db_run(&q, err) ||
	    !db_query(db, &q,
		      "DELETE FROM witnessed WHERE size NOT IN (SELECT size "
		      "FROM witnessed ORDER BY size DESC LIMIT ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, WITNESSED_KEPT);
	return db_run(&q, err);
}

bool witnessed_keep(struct db *db, uint64_t size, const char *note, int64_t at,
		    struct err *err)
{
	if (size == 0 || size > INT64_MAX || *note == '\0') {
		return err_set(err, ERR_INVALID, "This is no head of a log.");
	}
	return db_begin(db, err) &&
	       db_finish(db, keep(db, size, note, at, err), err);
}

static bool log_conflict(struct db *db, uint64_t size, int64_t now,
			 struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text,
		   "the server keeps a head of this log with %" PRIu64
		   " entries, and this log did not grow out of it",
		   size);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_CHECK_IN,
		.actor = "server",
		.result = "failed",
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

static bool keep_number(struct db *db, const char *name, uint64_t value,
			struct err *err)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	return settings_set(db, name, text, err);
}

static bool told(struct db *db, uint64_t size, const char *problem, int64_t at,
		 int64_t now, struct err *err)
{
	struct witnessed w;
	bool accepted = false;
	if (!witnessed_read(db, &w, err) ||
	    (w.told != size && !keep_number(db, SIZE, size, err)) ||
	    !continuation_told(db, size, at, now, &accepted, err)) {
		return false;
	}
	if (problem == NULL) {
		return !accepted || settings_set(db, PROBLEM, "", err);
	}
	bool news = !text_equal(w.problem, problem);
	return keep_number(db, SENT_AT, now > 0 ? (uint64_t)now : 0, err) &&
	       (!news || settings_set(db, PROBLEM, problem, err)) &&
	       (!news || !text_equal(problem, CONFLICT) ||
		log_conflict(db, size, now, err));
}

bool witnessed_told(struct db *db, uint64_t size, const char *problem,
		    int64_t at, int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, told(db, size, problem, at, now, err), err);
}

bool witnessed_note(struct db *db, struct buf *note, struct err *err)
{
	struct stmt q;
	struct buf text = BUF_INIT;
	if (!db_query(db, &q,
		      "SELECT note FROM witnessed ORDER BY size DESC LIMIT 1",
		      err)) {
		return false;
	}
	bool found = db_row(&q);
	if (found) {
		buf_put_str(&text, db_text(&q, 0));
	}
	bool ok = db_done(&q, err) &&
		  (found || err_set(err, ERR_NOT_FOUND,
				    "The server has countersigned no head of "
				    "this log yet."));
	if (ok) {
		buf_put(note, text.data, text.len);
	}
	buf_clear(&text);
	return ok;
}
