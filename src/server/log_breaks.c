/*
 * Evidence of logs that did not go on from the head that was kept, and how
 * they go on all the same. Which head fits is witness.c's; the statement's
 * bytes are formats/checkin_continuation.c's.
 */
#include "server/log_breaks.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "formats/checkin.h"
#include "server/fleet_limits.h"
#include "server/witness.h"

static bool write_entry(struct db *db, const char *actor, const char *result,
			const struct buf *text, int64_t now, struct err *err)
{
	struct ledger_entry entry = { .at = now,
				      .kind = LEDGER_CONTINUED,
				      .actor = actor,
				      .result = result,
				      .text = buf_str(text) };
	return ledger_append(db, &entry, err);
}

/* ---- the device's word ---- */

static bool is_known(struct db *db, const char *device, const char *statement,
		     bool *known, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT 1 FROM log_breaks WHERE device = ? "
		      "AND statement = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_text(&q, 2, statement);
	*known = db_row(&q);
	return db_done(&q, err);
}

/* With the head that is kept, and the one that did not fit it. */
static bool insert(struct db *db, const char *device, const char *statement,
		   const struct checkin_continuation *c, int64_t now,
		   struct err *err)
{
	struct stmt q;
	uint8_t root[MERKLE_HASH_SIZE];
	if (!hex_decode(root, sizeof(root), c->root)) {
		return err_set(err, ERR_INVALID, "The root is no hash.");
	}
	if (!db_query(db, &q,
		      "INSERT INTO log_breaks (device, kept_size, kept_note, "
		      "kept_at, conflict, conflict_at, statement, size, root, "
		      "stated_at, came_at) SELECT device, size, note, at, "
		      "conflict, conflict_at, ?, ?, ?, ?, ? FROM witnessed "
		      "WHERE device = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, statement);
	db_bind_int(&q, 2, (int64_t)c->size);
	db_bind_blob(&q, 3, root, sizeof(root));
	db_bind_int(&q, 4, c->at);
	db_bind_int(&q, 5, now);
	db_bind_text(&q, 6, device);
	return db_run(&q, err);
}

static bool take(struct db *db, const char *device, const char *statement,
		 const struct checkin_continuation *c, int64_t now,
		 struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text,
		   "The owner of device %s acknowledged that its log continues "
		   "after a loss, with %" PRIu64
		   " entries; the head of %" PRIu64
		   " that we keep stays until staff accept it.",
		   device, c->size, c->had);
	bool ok = insert(db, device, statement, c, now, err) &&
		  write_entry(db, device, "waiting", &text, now, err);
	buf_clear(&text);
	return ok;
}

/* Is it this device's, and about the conflict that stands? */
static bool fits(struct db *db, const char *device,
		 const struct checkin_continuation *c, bool *fit,
		 struct err *err)
{
	struct witness_row kept;
	struct err why = { .kind = ERR_NONE };
	*fit = false;
	if (!witness_get(db, device, &kept, &why)) {
		return why.kind == ERR_NOT_FOUND ||
		       err_set(err, why.kind, "%s", why.text);
	}
	*fit = text_equal(c->device, device) && c->had == kept.size &&
	       witness_conflict_stands(&kept);
	return true;
}

bool log_breaks_state(struct db *db, const char *device,
		      const struct note_verifier *log, const char *statement,
		      int64_t now, bool *taken, struct err *err)
{
	struct checkin_continuation c;
	bool fit = false, known = false, may = false;
	*taken = false;
	if (!checkin_continuation_read(statement, strlen(statement), log, &c,
				       NULL)) {
		return true; /* not signed with the log's key: no word of it */
	}
	if (!fits(db, device, &c, &fit, err) ||
	    !is_known(db, device, statement, &known, err)) {
		return false;
	}
	if (!fit || known) {
		return true;
	}
	/* No device fills the disk with statements: it comes again. */
	if (!fleet_may_cause(db, device, now, &may, err)) {
		return false;
	}
	if (!may) {
		return true;
	}
	if (!db_begin(db, err) ||
	    !db_finish(db, take(db, device, statement, &c, now, err), err)) {
		return false;
	}
	*taken = true;
	return true;
}

/* ---- what there is ---- */

static void take_row(struct stmt *q, struct log_break *row)
{
	*row = (struct log_break){
		.number = db_int(q, 0),
		.kept_size = (uint64_t)db_int(q, 1),
		.kept_at = db_int(q, 2),
		.conflict_at = db_int(q, 3),
		.size = (uint64_t)db_int(q, 4),
		.stated_at = db_int(q, 5),
		.came_at = db_int(q, 6),
		.accepted_at = db_int(q, 7),
	};
	line_copy(row->accepted_by, sizeof(row->accepted_by), db_text(q, 8));
}

bool log_breaks_list(struct db *db, const char *device, size_t most,
		     struct log_break **rows, size_t *count, struct err *err)
{
	struct log_break *list = mem_zalloc((most + 1) * sizeof(*list));
	struct stmt q;
	size_t n = 0;
	if (!db_query(db, &q,
		      "SELECT number, kept_size, kept_at, conflict_at, size, "
		      "stated_at, came_at, accepted_at, accepted_by "
		      "FROM log_breaks WHERE device = ? ORDER BY number DESC "
		      "LIMIT ?",
		      err)) {
		mem_free(list);
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, (int64_t)most);
	while (n < most && db_row(&q)) {
		take_row(&q, &list[n++]);
	}
	if (!db_done(&q, err)) {
		mem_free(list);
		return false;
	}
	*rows = list;
	*count = n;
	return true;
}

bool log_breaks_waits(const struct log_break *newest,
		      const struct witness_row *kept)
{
	return newest->accepted_at == 0 && newest->kept_size == kept->size &&
	       newest->kept_at == kept->at && witness_conflict_stands(kept);
}

/* ---- staff ---- */

static bool find_waiting(struct db *db, const char *device,
			 struct log_break *waiting, struct err *err)
{
	struct witness_row kept;
	struct log_break *rows = NULL;
	size_t count = 0;
	if (!log_breaks_list(db, device, 1, &rows, &count, err)) {
		return false;
	}
	bool found = count == 1 && witness_get(db, device, &kept, NULL) &&
		     log_breaks_waits(&rows[0], &kept);
	if (found) {
		*waiting = rows[0];
	}
	mem_free(rows);
	return found ||
	       err_set(err, ERR_NOT_FOUND,
		       "Nothing about the log of %.64s waits to be accepted. "
		       "Its owner acknowledges the conflict first.",
		       device);
}

static bool mark(struct db *db, int64_t number, const char *by, int64_t now,
		 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE log_breaks SET accepted_at = ?, accepted_by = ? "
		      "WHERE number = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_text(&q, 2, by);
	db_bind_int(&q, 3, number);
	return db_run(&q, err);
}

static bool free_place(struct db *db, const char *device, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "DELETE FROM witnessed WHERE device = ?", err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	return db_run(&q, err);
}

/* What the device signed is what its next head has to grow out of. */
static bool put_new_head(struct db *db, int64_t number, int64_t now,
			 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO witnessed (device, size, root, note, at) "
		      "SELECT device, size, root, statement, ? FROM log_breaks "
		      "WHERE number = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_int(&q, 2, number);
	return db_run(&q, err);
}

static bool accept(struct db *db, const char *device, const char *by,
		   int64_t now, struct err *err)
{
	struct log_break b = { .number = 0 };
	struct buf text = BUF_INIT;
	if (!find_waiting(db, device, &b, err)) {
		return false;
	}
	buf_printf(
		&text,
		"The log of device %s continues from %" PRIu64
		" entries on, as its owner acknowledged; the head of %" PRIu64
		" entries stays as evidence.",
		device, b.size, b.kept_size);
	bool ok = mark(db, b.number, by, now, err) &&
		  free_place(db, device, err) &&
		  put_new_head(db, b.number, now, err) &&
		  write_entry(db, by, "ok", &text, now, err);
	buf_clear(&text);
	return ok;
}

bool log_breaks_accept(struct db *db, const char *device, const char *by,
		       int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, accept(db, device, by, now, err), err);
}

/* ---- a new enrolment ---- */

static bool enrolled(struct db *db, const char *device, int64_t now,
		     struct err *err)
{
	struct stmt q;
	if (!db_query(
		    db, &q,
		    "INSERT INTO log_breaks (device, kept_size, kept_note, "
		    "kept_at, conflict, conflict_at, statement, came_at, "
		    "accepted_at, accepted_by) SELECT device, size, note, at, "
		    "conflict, conflict_at, '', ?, ?, 'enrolment' "
		    "FROM witnessed WHERE device = ?",
		    err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_int(&q, 2, now);
	db_bind_text(&q, 3, device);
	return db_run(&q, err) && free_place(db, device, err);
}

bool log_breaks_enrolled(struct db *db, const char *device, int64_t now,
			 struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, enrolled(db, device, now, err), err);
}
