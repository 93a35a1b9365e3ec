/*
 * Prepared statements of db.h on SQLite: cache, binding, stepping. What goes
 * wrong while binding or stepping is kept in the statement and told once, by
 * db_done(). The connection is db_sqlite.c's.
 */
#include "store/db_sqlite.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

enum { STMT_READY = 0, STMT_ROW, STMT_END, STMT_FAILED };

static void statement_free(struct db_statement *s)
{
	if (s == NULL) {
		return;
	}
	(void)sqlite3_finalize(s->handle);
	mem_free(s->sql);
	mem_free(s);
}

void db_statements_clear(struct db *db)
{
	for (size_t i = 0; i < DB_STATEMENTS_KEPT; i++) {
		statement_free(db->kept[i]);
		db->kept[i] = NULL;
	}
}

static struct db_statement *find_kept(struct db *db, const char *sql)
{
	for (size_t i = 0; i < DB_STATEMENTS_KEPT; i++) {
		struct db_statement *s = db->kept[i];
		if (s != NULL && !s->busy && strcmp(s->sql, sql) == 0) {
			return s;
		}
	}
	return NULL;
}

/* Puts s in a free place or that of the one not used for longest. */
static void keep(struct db *db, struct db_statement *s)
{
	size_t place = DB_STATEMENTS_KEPT;
	for (size_t i = 0; i < DB_STATEMENTS_KEPT; i++) {
		struct db_statement *other = db->kept[i];
		if (other == NULL) {
			place = i;
			break;
		}
		if (!other->busy && (place == DB_STATEMENTS_KEPT ||
				     other->used < db->kept[place]->used)) {
			place = i;
		}
	}
	if (place == DB_STATEMENTS_KEPT) {
		return;
	}
	statement_free(db->kept[place]);
	db->kept[place] = s;
	s->kept = true;
}

static struct db_statement *prepare(struct db *db, const char *sql,
				    struct err *err)
{
	sqlite3_stmt *handle = NULL;
	const char *tail = NULL;
	int rc = sqlite3_prepare_v3(db->handle, sql, -1,
				    SQLITE_PREPARE_PERSISTENT, &handle, &tail);
	if (rc != SQLITE_OK) {
		db_failed(db, rc, err);
		return NULL;
	}
	/* One statement, all of the text: a bound value never lands here. */
	assert(handle != NULL && *tail == '\0');
	struct db_statement *s = mem_zalloc(sizeof(*s));
	s->handle = handle;
	s->sql = mem_strdup(sql);
	keep(db, s);
	return s;
}

bool db_query(struct db *db, struct stmt *q, const char *sql, struct err *err)
{
	*q = (struct stmt){ db, NULL, STMT_FAILED };
	if (db_transaction_lost(db)) {
		return err_set(err, ERR_IO,
			       "nothing was changed: the "
			       "transaction was rolled back");
	}
	struct db_statement *s = find_kept(db, sql);
	if (s == NULL) {
		s = prepare(db, sql, err);
	}
	if (s == NULL) {
		return false;
	}
	s->busy = true;
	s->used = ++db->uses;
	err_reset(&s->failed);
	q->handle = s;
	q->state = STMT_READY;
	return true;
}

static void note(struct stmt *q, int rc)
{
	struct db_statement *s = q->handle;
	if (rc == SQLITE_OK) {
		return;
	}
	db_failed(q->db, rc, &s->failed);
	q->state = STMT_FAILED;
}

static sqlite3_stmt *handle_of(const struct stmt *q)
{
	const struct db_statement *s = q->handle;
	assert(s != NULL);
	return s->handle;
}

void db_bind_int(struct stmt *q, int n, int64_t value)
{
	note(q, sqlite3_bind_int64(handle_of(q), n, value));
}

void db_bind_text(struct stmt *q, int n, const char *value)
{
	if (value == NULL) {
		db_bind_null(q, n);
		return;
	}
	note(q, sqlite3_bind_text64(handle_of(q), n, value, strlen(value),
				    SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_blob(struct stmt *q, int n, const void *data, size_t len)
{
	/* A NULL pointer would bind NULL. */
	note(q, sqlite3_bind_blob64(handle_of(q), n, len == 0 ? "" : data, len,
				    SQLITE_TRANSIENT));
}

void db_bind_null(struct stmt *q, int n)
{
	note(q, sqlite3_bind_null(handle_of(q), n));
}

bool db_row(struct stmt *q)
{
	struct db_statement *s = q->handle;
	if (s == NULL || q->state == STMT_END || q->state == STMT_FAILED) {
		return false;
	}
	int rc = sqlite3_step(s->handle);
	if (rc == SQLITE_ROW) {
		q->state = STMT_ROW;
		return true;
	}
	q->state = STMT_END;
	note(q, rc == SQLITE_DONE ? SQLITE_OK : rc);
	return false;
}

int64_t db_int(const struct stmt *q, int column)
{
	assert(q->state == STMT_ROW);
	return sqlite3_column_int64(handle_of(q), column);
}

const char *db_text(const struct stmt *q, int column)
{
	assert(q->state == STMT_ROW);
	const unsigned char *text = sqlite3_column_text(handle_of(q), column);
	return text == NULL ? "" : (const char *)text;
}

const void *db_blob(const struct stmt *q, int column, size_t *len)
{
	assert(q->state == STMT_ROW);
	const void *data = sqlite3_column_blob(handle_of(q), column);
	*len = (size_t)sqlite3_column_bytes(handle_of(q), column);
	return data == NULL ? "" : data;
}

bool db_is_null(const struct stmt *q, int column)
{
	assert(q->state == STMT_ROW);
	return sqlite3_column_type(handle_of(q), column) == SQLITE_NULL;
}

bool db_done(struct stmt *q, struct err *err)
{
	struct db_statement *s = q->handle;
	if (s == NULL) {
		return err_set(err, ERR_BUG, "this statement is not in use");
	}
	bool ok = s->failed.kind == ERR_NONE;
	if (!ok) {
		err_set(err, s->failed.kind, "%s", s->failed.text);
	}
	(void)sqlite3_reset(s->handle);
	(void)sqlite3_clear_bindings(s->handle);
	s->busy = false;
	if (!s->kept) {
		statement_free(s);
	}
	q->handle = NULL;
	q->state = STMT_FAILED;
	return ok;
}

bool db_run(struct stmt *q, struct err *err)
{
	while (db_row(q)) {
		/* RETURNING rows, if any, are not looked at. */
	}
	return db_done(q, err);
}
