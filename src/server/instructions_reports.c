/*
 * What devices tell of instructions: outcomes, and rows of their logs that one
 * asked for. Both stand as the device said them; what is final does not change
 * any more, and rows that contradict older ones are evidence.
 */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/line.h"
#include "server/fleet_limits.h"
#include "server/instructions_parts.h"

#define WAITING "waiting"
#define DONE "done"
#define ASKED_MAX 50 /* ledger instructions of a device that are looked at */

/* ---- outcomes ---- */

struct known {
	bool there;
	enum instruction_kind kind;
	char result[16];
	char outcome[CHECKIN_TEXT_SIZE];
};

static bool read_known(struct db *db, const char *device, uint64_t number,
		       struct known *known, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT kind, result, outcome FROM instructions "
		      "WHERE device = ? AND number = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, (int64_t)number);
	known->there = db_row(&q);
	if (known->there) {
		known->kind = instruction_kind_by_name(db_text(&q, 0));
		db_copy_text(&q, 1, known->result, sizeof(known->result));
		db_copy_text(&q, 2, known->outcome, sizeof(known->outcome));
	}
	return db_done(&q, err);
}

/* The interval that was agreed to is what check-ins wish from now on. */
static bool keep_interval(struct db *db, const char *device, uint64_t number,
			  struct err *err)
{
	struct instruction is = { .interval_s = 0 };
	enum instruction_refusal refusal;
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT note FROM instructions "
		      "WHERE device = ? AND number = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, (int64_t)number);
	bool good = db_row(&q) && instruction_read_kept(db_text(&q, 0),
							strlen(db_text(&q, 0)),
							&is, &refusal, NULL);
	if (!db_done(&q, err)) {
		return false;
	}
	if (!good) {
		return true;
	}
	if (!db_query(db, &q,
		      "UPDATE devices SET wanted_interval = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, is.interval_s);
	db_bind_text(&q, 2, device);
	return db_run(&q, err);
}

static bool write_outcome(struct db *db, const char *device, uint64_t number,
			  const char *result, const char *text, int64_t now,
			  struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE instructions SET result = ?, outcome = ?, "
		      "reported_at = ? WHERE device = ? AND number = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, result);
	db_bind_text(&q, 2, text);
	db_bind_int(&q, 3, now);
	db_bind_text(&q, 4, device);
	db_bind_int(&q, 5, (int64_t)number);
	return db_run(&q, err);
}

/* An entry that a device causes; not without end. */
static bool caused_entry(struct db *db, const char *device, uint64_t number,
			 const struct instructions_words *words, int64_t now,
			 struct err *err)
{
	bool may = false;
	return fleet_may_cause(db, device, now, &may, err) &&
	       (!may ||
		instructions_entry(db, device, number, words, now, err));
}

/* "done", "waiting", or "refused" for the ledger. */
static const char *entry_result(const char *result)
{
	return text_equal(result, DONE)      ? "ok"
	       : text_equal(result, WAITING) ? "waiting"
					     : "refused";
}

static bool take_outcome(struct db *db, const char *device, uint64_t number,
			 const struct known *known, const char *result,
			 const char *text, int64_t now, struct err *err)
{
	struct buf said = BUF_INIT;
	buf_printf(&said, "the device reports \"%s\": %s", result, text);
	const struct instructions_words words = { device, NULL,
						  entry_result(result),
						  buf_str(&said) };
	bool ok = write_outcome(db, device, number, result, text, now, err) &&
		  caused_entry(db, device, number, &words, now, err) &&
		  (known->kind != INSTRUCTION_INTERVAL ||
		   !text_equal(result, DONE) ||
		   keep_interval(db, device, number, err));
	buf_clear(&said);
	return ok;
}

bool instructions_heard(struct db *db, const char *device,
			const struct checkin_outcome *outcome, int64_t now,
			struct err *err)
{
	struct known known = { .there = false };
	char result[sizeof(known.result)], text[CHECKIN_TEXT_SIZE];
	if (outcome->number == 0 || outcome->number > INT64_MAX) {
		return true;
	}
	line_copy(result, sizeof(result), outcome->result);
	line_copy(text, sizeof(text), outcome->text);
	if (!read_known(db, device, outcome->number, &known, err)) {
		return false;
	}
	bool is_final =
		known.result[0] != '\0' && !text_equal(known.result, WAITING);
	bool same = text_equal(known.result, result) &&
		    text_equal(known.outcome, text);
	return !known.there || is_final || same || result[0] == '\0' ||
	       take_outcome(db, device, outcome->number, &known, result, text,
			    now, err);
}

/* ---- rows of a device's log ---- */

/* Was the device asked for this entry? By which number; 0 = no. */
static bool find_asked(struct db *db, const char *device, uint64_t sequence,
		       uint64_t *number, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT number, note FROM instructions "
		      "WHERE device = ? AND kind = 'ledger' "
		      "ORDER BY number DESC LIMIT ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, ASKED_MAX);
	*number = 0;
	while (db_row(&q)) {
		struct instruction is;
		enum instruction_refusal refusal;
		const char *note = db_text(&q, 1);
		if (*number == 0 &&
		    instruction_read_kept(note, strlen(note), &is, &refusal,
					  NULL) &&
		    is.from <= sequence && sequence <= is.to) {
			*number = (uint64_t)db_int(&q, 0);
		}
	}
	return db_done(&q, err);
}

/* *leaf: "" = there is no row yet. */
static bool read_leaf(struct db *db, const char *device, uint64_t sequence,
		      char leaf[65], struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT leaf FROM ledger_reports "
		      "WHERE device = ? AND sequence = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, (int64_t)sequence);
	leaf[0] = '\0';
	if (db_row(&q)) {
		db_copy_text(&q, 0, leaf, 65);
	}
	return db_done(&q, err);
}

static bool insert_row(struct db *db, const char *device,
		       const struct checkin_row *row, int64_t now,
		       struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO ledger_reports (device, sequence, leaf, "
		      "kind, transaction_id, bytes, sha256, result, "
		      "reported_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, (int64_t)row->sequence);
	db_bind_text(&q, 3, row->leaf);
	db_bind_text(&q, 4, row->kind);
	db_bind_text(&q, 5, row->transaction);
	db_bind_int(&q, 6, (int64_t)row->bytes);
	db_bind_text(&q, 7, row->sha256);
	db_bind_text(&q, 8, row->result);
	db_bind_int(&q, 9, now);
	return db_run(&q, err);
}

static bool log_contradiction(struct db *db, const char *device,
			      uint64_t number, const struct checkin_row *row,
			      const char *leaf, int64_t now, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text,
		   "entry %" PRIu64 " of the device's log had the hash %s and "
		   "is said to have %s now: its log was rewritten",
		   row->sequence, leaf, row->leaf);
	const struct instructions_words words = { device, NULL, "refused",
						  buf_str(&text) };
	bool ok = caused_entry(db, device, number, &words, now, err);
	buf_clear(&text);
	return ok;
}

bool instructions_heard_row(struct db *db, const char *device,
			    const struct checkin_row *row, int64_t now,
			    struct err *err)
{
	uint64_t number;
	char leaf[65];
	if (row->sequence > INT64_MAX || row->bytes > INT64_MAX ||
	    strlen(row->leaf) != 64) {
		return err_set(err, ERR_INVALID, "this is no row of a log");
	}
	if (!find_asked(db, device, row->sequence, &number, err)) {
		return false;
	}
	if (number == 0) {
		return true; /* nobody asked: it is not kept */
	}
	if (!read_leaf(db, device, row->sequence, leaf, err)) {
		return false;
	}
	if (leaf[0] == '\0') {
		return insert_row(db, device, row, now, err);
	}
	return text_equal(leaf, row->leaf) ||
	       log_contradiction(db, device, number, row, leaf, now, err);
}

/* ---- reading ---- */

static void read_made(const struct stmt *q, void *to)
{
	struct instruction_made *made = to;
	enum instruction_refusal refusal;
	const char *note = db_text(q, 9);
	*made = (struct instruction_made){ .number = (uint64_t)db_int(q, 1) };
	db_copy_text(q, 0, made->device, sizeof(made->device));
	db_copy_text(q, 2, made->kind, sizeof(made->kind));
	made->made_at = db_int(q, 3);
	made->expires_at = db_int(q, 4);
	db_copy_text(q, 5, made->made_by, sizeof(made->made_by));
	made->fetched_at = db_int(q, 6);
	db_copy_text(q, 7, made->result, sizeof(made->result));
	db_copy_text(q, 8, made->outcome, sizeof(made->outcome));
	made->reported_at = db_int(q, 10);
	if (!instruction_read_kept(note, strlen(note), &made->is, &refusal,
				   NULL)) {
		made->is = (struct instruction){ .number = made->number };
	}
}

bool instructions_made_list(struct db *db, const char *device, size_t limit,
			    struct instruction_made **list, size_t *count,
			    struct err *err)
{
	struct stmt q;
	void *rows = NULL;
	if (!db_query(db, &q,
		      "SELECT device, number, kind, made_at, expires_at, "
		      "made_by, fetched_at, result, outcome, note, reported_at "
		      "FROM instructions WHERE device = ? "
		      "ORDER BY number DESC LIMIT ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, limit > INT32_MAX ? INT32_MAX : (int64_t)limit);
	if (!db_read_all(&q, sizeof(struct instruction_made), read_made, &rows,
			 count, err)) {
		return false;
	}
	*list = rows;
	return true;
}

static void read_reported(const struct stmt *q, void *to)
{
	struct ledger_row_reported *r = to;
	*r = (struct ledger_row_reported){ .at = db_int(q, 7) };
	r->row.sequence = (uint64_t)db_int(q, 0);
	db_copy_text(q, 1, r->row.leaf, sizeof(r->row.leaf));
	db_copy_text(q, 2, r->row.kind, sizeof(r->row.kind));
	db_copy_text(q, 3, r->row.transaction, sizeof(r->row.transaction));
	r->row.bytes = (uint64_t)db_int(q, 4);
	db_copy_text(q, 5, r->row.sha256, sizeof(r->row.sha256));
	db_copy_text(q, 6, r->row.result, sizeof(r->row.result));
}

bool instructions_reported_rows(struct db *db, const char *device, size_t limit,
				struct ledger_row_reported **list,
				size_t *count, struct err *err)
{
	struct stmt q;
	void *rows = NULL;
	if (!db_query(db, &q,
		      "SELECT sequence, leaf, kind, transaction_id, bytes, "
		      "sha256, result, reported_at FROM ledger_reports "
		      "WHERE device = ? ORDER BY sequence DESC LIMIT ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, limit > INT32_MAX ? INT32_MAX : (int64_t)limit);
	if (!db_read_all(&q, sizeof(struct ledger_row_reported), read_reported,
			 &rows, count, err)) {
		return false;
	}
	*list = rows;
	return true;
}
