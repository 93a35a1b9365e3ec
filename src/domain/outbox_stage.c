/*
 * People's side of the outbox: a preview is stored, approved, cancelled, or
 * purged by a withdrawal. The daemon's side is outbox_deliver.c.
 */
#include "domain/outbox.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "domain/line.h"
#include "domain/outbox_parts.h"
#include "domain/pseudonyms.h"
#include "domain/queue.h"

static bool check_item(const struct outbox_item *item, size_t len,
		       struct err *err)
{
	if (item->state != OUTBOX_SAMPLE && item->state != OUTBOX_STAGED) {
		return err_set(err, ERR_INVALID,
			       "a transmission starts as "
			       "sample or staged");
	}
	if (!uuid_valid(item->transaction)) {
		return err_set(err, ERR_INVALID,
			       "the transaction is no UUID "
			       "of version 7");
	}
	if ((item->services & consent_services_known()) == 0 ||
	    (item->services &
	     ~(consent_services_known() | SERVICE_BIT(GATE_PERSONAL))) != 0) {
		return err_set(err, ERR_INVALID,
			       "a transmission is for "
			       "services that exist");
	}
	if (item->state == OUTBOX_SAMPLE && item->grants[0] != '\0') {
		return err_set(err, ERR_INVALID, "a sample has no grants");
	}
	if (len == 0 || (item->bytes != 0 && item->bytes != len)) {
		return err_set(err, ERR_INVALID,
			       "the transmission has another "
			       "size than it says");
	}
	return len <= TRANSMISSION_MAX ||
	       err_set(err, ERR_LIMIT,
		       "the transmission is bigger than %u "
		       "bytes",
		       TRANSMISSION_MAX);
}

/* Completes what the caller may leave out: hash, size, first stage. */
static bool complete(struct outbox_item *item, const void *body, size_t len,
		     struct err *err)
{
	uint8_t hash[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];
	sha256_bytes(body, len, hash);
	hex_encode(text, hash, sizeof(hash));
	if (item->sha256[0] != '\0' && strcmp(item->sha256, text) != 0) {
		return err_set(err, ERR_INVALID,
			       "the transmission has another "
			       "hash than it says");
	}
	memcpy(item->sha256, text, sizeof(text));
	item->bytes = len;
	item->stage = STAGE_PREPARED;
	item->peer[0] = '\0';
	line_copy(item->created_by, sizeof(item->created_by), item->created_by);
	return true;
}

/*
 * Cancels, one by one, what sql finds first: a constant that binds services
 * and, unless it is NULL, who made it. *waited: how many of them were QUEUED.
 */
static bool cancel_each(struct db *db, const char *sql, unsigned services,
			const char *maker, const char *actor, const char *why,
			int64_t now, size_t *waited, struct err *err)
{
	size_t queued = 0;
	for (;;) {
		struct stmt q;
		char transaction[UUID_TEXT_SIZE] = "";
		if (!db_query(db, &q, sql, err)) {
			return false;
		}
		db_bind_int(&q, 1, services);
		if (maker != NULL) {
			db_bind_text(&q, 2, maker);
		}
		if (db_row(&q)) {
			line_copy(transaction, sizeof(transaction),
				  db_text(&q, 0));
		}
		if (!db_done(&q, err)) {
			return false;
		}
		if (transaction[0] == '\0') {
			*waited = queued;
			return true;
		}
		struct outbox_item item;
		if (!outbox_get(db, transaction, &item, err)) {
			return false;
		}
		queued += item.state == OUTBOX_QUEUED;
		if (!outbox_move_cancelled(db, &item, actor, why, now, err)) {
			return false;
		}
	}
}

static bool insert_item(struct db *db, const struct outbox_item *item,
			struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO transmissions (id, state, stage, "
		      "services, grants, sha256, bytes, created_at, "
		      "created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item->transaction);
	db_bind_text(&q, 2, outbox_state_name(item->state));
	db_bind_int(&q, 3, item->stage);
	db_bind_int(&q, 4, item->services);
	db_bind_text(&q, 5, item->grants);
	db_bind_text(&q, 6, item->sha256);
	db_bind_int(&q, 7, (int64_t)item->bytes);
	db_bind_int(&q, 8, item->created_at);
	db_bind_text(&q, 9, item->created_by);
	return db_run(&q, err);
}

static bool insert_withheld(struct db *db, const char *transaction,
			    const struct withheld_list *list, struct err *err)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct withheld *w = &list->at[i];
		struct stmt q;
		if (!db_query(db, &q,
			      "INSERT INTO withheld (transmission, "
			      "number, document, path, class, reason, count) "
			      "VALUES (?, ?, ?, ?, ?, ?, ?)",
			      err)) {
			return false;
		}
		db_bind_text(&q, 1, transaction);
		db_bind_int(&q, 2, (int64_t)i);
		db_bind_text(&q, 3, w->document);
		db_bind_text(&q, 4, w->path);
		db_bind_int(&q, 5, w->class);
		db_bind_text(&q, 6, w->reason);
		db_bind_int(&q, 7, w->count);
		if (!db_run(&q, err)) {
			return false;
		}
	}
	return true;
}

