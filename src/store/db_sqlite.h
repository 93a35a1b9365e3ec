#ifndef SLUICE_STORE_DB_SQLITE_H
#define SLUICE_STORE_DB_SQLITE_H

#include <sqlite3.h>

#include "store/db.h"

/*
 * What db_sqlite.c (connection, transactions) and db_statement.c share.
 * Nobody outside src/store includes this.
 */
#define DB_STATEMENTS_KEPT 48

/* One prepared statement; kept for the next use of the same SQL. */
struct db_statement {
	sqlite3_stmt *handle;
	char *sql;
	bool busy;         /* between db_query() and db_done() */
	bool kept;         /* stands in the cache; else freed by db_done() */
	uint64_t used;     /* value of db->uses when last taken */
	struct err failed; /* what went wrong on the way */
};

struct db {
	sqlite3 *handle;
	unsigned depth; /* open begins */
	bool doomed;    /* an inner transaction was rolled back */
	bool loose;     /* the outermost one is of db_begin_loose() */
	uint64_t uses;
	struct db_statement *kept[DB_STATEMENTS_KEPT];
};

/* Sets err from a result code of SQLite. Returns false. */
bool db_failed(struct db *db, int rc, struct err *err);

/*
 * Is the transaction that the caller believes in gone? SQLite ends it by
 * itself when the disk is full.
 */
bool db_transaction_lost(const struct db *db);

/* Frees every statement that is kept. */
void db_statements_clear(struct db *db);

/* Runs SQL text of one or more statements without rows. */
MUST_USE bool db_script(struct db *db, const char *sql, struct err *err);

#endif
