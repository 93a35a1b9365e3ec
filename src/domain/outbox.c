/*
 * Reading the outbox: names of states, items, withheld lists, receipts. The
 * ways from state to state are in outbox_ways.c, people's side in
 * outbox_stage.c, the daemon's in outbox_deliver.c, bytes in outbox_bodies.c.
 */
#include "domain/outbox.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/line.h"
#include "domain/outbox_parts.h"

#define STATES (OUTBOX_CANCELLED + 1)
#define STAGES (STAGE_RECEIPT_CHECKED + 1)

#define COLUMNS                                                           \
	"id, state, stage, services, grants, sha256, bytes, created_at, " \
	"created_by, approved_at, approved_by, attempts, next_try_at, "   \
	"problem, received_at, peer"

static const struct {
	const char *name; /* in the table too: never changes */
	const char *title;
} states[STATES] = {
	[OUTBOX_UNSET] = { "", "" },
	[OUTBOX_SAMPLE] = { "sample", "Sample, cannot be sent" },
	[OUTBOX_STAGED] = { "staged", "Prepared, not approved" },
	[OUTBOX_QUEUED] = { "queued", "Waiting to be sent" },
	[OUTBOX_SENDING] = { "sending", "Being sent" },
	[OUTBOX_SENT] = { "sent", "Sent, receipt checked" },
	[OUTBOX_FAILED] = { "failed", "Failed" },
	[OUTBOX_CANCELLED] = { "cancelled", "Cancelled, not sent" },
};

static const char *const stages[STAGES] = {
	[STAGE_UNSET] = "",
	[STAGE_PREPARED] = "prepared",
	[STAGE_CONNECTING] = "connecting",
	[STAGE_CONNECTED] = "connected",
	[STAGE_UPLOADING] = "uploading",
	[STAGE_UPLOADED] = "uploaded",
	[STAGE_RECEIPT_CHECKED] = "receipt-checked",
};

const char *outbox_state_name(enum outbox_state state)
{
	return (unsigned)state < STATES ? states[state].name : "";
}

const char *outbox_state_title(enum outbox_state state)
{
	return (unsigned)state < STATES ? states[state].title : "";
}

const char *outbox_stage_name(enum outbox_stage stage)
{
	return (unsigned)stage < STAGES ? stages[stage] : "";
}

static enum outbox_state state_by_name(const char *name)
{
	for (int i = OUTBOX_UNSET + 1; i < STATES; i++) {
		if (text_equal(states[i].name, name)) {
			return (enum outbox_state)i;
		}
	}
	return OUTBOX_UNSET;
}

static void read_row(const struct stmt *q, void *row)
{
	struct outbox_item *item = row;
	*item = (struct outbox_item){
		.state = state_by_name(db_text(q, 1)),
		.stage = (enum outbox_stage)db_int(q, 2),
		.services = (unsigned)db_int(q, 3),
		.bytes = (uint64_t)db_int(q, 6),
		.created_at = db_int(q, 7),
		.approved_at = db_int(q, 9),
		.attempts = (unsigned)db_int(q, 11),
		.next_try_at = db_int(q, 12),
		.received_at = db_int(q, 14),
	};
	line_copy(item->transaction, sizeof(item->transaction), db_text(q, 0));
	line_copy(item->grants, sizeof(item->grants), db_text(q, 4));
	line_copy(item->sha256, sizeof(item->sha256), db_text(q, 5));
	line_copy(item->created_by, sizeof(item->created_by), db_text(q, 8));
	line_copy(item->approved_by, sizeof(item->approved_by), db_text(q, 10));
	line_copy(item->problem, sizeof(item->problem), db_text(q, 13));
	line_copy(item->peer, sizeof(item->peer), db_text(q, 15));
}

/* Finishes q, which asks for one item. */
static bool one_item(struct stmt *q, struct outbox_item *item, const char *none,
		     struct err *err)
{
	struct outbox_item found;
	bool any = db_row(q);
	if (any) {
		read_row(q, &found);
	}
	if (!db_done(q, err)) {
		return false;
	}
	if (!any) {
		return err_set(err, ERR_NOT_FOUND, "%s", none);
	}
	*item = found;
	return true;
}

bool outbox_get(struct db *db, const char *transaction,
		struct outbox_item *item, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " COLUMNS " FROM transmissions "
		      "WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, transaction);
	return one_item(&q, item, "there is no such transmission", err);
}