/* "5 fields left out: 3 personal, 2 not in the catalogue". */
static bool log_withheld(struct db *db, const struct outbox_item *item,
			 const struct withheld_list *list, struct err *err)
{
	if (list->count == 0) {
		return true;
	}
	struct buf text = BUF_INIT;
	buf_printf(&text, "%zu %s left out", list->count,
		   list->count == 1 ? "field" : "fields");
	const char *between = ": ";
	for (int c = CLASS_UNSET; c <= CLASS_SECRET; c++) {
		size_t of_class = 0;
		for (size_t i = 0; i < list->count; i++) {
			of_class += (int)list->at[i].class == c;
		}
		if (of_class > 0) {
			buf_printf(&text, "%s%zu %s", between, of_class,
				   c == CLASS_UNSET
					   ? "not in the catalogue"
					   : field_class_name(
						     (enum field_class)c));
			between = ", ";
		}
	}
	bool ok = outbox_log(db, item, LEDGER_WITHHELD, item->created_by, "ok",
			     buf_str(&text), item->created_at, err);
	buf_clear(&text);
	return ok;
}

/* A person's older preview of the same gives way to the newer one. */
static bool replace_older(struct db *db, const struct outbox_item *item,
			  struct err *err)
{
	size_t waited;
	return automatic_is_actor(item->created_by) ||
	       cancel_each(db,
			   "SELECT id FROM transmissions WHERE "
			   "state IN ('sample', 'staged') AND services = ? "
			   "ORDER BY number LIMIT 1",
			   item->services, NULL, item->created_by,
			   "replaced by a newer preview", item->created_at,
			   &waited, err);
}

static const char *staged_words(const struct outbox_item *item)
{
	if (item->state == OUTBOX_SAMPLE) {
		return "sample of a service that is not allowed: shown, never "
		       "sent";
	}
	return automatic_is_actor(item->created_by)
		       ? "prepared to be sent by itself"
		       : "prepared to be looked at; not sent";
}

static bool stage(struct db *db, const struct outbox_item *item,
		  const void *body, size_t len,
		  const struct withheld_list *withheld, struct err *err)
{
	static const struct withheld_list nothing = { .at = NULL };
	const struct withheld_list *left =
		withheld != NULL ? withheld : &nothing;
	return (item->state == OUTBOX_SAMPLE ||
		consent_covers(db, item->services, item->grants,
			       item->created_at, err)) &&
	       replace_older(db, item, err) &&
	       outbox_body_store(db, item->sha256, body, len, item->created_at,
				 err) &&
	       insert_item(db, item, err) &&
	       insert_withheld(db, item->transaction, left, err) &&
	       pseudonyms_save(db, &left->pseudonyms, item->created_at, err) &&
	       outbox_log(db, item, LEDGER_STAGED, item->created_by, "ok",
			  staged_words(item), item->created_at, err) &&
	       log_withheld(db, item, left, err);
}

bool outbox_stage(struct db *db, const struct outbox_item *item,
		  const void *body, size_t len,
		  const struct withheld_list *withheld, struct err *err)
{
	struct outbox_item made = *item;
	if (!check_item(&made, len, err) || !complete(&made, body, len, err) ||
	    !db_begin(db, err)) {
		return false;
	}
	return db_finish(db, stage(db, &made, body, len, withheld, err), err);
}

/* Who approves what, and the words of the entry. */
struct approval {
	const char *actor;
	const char *transaction, *sha256;
	const char *words;
	int64_t now;
};

