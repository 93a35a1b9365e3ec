#ifndef SLUICE_STORE_DB_H
#define SLUICE_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A database, whichever engine is behind it. WAL with synchronous=FULL: what
 * was committed survives a power cut. Several processes may open the same
 * one; a writer waits at most DB_BUSY_MS for another.
 */
struct db; /* opaque */

#define DB_BUSY_MS 5000

enum db_mode { DB_UNSET = 0, DB_READ_WRITE, DB_READ_ONLY, DB_CREATE };

/*
 * Errors: NOT_FOUND (no such file), IO, INVALID (no database). File mode 0660.
 */
MUST_USE bool db_open(const char *path, enum db_mode mode, struct db **db,
		      struct err *err);
/* NULL is fine; ends an open transaction without commit */
void db_close(struct db *db);

/*
 * Has this connection changed anything? If not, a process may end without
 * db_close(), which costs the last one of several processes the tidying up of
 * the write-ahead log; the next one that opens does that.
 */
bool db_has_written(const struct db *db);

/*
 * Transactions: begin takes the write lock at once. They nest: an inner
 * commit only counts down, an inner rollback dooms the whole. A thing counts
 * as done only after the outermost commit returned true.
 * Errors: RETRY (locked for DB_BUSY_MS), IO (disk full included).
 */
MUST_USE bool db_begin(struct db *db, struct err *err);
MUST_USE bool db_commit(struct db *db, struct err *err);

/*
 * As db_begin(), for what is only shown and may be forgotten in a power cut:
 * the commit does not wait for the disk. It never comes back half, and the
 * next ordinary commit makes it last too. Inside another transaction it is
 * as good as that one.
 */
MUST_USE bool db_begin_loose(struct db *db, struct err *err);
void db_rollback(struct db *db);

/*
 * The usual end: commits when ok, else rolls back and returns false (err is as
 * it was).
 */
MUST_USE bool db_finish(struct db *db, bool ok, struct err *err);

/*
 * As db_begin(), but only to read one unchanging state: takes no lock that
 * keeps writers out.
 */
MUST_USE bool db_snapshot(struct db *db, struct err *err);

/*
 * A number that is another one when another connection committed since it was
 * asked for last; own commits leave it. Cheap, so that whoever has to know of
 * a change looks again only when there was one: asks this first, then looks.
 */
MUST_USE bool db_version(struct db *db, int64_t *version, struct err *err);

/*
 * One prepared statement in use. "?" marks are bound in order from 1; text
 * and blobs are copied. Statements are cached by their text pointer's content
 * inside struct db, so preparing the same SQL again is cheap.
 *
 *	struct stmt q;
 *	if (!db_query(db, &q, "SELECT name FROM accounts WHERE id = ?", err)) return false;
 *	db_bind_int(&q, 1, id);
 *	while (db_row(&q)) { ... db_text(&q, 0) ... }
 *	return db_done(&q, err);      -- always; reports what went wrong on the way
 */
struct stmt {
	struct db *db;
	void *handle;
	int state;
};

MUST_USE bool db_query(struct db *db, struct stmt *q, const char *sql,
		       struct err *err);
void db_bind_int(struct stmt *q, int n, int64_t value);
/* NULL binds NULL */
void db_bind_text(struct stmt *q, int n, const char *value);
void db_bind_blob(struct stmt *q, int n, const void *data, size_t len);
void db_bind_null(struct stmt *q, int n);
/* False: no more rows, or failed: see db_done() */
MUST_USE bool db_row(struct stmt *q);
int64_t db_int(const struct stmt *q, int column); /* NULL gives 0 */
/* NULL gives ""; valid until next db_row/db_done */
const char *db_text(const struct stmt *q, int column);
const void *db_blob(const struct stmt *q, int column, size_t *len);
bool db_is_null(const struct stmt *q, int column);
MUST_USE bool db_done(struct stmt *q, struct err *err);

/*
 * Every row of a bound query as an array of rows of that size, then
 * db_done(). read_row fills one row, which is not zeroed and stays without
 * memory of its own. *list: caller mem_free()s, NULL when there are none.
 */
MUST_USE bool db_read_all(struct stmt *q, size_t size,
			  void (*read_row)(const struct stmt *q, void *row),
			  void **list, size_t *count, struct err *err);

/* A text column into a field of size bytes; "" when it does not fit. */
void db_copy_text(const struct stmt *q, int column, char *dst, size_t size);

/* For statements without rows: binds were done; steps and finishes. */
MUST_USE bool db_run(struct stmt *q, struct err *err);

int64_t db_last_id(const struct db *db); /* row id of the last INSERT */
/* Rows that the last statement changed */
int64_t db_changes(const struct db *db);

#endif
