/*
 * The exact bytes of transmissions, table bodies, by content hash. Bytes go
 * when a preview is cancelled and when retention says so; what the ledger
 * says about them stays.
 */
#include "domain/outbox_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "crypto/sha256.h"

bool outbox_body(struct db *db, const char *transaction, struct buf *body,
		 struct err *err)
{
	struct outbox_item item;
	struct stmt q;
	if (!outbox_get(db, transaction, &item, err) ||
	    !db_query(db, &q, "SELECT body FROM bodies WHERE sha256 = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, item.sha256);
	struct buf found = BUF_INIT;
	bool any = db_row(&q);
	if (any) {
		size_t len;
		const void *data = db_blob(&q, 0, &len);
		buf_put(&found, data, len);
	}
	bool ok = db_done(&q, err);
	if (ok && !any) {
		ok = err_set(err, ERR_NOT_FOUND,
			     "the bytes of this "
			     "transmission are not kept any more");
	}
	if (ok) {
		buf_put(body, found.data, found.len);
	}
	buf_clear(&found);
	return ok;
}

bool outbox_body_store(struct db *db, const char *sha256, const void *body,
		       size_t len, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO bodies (sha256, body, stored_at) "
		      "VALUES (?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET "
		      "stored_at = excluded.stored_at",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, sha256);
	db_bind_blob(&q, 2, body, len);
	db_bind_int(&q, 3, now);
	return db_run(&q, err);
}

bool outbox_body_drop(struct db *db, const char *sha256, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "DELETE FROM bodies WHERE sha256 = ?1 "
		      "AND NOT EXISTS (SELECT 1 FROM transmissions "
		      "WHERE sha256 = ?1 AND (state <> 'cancelled' "
		      "OR peer <> ''))",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, sha256);
	return db_run(&q, err);
}

bool outbox_body_matches(struct db *db, const char *sha256, bool *matches,
			 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "SELECT body FROM bodies WHERE sha256 = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, sha256);
	bool same = false;
	if (db_row(&q)) {
		size_t len;
		const void *data = db_blob(&q, 0, &len);
		uint8_t hash[SHA256_SIZE];
		char text[2 * SHA256_SIZE + 1];
		sha256_bytes(data, len, hash);
		hex_encode(text, hash, sizeof(hash));
		same = strcmp(text, sha256) == 0;
	}
	if (!db_done(&q, err)) {
		return false;
	}
	*matches = same;
	return true;
}

static bool trim(struct db *db, int64_t max_age_s, uint64_t max_bytes,
		 int64_t now, size_t *removed, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "DELETE FROM bodies WHERE sha256 NOT IN "
		      "(SELECT sha256 FROM transmissions WHERE state IN "
		      "('sample', 'staged', 'queued', 'sending')) "
		      "AND (stored_at < ? OR sha256 IN (SELECT sha256 FROM "
		      "(SELECT sha256, sum(length(body)) OVER "
		      "(ORDER BY stored_at DESC, sha256) AS total "
		      "FROM bodies) WHERE total > ?))",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now - max_age_s);
	db_bind_int(&q, 2,
		    max_bytes > INT64_MAX ? INT64_MAX : (int64_t)max_bytes);
	if (!db_run(&q, err)) {
		return false;
	}
	int64_t gone = db_changes(db);
	*removed = (size_t)gone;
	if (gone == 0) {
		return true;
	}
	struct buf text = BUF_INIT;
	buf_printf(&text,
		   "retention removed the bytes of %" PRId64
		   " transmissions; their entries stay",
		   gone);
	bool ok = ledger_configuration(db, "daemon", NULL, buf_str(&text), now,
				       err);
	buf_clear(&text);
	return ok;
}

bool outbox_trim(struct db *db, int64_t max_age_s, uint64_t max_bytes,
		 int64_t now, size_t *removed, struct err *err)
{
	size_t gone = 0;
	if (!db_begin(db, err) ||
	    !db_finish(db, trim(db, max_age_s, max_bytes, now, &gone, err),
		       err)) {
		return false;
	}
	*removed = gone;
	return true;
}