/* Who presses Send does not wait for the pause of another one before it. */
static bool hurry(struct db *db, const struct outbox_item *item,
		  const struct approval *a, struct err *err)
{
	struct stmt q;
	if (automatic_is_actor(a->actor)) {
		return true;
	}
	if (!db_query(db, &q,
		      "UPDATE transmissions SET next_try_at = 0 "
		      "WHERE state = 'queued' AND (services & ?) <> 0",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, queue_kin(item->services));
	return db_run(&q, err);
}

static bool write_approval(struct db *db, struct outbox_item *item,
			   const struct approval *a, struct err *err)
{
	struct stmt q;
	if (!queue_make_room(db, item->bytes, a->now, NULL, err) ||
	    !hurry(db, item, a, err) ||
	    !db_query(db, &q,
		      "UPDATE transmissions SET approved_at = ?, "
		      "approved_by = ?, approved_sha256 = sha256, "
		      "next_try_at = 0 WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, a->now);
	db_bind_text(&q, 2, a->actor);
	db_bind_text(&q, 3, item->transaction);
	return db_run(&q, err) && outbox_move(db, item, OUTBOX_QUEUED, err) &&
	       outbox_log(db, item, LEDGER_APPROVED, a->actor, "ok", a->words,
			  a->now, err);
}

/* Sets *why when it is refused and the refusal is to be kept. */
static bool approve(struct db *db, const struct approval *a, struct err *why,
		    struct err *err)
{
	struct outbox_item item;
	if (!outbox_get(db, a->transaction, &item, err)) {
		return false;
	}
	if (!text_equal(item.sha256, a->sha256)) {
		return err_set(err, ERR_INVALID,
			       "this is not what was shown: "
			       "the hash is another; look at the preview "
			       "again");
	}
	switch (item.state) {
	case OUTBOX_QUEUED:
	case OUTBOX_SENDING:
	case OUTBOX_SENT:
		return true;
	case OUTBOX_STAGED:
		break;
	case OUTBOX_SAMPLE:
		return err_set(err, ERR_DENIED,
			       "a sample is never sent; allow "
			       "its services and make a new preview");
	default:
		return err_set(err, ERR_DENIED, "this transmission was %s: %s",
			       outbox_state_name(item.state), item.problem);
	}
	if (consent_covers(db, item.services, item.grants, a->now, why)) {
		return write_approval(db, &item, a, err);
	}
	if (why->kind != ERR_DENIED) {
		return err_set(err, why->kind, "%s", why->text);
	}
	return outbox_log(db, &item, LEDGER_REFUSED, a->actor, "refused",
			  why->text, a->now, err);
}

static bool approve_in_one(struct db *db, const struct approval *a,
			   struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (!db_begin(db, err) ||
	    !db_finish(db, approve(db, a, &why, err), err)) {
		return false;
	}
	return why.kind == ERR_NONE || err_set(err, why.kind, "%s", why.text);
}

bool outbox_approve(struct db *db, const char *actor, const char *transaction,
		    const char *sha256, int64_t now, struct err *err)
{
	char who[sizeof(((struct outbox_item *)NULL)->approved_by)];
	line_copy(who, sizeof(who), actor);
	const struct approval a = {
		.actor = who,
		.transaction = transaction,
		.sha256 = sha256,
		.words = "Send was pressed for exactly these bytes",
		.now = now,
	};
	return approve_in_one(db, &a, err);
}

bool outbox_approve_automatic(struct db *db, const char *actor,
			      const char *transaction, const char *sha256,
			      const char *why, int64_t now, struct err *err)
{
	struct buf words = BUF_INIT;
	buf_printf(&words,
		   "exactly these bytes are sent by itself, nobody pressed "
		   "Send: %s",
		   why);
	const struct approval a = {
		.actor = actor,
		.transaction = transaction,
		.sha256 = sha256,
		.words = buf_str(&words),
		.now = now,
	};
	bool ok = (automatic_is_actor(actor) ||
		   err_set(err, ERR_INVALID,
			   "only the timer, alarms and instructions "
			   "send by themselves")) &&
		  approve_in_one(db, &a, err);
	buf_clear(&words);
	return ok;
}

static bool cancel(struct db *db, const char *actor, const char *transaction,
		   const char *why, int64_t now, struct err *err)
{
	struct outbox_item item;
	if (!outbox_get(db, transaction, &item, err)) {
		return false;
	}
	if (!outbox_legal(item.state, OUTBOX_CANCELLED)) {
		return err_set(err, ERR_DENIED,
			       "this transmission is %s; it "
			       "cannot be cancelled any more",
			       outbox_state_name(item.state));
	}
	return outbox_move_cancelled(db, &item, actor, why, now, err);
}

bool outbox_cancel(struct db *db, const char *actor, const char *transaction,
		   const char *why, int64_t now, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db, cancel(db, actor, transaction, why, now, err),
			 err);
}

bool outbox_purge(struct db *db, const char *actor, unsigned services,
		  int64_t now, size_t *waited, struct err *err)
{
	size_t queued = 0;
	if (!db_begin(db, err) ||
	    !db_finish(db,
		       cancel_each(db,
				   "SELECT id FROM transmissions "
				   "WHERE state IN ('sample', 'staged', "
				   "'queued') AND (services & ?) <> 0 "
				   "ORDER BY number LIMIT 1",
				   services, NULL, actor,
				   "the permission for a "
				   "service it holds ended",
				   now, &queued, err),
		       err)) {
		return false;
	}
	if (waited != NULL) {
		*waited = queued;
	}
	return true;
}

bool outbox_purge_made_by(struct db *db, const char *actor, const char *maker,
			  unsigned services, const char *why, int64_t now,
			  struct err *err)
{
	size_t waited;
	return db_begin(db, err) &&
	       db_finish(db,
			 cancel_each(db,
				     "SELECT id FROM transmissions "
				     "WHERE state = 'queued' "
				     "AND (services & ?) <> 0 "
				     "AND created_by = ? "
				     "ORDER BY number LIMIT 1",
				     services, maker, actor, why, now, &waited,
				     err),
			 err);
}
