/*
 * The store of received transmissions. Whether one is taken at all is decided
 * by ingest.c; who may read it back, by the pages and their ledger entries.
 */
#include "server/received.h"

#include <string.h>

#include "base/mem.h"

#define COLUMNS                                                          \
	"number, device, id, sha256, bytes, received_at, collected_at, " \
	"reason, services, grants, documents, certificate, ledger_index "

static bool insert_head(struct db *db, const struct received *item,
			const char *receipt, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO transmissions (device, id, sha256, bytes, "
		      "received_at, collected_at, reason, services, grants, "
		      "documents, certificate, ledger_index, receipt) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item->device);
	db_bind_text(&q, 2, item->transaction);
	db_bind_text(&q, 3, item->sha256);
	db_bind_int(&q, 4, (int64_t)item->bytes);
	db_bind_int(&q, 5, item->received_at);
	db_bind_int(&q, 6, item->collected_at);
	db_bind_text(&q, 7, item->reason);
	db_bind_text(&q, 8, item->services);
	db_bind_text(&q, 9, item->grants);
	db_bind_int(&q, 10, item->documents);
	db_bind_text(&q, 11, item->certificate);
	db_bind_int(&q, 12, (int64_t)item->ledger_index);
	db_bind_text(&q, 13, receipt);
	return db_run(&q, err);
}

static bool insert_body(struct db *db, int64_t number, const void *body,
			size_t len, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO transmission_bodies (transmission, body) "
		      "VALUES (?, ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, number);
	db_bind_blob(&q, 2, body, len);
	return db_run(&q, err);
}

bool received_insert(struct db *db, struct received *item, const void *body,
		     const char *receipt, struct err *err)
{
	if (!insert_head(db, item, receipt, err)) {
		return false;
	}
	int64_t number = db_last_id(db);
	if (!insert_body(db, number, body, (size_t)item->bytes, err)) {
		return false;
	}
	item->number = number;
	return true;
}

static void read_item(const struct stmt *q, void *row)
{
	struct received *item = row;
	*item = (struct received){ 0 };
	item->number = db_int(q, 0);
	db_copy_text(q, 1, item->device, sizeof(item->device));
	db_copy_text(q, 2, item->transaction, sizeof(item->transaction));
	db_copy_text(q, 3, item->sha256, sizeof(item->sha256));
	item->bytes = (uint64_t)db_int(q, 4);
	item->received_at = db_int(q, 5);
	item->collected_at = db_int(q, 6);
	db_copy_text(q, 7, item->reason, sizeof(item->reason));
	db_copy_text(q, 8, item->services, sizeof(item->services));
	db_copy_text(q, 9, item->grants, sizeof(item->grants));
	item->documents = (unsigned)db_int(q, 10);
	db_copy_text(q, 11, item->certificate, sizeof(item->certificate));
	item->ledger_index = (uint64_t)db_int(q, 12);
}

bool received_find(struct db *db, const char *device, const char *transaction,
		   struct received *item, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " COLUMNS "FROM transmissions "
		      "WHERE device = ? AND id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_text(&q, 2, transaction);
	struct received found;
	bool there = db_row(&q);
	if (there) {
		read_item(&q, &found);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (!there) {
		return err_set(err, ERR_NOT_FOUND,
			       "There is no transaction %.36s of this device.",
			       transaction);
	}
	*item = found;
	return true;
}

bool received_device_of(struct db *db, const char *transaction, char device[65],
			struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT device FROM transmissions WHERE id = ? "
		      "ORDER BY number LIMIT 1",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, transaction);
	char found[65] = "";
	bool there = db_row(&q);
	if (there) {
		db_copy_text(&q, 0, found, sizeof(found));
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (!there) {
		return err_set(err, ERR_NOT_FOUND,
			       "There is no transaction %.36s.", transaction);
	}
	memcpy(device, found, sizeof(found));
	return true;
}

bool received_list(struct db *db, const char *device, int64_t before,
		   size_t limit, struct received **list, size_t *count,
		   struct err *err)
{
	struct stmt q;
	const char *sql =
		device == NULL ? "SELECT " COLUMNS
				 "FROM transmissions WHERE number < ? "
				 "ORDER BY number DESC LIMIT ?"
			       : "SELECT " COLUMNS
				 "FROM transmissions WHERE number < ? "
				 "AND device = ? ORDER BY number DESC LIMIT ?";
	if (!db_query(db, &q, sql, err)) {
		return false;
	}
	int mark = 1;
	db_bind_int(&q, mark++, before == 0 ? INT64_MAX : before);
	if (device != NULL) {
		db_bind_text(&q, mark++, device);
	}
	db_bind_int(&q, mark, limit == 0 ? -1 : (int64_t)limit);
	void *all = NULL;
	if (!db_read_all(&q, sizeof(struct received), read_item, &all, count,
			 err)) {
		return false;
	}
	*list = all;
	return true;
}

/* One blob or text of a transmission by its number. */
static bool read_one(struct db *db, const char *sql, int64_t number,
		     struct buf *out, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, sql, err)) {
		return false;
	}
	db_bind_int(&q, 1, number);
	bool there = db_row(&q);
	if (there) {
		size_t len = 0;
		const void *data = db_blob(&q, 0, &len);
		buf_put(out, data, len);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	return there || err_set(err, ERR_NOT_FOUND,
				"This transmission is not here any more.");
}

bool received_body(struct db *db, int64_t number, struct buf *body,
		   struct err *err)
{
	return read_one(db,
			"SELECT body FROM transmission_bodies "
			"WHERE transmission = ?",
			number, body, err);
}

bool received_receipt(struct db *db, int64_t number, struct buf *receipt,
		      struct err *err)
{
	return read_one(db,
			"SELECT CAST(receipt AS BLOB) FROM transmissions "
			"WHERE number = ?",
			number, receipt, err);
}
