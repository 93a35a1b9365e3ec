/*
 * Rows of sealed job data. What is taken is decided by sealed_intake.c, who
 * may have it by sealed_custody.c, and the files are sealed_store.c's.
 */
#include "server/sealed.h"

#include "base/mem.h"

#define PIECE_COLUMNS                                                  \
	"device, id, sha256, bytes, purpose, recipients, created_at, " \
	"expires_at "
#define COLUMNS                                                            \
	"number, device, id, sha256, bytes, purpose, recipients, "         \
	"received_at, expires_at, certificate, ledger_index, deleted_at, " \
	"deleted_by "

bool sealed_piece_insert(struct db *db, const struct sealed_piece *piece,
			 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO upload_pieces (" PIECE_COLUMNS ") "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, piece->device);
	db_bind_text(&q, 2, piece->transaction);
	db_bind_text(&q, 3, piece->sha256);
	db_bind_int(&q, 4, (int64_t)piece->bytes);
	db_bind_text(&q, 5, piece->purpose);
	db_bind_text(&q, 6, piece->recipients);
	db_bind_int(&q, 7, piece->created_at);
	db_bind_int(&q, 8, piece->expires_at);
	return db_run(&q, err);
}

static void read_piece(const struct stmt *q, void *row)
{
	struct sealed_piece *piece = row;
	*piece = (struct sealed_piece){ 0 };
	db_copy_text(q, 0, piece->device, sizeof(piece->device));
	db_copy_text(q, 1, piece->transaction, sizeof(piece->transaction));
	db_copy_text(q, 2, piece->sha256, sizeof(piece->sha256));
	piece->bytes = (uint64_t)db_int(q, 3);
	db_copy_text(q, 4, piece->purpose, sizeof(piece->purpose));
	db_copy_text(q, 5, piece->recipients, sizeof(piece->recipients));
	piece->created_at = db_int(q, 6);
	piece->expires_at = db_int(q, 7);
}

/* The one row of a bound query, or NOT_FOUND. */
static bool read_one(struct stmt *q,
		     void (*read_row)(const struct stmt *q, void *row),
		     void *row, struct err *err)
{
	bool there = db_row(q);
	if (there) {
		read_row(q, row);
	}
	if (!db_done(q, err)) {
		return false;
	}
	return there || err_set(err, ERR_NOT_FOUND,
				"There is no such sealed transaction.");
}

