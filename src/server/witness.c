/*
 * The server as witness of the logs of its devices: which head may follow
 * which, and what is kept. A head is kept before the countersignature leaves,
 * because both are in one transaction and the answer comes after its commit.
 * Source: c2sp.org/tlog-witness, add-checkpoint; its 409, 422 and 403 are
 * words of the answer here. Signatures are formats/cosignature.c's.
 */
#include "server/witness.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "domain/ledger.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"
#include "server/fleet_limits.h"
#include "server/log_breaks.h"

#define CONFLICT "conflict"
#define DAY_S ((int64_t)86400)
#define PROOF "proof" /* it does not begin at the head that is kept */

/* What is kept of a device's log. size 0 = nothing. */
struct kept {
	struct witness_row row;
	uint8_t root[MERKLE_HASH_SIZE];
};

struct taking {
	struct server *server;
	const struct fleet_device *device;
	const struct checkin_request *request;
	int64_t now;
	struct checkin_answer *answer;
	struct kept kept;
	bool fresh; /* its key is not known: new, or enrolled again */
	struct note_verifier log;
	struct checkpoint head;
};

static bool read_kept(struct db *db, const char *device, struct kept *kept,
		      struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT size, root, at, conflict_at "
		      "FROM witnessed WHERE device = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	if (db_row(&q)) {
		size_t len = 0;
		const void *root = db_blob(&q, 1, &len);
		kept->row.size = (uint64_t)db_int(&q, 0);
		memcpy(kept->root, root,
		       len < sizeof(kept->root) ? len : sizeof(kept->root));
		kept->row.at = db_int(&q, 2);
		kept->row.conflict_at = db_int(&q, 3);
	}
	return db_done(&q, err);
}

static bool write_entry(struct taking *t, enum ledger_kind kind,
			const char *actor, const char *result, const char *text,
			struct err *err)
{
	struct ledger_entry entry = { .at = t->now,
				      .kind = kind,
				      .actor = actor,
				      .result = result,
				      .text = text };
	return ledger_append(t->server->db, &entry, err);
}

/* ---- a head that does not fit ---- */

bool witness_conflict_stands(const struct witness_row *kept)
{
	return kept->conflict_at > kept->at;
}

/*
 * It stands while it came after the head: by a second at least, even when both
 * came in one, or the clock was set back in between.
 */