bool outbox_list(struct db *db, enum outbox_state state, size_t limit,
		 struct outbox_item **list, size_t *count, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      state == OUTBOX_UNSET
			      ? "SELECT " COLUMNS
				" FROM transmissions WHERE ? = '' "
				"ORDER BY number DESC LIMIT ?"
			      : "SELECT " COLUMNS
				" FROM transmissions WHERE state = ? "
				"ORDER BY number DESC LIMIT ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, outbox_state_name(state));
	db_bind_int(&q, 2,
		    limit == 0 || limit > INT32_MAX ? -1 : (int64_t)limit);
	void *all = NULL;
	if (!db_read_all(&q, sizeof(struct outbox_item), read_row, &all, count,
			 err)) {
		return false;
	}
	*list = all != NULL ? all : mem_array(1, sizeof(struct outbox_item));
	return true;
}

bool outbox_each_waiting(struct db *db,
			 bool (*row)(void *ctx, const struct outbox_item *item),
			 void *ctx, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " COLUMNS " FROM transmissions "
		      "WHERE state IN ('queued', 'sending') ORDER BY number",
		      err)) {
		return false;
	}
	bool more = true;
	while (more && db_row(&q)) {
		struct outbox_item item;
		read_row(&q, &item);
		more = row(ctx, &item);
	}
	return db_done(&q, err);
}

/* The next set of services that was ever sent, with its newest receipt. */
static bool next_sent(struct db *db, int64_t *services, int64_t *at,
		      struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT services, received_at FROM transmissions "
		      "INDEXED BY transmissions_sent "
		      "WHERE state = 'sent' AND services > ? "
		      "ORDER BY services, received_at DESC LIMIT 1",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, *services);
	int64_t next = 0;
	if (db_row(&q)) {
		next = db_int(&q, 0);
		*at = db_int(&q, 1);
	}
	*services = next;
	return db_done(&q, err);
}

bool outbox_last_sent(struct db *db, int64_t at[OUTBOX_SERVICES],
		      struct err *err)
{
	int64_t found[OUTBOX_SERVICES] = { 0 };
	int64_t services = 0, newest = 0;
	for (;;) {
		if (!next_sent(db, &services, &newest, err)) {
			return false;
		}
		if (services == 0) {
			break;
		}
		unsigned held = (unsigned)services | SERVICE_BIT(SERVICE_UNSET);
		for (unsigned id = 0; id < OUTBOX_SERVICES; id++) {
			if ((held & SERVICE_BIT(id)) != 0 &&
			    newest > found[id]) {
				found[id] = newest;
			}
		}
	}
	memcpy(at, found, sizeof(found));
	return true;
}

bool outbox_withheld(struct db *db, const char *transaction,
		     struct withheld_list *list, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT document, path, class, reason, count "
		      "FROM withheld WHERE transmission = ? ORDER BY number",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, transaction);
	struct withheld_list found = { .at = NULL };
	while (db_row(&q)) {
		found.at = mem_resize(found.at,
				      (found.count + 1) * sizeof(*found.at));
		struct withheld *w = &found.at[found.count++];
		line_copy(w->document, sizeof(w->document), db_text(&q, 0));
		line_copy(w->path, sizeof(w->path), db_text(&q, 1));
		w->class = (enum field_class)db_int(&q, 2);
		line_copy(w->reason, sizeof(w->reason), db_text(&q, 3));
		w->count = (unsigned)db_int(&q, 4);
	}
	if (!db_done(&q, err)) {
		mem_free(found.at);
		return false;
	}
	*list = found;
	return true;
}

bool outbox_receipt(struct db *db, const char *transaction, struct buf *note,
		    struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT note FROM receipts "
		      "WHERE transmission = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, transaction);
	struct buf found = BUF_INIT;
	bool any = db_row(&q);
	if (any) {
		buf_put_str(&found, db_text(&q, 0));
	}
	bool ok = db_done(&q, err);
	if (ok && !any) {
		ok = err_set(err, ERR_NOT_FOUND,
			     "there is no receipt for this "
			     "transmission");
	}
	if (ok) {
		buf_put(note, found.data, found.len);
	}
	buf_clear(&found);
	return ok;
}
