/*
 * Words for names of the network and what they stand for, kept so that the
 * customer can read his own transmissions. Made by documents/redact.c.
 */
#include "domain/pseudonyms.h"

static bool save_one(struct db *db, const struct pseudonym *one, int64_t now,
		     struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO pseudonyms (token, value, first_at, "
		      "last_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT (token) "
		      "DO UPDATE SET last_at = excluded.last_at",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, one->token);
	db_bind_text(&q, 2, one->value);
	db_bind_int(&q, 3, now);
	return db_run(&q, err);
}

static bool save_all(struct db *db, const struct pseudonym_list *list,
		     int64_t now, struct err *err)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!save_one(db, &list->at[i], now, err)) {
			return false;
		}
	}
	return true;
}

bool pseudonyms_save(struct db *db, const struct pseudonym_list *list,
		     int64_t now, struct err *err)
{
	return list->count == 0 ||
	       (db_begin(db, err) &&
		db_finish(db, save_all(db, list, now, err), err));
}

bool pseudonyms_value(struct db *db, const char *token, struct buf *value,
		      struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "SELECT value FROM pseudonyms WHERE token = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, token);
	bool any = db_row(&q);
	if (any) {
		buf_put_str(value, db_text(&q, 0));
	}
	return db_done(&q, err) &&
	       (any || err_set(err, ERR_NOT_FOUND,
			       "nothing is known under this word"));
}

bool pseudonyms_each(struct db *db,
		     bool (*row)(void *ctx, const char *token,
				 const char *value, int64_t last_at,
				 struct err *err),
		     void *ctx, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT token, value, last_at FROM pseudonyms "
		      "ORDER BY last_at DESC, value",
		      err)) {
		return false;
	}
	bool ok = true;
	while (ok && db_row(&q)) {
		ok = row(ctx, db_text(&q, 0), db_text(&q, 1), db_int(&q, 2),
			 err);
	}
	struct err late = { .kind = ERR_NONE };
	bool done = db_done(&q, ok ? err : &late);
	return ok && done;
}