static bool keep_conflict(struct taking *t, struct err *err)
{
	const int64_t at =
		t->now > t->kept.row.at ? t->now : t->kept.row.at + 1;
	struct stmt q;
	if (t->kept.row.size == 0) {
		return true; /* there is nothing that it stands against */
	}
	if (!db_query(t->server->db, &q,
		      "UPDATE witnessed SET conflict = ?, conflict_at = ? "
		      "WHERE device = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, t->request->checkpoint);
	db_bind_int(&q, 2, at);
	db_bind_text(&q, 3, t->device->id);
	return db_run(&q, err);
}

/* Where no head is kept: was one refused, with an entry, within a day? */
static bool was_refused(struct taking *t, bool *refused, struct err *err)
{
	struct stmt q;
	*refused = false;
	if (!db_query(t->server->db, &q,
		      "SELECT at FROM heads_refused WHERE device = ?", err)) {
		return false;
	}
	db_bind_text(&q, 1, t->device->id);
	if (db_row(&q)) {
		int64_t at = db_int(&q, 0);
		*refused = at <= t->now && at >= t->now - DAY_S;
	}
	return db_done(&q, err);
}

static bool keep_refused(struct taking *t, struct err *err)
{
	struct stmt q;
	if (t->kept.row.size > 0) {
		return true; /* the conflict is kept beside the head */
	}
	if (!db_query(t->server->db, &q,
		      "INSERT INTO heads_refused (device, at) VALUES (?, ?) "
		      "ON CONFLICT (device) DO UPDATE SET at = excluded.at",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, t->device->id);
	db_bind_int(&q, 2, t->now);
	return db_run(&q, err);
}

/*
 * The first after a good head is news. Where no head is kept there is no first
 * one, and an entry a day is enough, however often the device comes.
 */
static bool is_news(struct taking *t, bool *news, struct err *err)
{
	bool refused = false;
	if (t->kept.row.size > 0) {
		*news = !witness_conflict_stands(&t->kept.row);
		return true;
	}
	if (!was_refused(t, &refused, err)) {
		return false;
	}
	*news = !refused;
	return true;
}

/*
 * What is news is kept, with an entry; a device that shows good heads and bad
 * ones in turn makes news each time, so fleet_limits.h has the last word.
 */
static bool refuse(struct taking *t, const char *why, struct err *err)
{
	struct buf text = BUF_INIT;
	bool may = false, news = false;
	(void)!text_copy(t->answer->witness_problem,
			 sizeof(t->answer->witness_problem), CONFLICT);
	if (!is_news(t, &news, err)) {
		return false;
	}
	if (!news) {
		return true;
	}
	buf_printf(&text, "The head of the log of device %s is not taken: %s",
		   t->device->id, why);
	if (t->kept.row.size > 0) {
		buf_printf(&text,
			   " (%" PRIu64 " entries are known of this log)",
			   t->kept.row.size);
	}
	buf_put_char(&text, '.');
	bool ok = keep_conflict(t, err) &&
		  fleet_may_cause(t->server->db, t->device->id, t->now, &may,
				  err) &&
		  (!may || (keep_refused(t, err) &&
			    write_entry(t, LEDGER_REFUSED, t->device->id,
					"refused", buf_str(&text), err)));
	buf_clear(&text);
	return ok;
}

/* Without harm: the device proves it from there the next time. */
static bool ask_again(struct taking *t)
{
	(void)!text_copy(t->answer->witness_problem,
			 sizeof(t->answer->witness_problem), PROOF);
	return true;
}

/* ---- a head that fits ---- */

/* Not before a conflict, which is over with it. */
static bool write_head(struct taking *t, struct err *err)
{
	const int64_t at = t->now > t->kept.row.conflict_at
				   ? t->now
				   : t->kept.row.conflict_at;
	struct stmt q;
	if (!db_query(t->server->db, &q,
		      "INSERT INTO witnessed (device, size, root, note, at) "
		      "VALUES (?, ?, ?, ?, ?) ON CONFLICT (device) DO UPDATE "
		      "SET size = excluded.size, root = excluded.root, "
		      "note = excluded.note, at = excluded.at",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, t->device->id);
	db_bind_int(&q, 2, (int64_t)t->head.size);
	db_bind_blob(&q, 3, t->head.root, sizeof(t->head.root));
	db_bind_text(&q, 4, t->request->checkpoint);
	db_bind_int(&q, 5, at);
	return db_run(&q, err);
}

static bool learn_key(struct taking *t, struct err *err)
{
	struct buf text = BUF_INIT;
	if (!t->fresh) {
		return true;
	}
	buf_printf(&text, "The key of the log of device %s is %s.",
		   t->device->id, t->request->ledger_key);
	bool ok = fleet_learn_key(t->server->db, t->device->id,
				  t->request->ledger_key, err) &&
		  write_entry(t, LEDGER_DEVICE, t->device->id, "ok",
			      buf_str(&text), err);
	buf_clear(&text);
	return ok;
}

static bool accept(struct taking *t, struct err *err)
{
	const char *note = t->request->checkpoint;
	const struct note_signer signer = { t->server->signer,
					    &t->server->key };
	struct buf line = BUF_INIT;
	bool ok = learn_key(t, err) && write_head(t, err) &&
		  cosignature_make(note, strlen(note), &signer, t->now, &line,
				   err) &&
		  text_copy(t->answer->cosignature,
			    sizeof(t->answer->cosignature), buf_str(&line));
	t->answer->witnessed = t->head.size;
	buf_clear(&line);
	return ok;
}

/*
 * A device that staff have enrolled again may begin a new log; that it did is
 * an entry, and what is kept of the one before stays.
 */
static bool begin_anew(struct taking *t, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text,
		   "The log of device %s begins anew after its enrolment; the "
		   "one before had %" PRIu64 " entries.",
		   t->device->id, t->kept.row.size);
	bool ok = log_breaks_enrolled(t->server->db, t->device->id, t->now,
				      err) &&
		  write_entry(t, LEDGER_DEVICE, t->device->id, "ok",
			      buf_str(&text), err);
	buf_clear(&text);
	return ok && accept(t, err);
}

/* ---- which it is ---- */

/* NULL = it fits; else why not. */
static const char *misfit(const struct taking *t)
{
	const struct kept *k = &t->kept;
	const struct checkin_request *r = t->request;
	if (t->head.size < k->row.size) {
		return "it has fewer entries";
	}
	if (t->head.size == k->row.size) {
		return memcmp(t->head.root, k->root, sizeof(k->root)) == 0
			       ? NULL
			       : "its entries are others";
	}
	return merkle_consistency_verify(k->row.size, t->head.size,
					 r->proof.hash, r->proof.count, k->root,
					 t->head.root)
		       ? NULL
		       : "it did not grow out of it";
}

static bool take_head(struct taking *t, struct err *err)
{
	const struct kept *k = &t->kept;
	if (k->row.size == 0) {
		return t->request->old_size == 0 ? accept(t, err)
						 : ask_again(t);
	}
	if (t->request->old_size != k->row.size && t->head.size > k->row.size) {
		return ask_again(t);
	}
	const char *why = misfit(t);
	if (why == NULL) {
		return accept(t, err);
	}
	return t->fresh ? begin_anew(t, err) : refuse(t, why, err);
}

/* The key that the log must have. *known false: there is none to go by. */
static bool find_key(struct taking *t, bool *known, struct err *err)
{
	const char *text =
		t->fresh ? t->request->ledger_key : t->device->ledger_key;
	*known = text[0] != '\0';
	return !*known || note_verifier_parse(text, &t->log, err);
}

static bool is_other_key(const struct taking *t)
{
	return t->request->ledger_key[0] != '\0' &&
	       !text_equal(t->request->ledger_key, t->device->ledger_key);
}

static bool take(struct taking *t, struct err *err)
{
	const struct checkin_request *r = t->request;
	struct err why = { .kind = ERR_NONE };
	bool known = false;
	t->answer->witnessed = t->kept.row.size;
	if (r->checkpoint[0] == '\0') {
		return true;
	}
	if (!t->fresh && is_other_key(t)) {
		return refuse(t, "it has another key", err);
	}
	if (!find_key(t, &known, err)) {
		return false;
	}
	if (!known) {
		return ask_again(t); /* it tells its key then */
	}
	if (!checkpoint_read(r->checkpoint, strlen(r->checkpoint), &t->log,
			     &t->head, &why)) {
		return refuse(t, why.text, err);
	}
	return take_head(t, err);
}

/* Its name is the device's own: no device speaks of another's log. */
static bool is_own_name(const struct taking *t)
{
	struct buf name = BUF_INIT;
	struct note_verifier verifier;
	buf_printf(&name, "sluice/%s", t->device->id);
	bool own =
		t->request->ledger_key[0] == '\0' ||
		(note_verifier_parse(t->request->ledger_key, &verifier, NULL) &&
		 text_equal(verifier.name, buf_str(&name)));
	buf_clear(&name);
	return own;
}

/*
 * After the head, which may be what says that there is a conflict. Only the
 * key that is known speaks of the log; a new enrolment needs no statement.
 */
static bool take_statement(struct taking *t, struct err *err)
{
	const char *statement = t->request->continuation;
	struct note_verifier log;
	bool taken = false;
	if (statement[0] == '\0' || t->fresh) {
		return true;
	}
	return note_verifier_parse(t->device->ledger_key, &log, err) &&
	       log_breaks_state(t->server->db, t->device->id, &log, statement,
				t->now, &taken, err);
}

bool witness_take(struct server *server, const struct fleet_device *device,
		  const struct checkin_request *request, int64_t now,
		  struct checkin_answer *answer, struct err *err)
{
	struct taking t = {
		.server = server,
		.device = device,
		.request = request,
		.now = now,
		.answer = answer,
		.fresh = device->ledger_key[0] == '\0',
	};
	bool ok = read_kept(server->db, device->id, &t.kept, err);
	if (ok) {
		ok = is_own_name(&t)
			     ? take(&t, err)
			     : refuse(&t, "its key has another name", err);
	}
	return ok && take_statement(&t, err);
}

bool witness_get(struct db *db, const char *device, struct witness_row *row,
		 struct err *err)
{
	struct kept kept = { .row.size = 0 };
	bool ok = read_kept(db, device, &kept, err);
	if (ok && kept.row.size == 0) {
		ok = err_set(err, ERR_NOT_FOUND,
			     "No head of the log of %.64s is kept.", device);
	}
	if (ok) {
		*row = kept.row;
	}
	return ok;
}