bool sealed_piece_find(struct db *db, const char *device,
		       const char *transaction, struct sealed_piece *piece,
		       struct err *err)
{
	struct stmt q;
	struct sealed_piece found;
	if (!db_query(db, &q,
		      "SELECT " PIECE_COLUMNS "FROM upload_pieces "
		      "WHERE device = ? AND id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_text(&q, 2, transaction);
	if (!read_one(&q, read_piece, &found, err)) {
		return false;
	}
	*piece = found;
	return true;
}

bool sealed_piece_prolong(struct db *db, const struct sealed_piece *piece,
			  int64_t expires_at, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE upload_pieces SET expires_at = ? "
		      "WHERE device = ? AND id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, expires_at);
	db_bind_text(&q, 2, piece->device);
	db_bind_text(&q, 3, piece->transaction);
	return db_run(&q, err);
}

bool sealed_piece_remove(struct db *db, const char *device,
			 const char *transaction, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "DELETE FROM upload_pieces WHERE device = ? AND id = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_text(&q, 2, transaction);
	return db_run(&q, err);
}

bool sealed_pieces_due(struct db *db, int64_t now, struct sealed_piece **list,
		       size_t *count, struct err *err)
{
	struct stmt q;
	void *all = NULL;
	if (!db_query(db, &q,
		      "SELECT " PIECE_COLUMNS "FROM upload_pieces "
		      "WHERE expires_at <= ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	if (!db_read_all(&q, sizeof(struct sealed_piece), read_piece, &all,
			 count, err)) {
		return false;
	}
	*list = all;
	return true;
}

bool sealed_insert(struct db *db, struct sealed *item, const char *receipt,
		   struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO sealed (device, id, sha256, bytes, "
		      "purpose, recipients, received_at, expires_at, "
		      "certificate, ledger_index, receipt) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item->device);
	db_bind_text(&q, 2, item->transaction);
	db_bind_text(&q, 3, item->sha256);
	db_bind_int(&q, 4, (int64_t)item->bytes);
	db_bind_text(&q, 5, item->purpose);
	db_bind_text(&q, 6, item->recipients);
	db_bind_int(&q, 7, item->received_at);
	db_bind_int(&q, 8, item->expires_at);
	db_bind_text(&q, 9, item->certificate);
	db_bind_int(&q, 10, (int64_t)item->ledger_index);
	db_bind_text(&q, 11, receipt);
	if (!db_run(&q, err)) {
		return false;
	}
	item->number = db_last_id(db);
	return true;
}

static void read_item(const struct stmt *q, void *row)
{
	struct sealed *item = row;
	*item = (struct sealed){ 0 };
	item->number = db_int(q, 0);
	db_copy_text(q, 1, item->device, sizeof(item->device));
	db_copy_text(q, 2, item->transaction, sizeof(item->transaction));
	db_copy_text(q, 3, item->sha256, sizeof(item->sha256));
	item->bytes = (uint64_t)db_int(q, 4);
	db_copy_text(q, 5, item->purpose, sizeof(item->purpose));
	db_copy_text(q, 6, item->recipients, sizeof(item->recipients));
	item->received_at = db_int(q, 7);
	item->expires_at = db_int(q, 8);
	db_copy_text(q, 9, item->certificate, sizeof(item->certificate));
	item->ledger_index = (uint64_t)db_int(q, 10);
	item->deleted_at = db_int(q, 11);
	db_copy_text(q, 12, item->deleted_by, sizeof(item->deleted_by));
}

bool sealed_find(struct db *db, const char *device, const char *transaction,
		 struct sealed *item, struct err *err)
{
	struct stmt q;
	struct sealed found;
	const char *sql = device == NULL
				  ? "SELECT " COLUMNS "FROM sealed "
				    "WHERE id = ? ORDER BY number LIMIT 1"
				  : "SELECT " COLUMNS "FROM sealed "
				    "WHERE id = ? AND device = ?";
	if (!db_query(db, &q, sql, err)) {
		return false;
	}
	db_bind_text(&q, 1, transaction);
	if (device != NULL) {
		db_bind_text(&q, 2, device);
	}
	if (!read_one(&q, read_item, &found, err)) {
		return false;
	}
	*item = found;
	return true;
}

static void read_receipt(const struct stmt *q, void *row)
{
	size_t len = 0;
	const void *data = db_blob(q, 0, &len);
	buf_put(row, data, len);
}

bool sealed_receipt(struct db *db, int64_t number, struct buf *receipt,
		    struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT CAST(receipt AS BLOB) FROM sealed "
		      "WHERE number = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, number);
	return read_one(&q, read_receipt, receipt, err);
}

static bool read_items(struct stmt *q, struct sealed **list, size_t *count,
		       struct err *err)
{
	void *all = NULL;
	if (!db_read_all(q, sizeof(struct sealed), read_item, &all, count,
			 err)) {
		return false;
	}
	*list = all;
	return true;
}

bool sealed_list(struct db *db, int64_t before, size_t limit,
		 struct sealed **list, size_t *count, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " COLUMNS "FROM sealed WHERE number < ? "
		      "ORDER BY number DESC LIMIT ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, before == 0 ? INT64_MAX : before);
	db_bind_int(&q, 2, limit == 0 ? -1 : (int64_t)limit);
	return read_items(&q, list, count, err);
}

bool sealed_due(struct db *db, int64_t now, struct sealed **list, size_t *count,
		struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " COLUMNS "FROM sealed "
		      "WHERE deleted_at = 0 AND expires_at <= ? "
		      "ORDER BY expires_at, number",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	return read_items(&q, list, count, err);
}

bool sealed_mark_deleted(struct db *db, const struct sealed *item,
			 const char *by, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE sealed SET deleted_at = ?, deleted_by = ? "
		      "WHERE number = ? AND deleted_at = 0",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_text(&q, 2, by);
	db_bind_int(&q, 3, item->number);
	if (!db_run(&q, err)) {
		return false;
	}
	return db_changes(db) == 1 ||
	       err_set(err, ERR_NOT_FOUND, "The file was deleted before.");
}
