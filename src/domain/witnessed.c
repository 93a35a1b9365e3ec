/*
 * What the server has countersigned of this device's log. A later head is
 * proved to have grown out of an earlier one, so old rows may go; the size
 * that the server says is the one that the next proof begins at.
 */
#include "domain/witnessed.h"

#include <inttypes.h>

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
	struct buf problem = BUF_INIT;
	int64_t size;
	if (!settings_get_number(db, SIZE, &size, err) ||
	    !settings_get_number(db, SENT_AT, &w->sent_at, err) ||
	    !settings_get(db, PROBLEM, &problem, err)) {
		return false;
	}
	w->told = (uint64_t)size;
	line_copy(w->problem, sizeof(w->problem), buf_str(&problem));
	buf_clear(&problem);
	return true;
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

bool witnessed_conflict(const struct witnessed *witnessed)
{
	return text_equal(witnessed->problem, CONFLICT);
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
	       (!witnessed_conflict(&w) && (news || other));
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

static bool told(struct db *db, uint64_t size, const char *problem, int64_t at,
		 int64_t now, struct err *err)
{
	struct witnessed w;
	bool accepted = false;
	if (!witnessed_read(db, &w, err) ||
	    (w.told != size &&
	     !settings_set_number(db, SIZE, (int64_t)size, err)) ||
	    !continuation_told(db, size, at, now, &accepted, err)) {
		return false;
	}
	if (problem == NULL) {
		return !accepted || settings_set(db, PROBLEM, "", err);
	}
	bool news = !text_equal(w.problem, problem);
	return settings_set_number(db, SENT_AT, now, err) &&
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
