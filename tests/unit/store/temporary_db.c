/* Temporary databases for tests of store and of what stands on it. */
#include "tests/unit/store/temporary_db.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "store/migrate.h"
#include "tests/support/folder.h"

static int make(void **state, const char *side)
{
	struct temporary_db *t = mem_zalloc(sizeof(*t));
	folder_make(t->dir, sizeof(t->dir));
	snprintf(t->path, sizeof(t->path), "%s/test.db", t->dir);
	assert_done(db_open(t->path, DB_CREATE, &t->db, err));
	/*
	 * Nothing here outlives the test; the real level has tests of its own.
	 */
	temporary_db_run(t->db, "PRAGMA synchronous = OFF");
	if (side != NULL) {
		assert_done(migrate(t->db, side, err));
	}
	*state = t;
	return 0;
}

int temporary_db_device(void **state)
{
	return make(state, "device");
}

int temporary_db_server(void **state)
{
	return make(state, "server");
}

int temporary_db_empty(void **state)
{
	return make(state, NULL);
}

int temporary_db_end(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	assert_done(db_query(t->db, &q, "PRAGMA integrity_check", err));
	assert_true(db_row(&q));
	assert_string_equal(db_text(&q, 0), "ok");
	assert_done(db_done(&q, err));
	assert_int_equal(0, temporary_db_number(t->db,
						"SELECT count(*) FROM "
						"pragma_foreign_key_check"));
	db_close(t->db);
	folder_remove(t->dir);
	mem_free(t);
	return 0;
}

void temporary_db_reopen(struct temporary_db *t)
{
	db_close(t->db);
	t->db = NULL;
	assert_done(db_open(t->path, DB_READ_WRITE, &t->db, err));
	temporary_db_run(t->db, "PRAGMA synchronous = OFF");
}

void temporary_db_run(struct db *db, const char *sql)
{
	struct stmt q;
	assert_done(db_query(db, &q, sql, err));
	assert_done(db_run(&q, err));
}

int64_t temporary_db_number(struct db *db, const char *sql)
{
	struct stmt q;
	assert_done(db_query(db, &q, sql, err));
	int64_t value = db_row(&q) ? db_int(&q, 0) : 0;
	assert_done(db_done(&q, err));
	return value;
}

bool temporary_db_refuses(struct db *db, const char *sql, struct err *err)
{
	struct stmt q;
	return db_query(db, &q, sql, err) && !db_run(&q, err);
}

void temporary_db_fill(struct db *db, bool full)
{
	char sql[64];
	int64_t pages =
		full ? temporary_db_number(db, "PRAGMA page_count") : 1000000;
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld",
		 (long long)pages);
	temporary_db_run(db, sql);
}

void temporary_db_refuse(struct db *db, const char *write)
{
	temporary_db_run(db, "DROP TRIGGER IF EXISTS refuse_write");
	if (write != NULL) {
		char sql[400];
		snprintf(sql, sizeof(sql),
			 "CREATE TRIGGER refuse_write BEFORE %s "
			 "BEGIN SELECT RAISE(ABORT, 'no'); END",
			 write);
		temporary_db_run(db, sql);
	}
}

void temporary_db_drop_triggers(struct db *db)
{
	for (;;) {
		struct stmt q;
		char sql[128] = "";
		assert_done(db_query(db, &q,
				     "SELECT name FROM sqlite_schema "
				     "WHERE type = 'trigger' LIMIT 1",
				     err));
		if (db_row(&q)) {
			snprintf(sql, sizeof(sql), "DROP TRIGGER %s",
				 db_text(&q, 0));
		}
		assert_done(db_done(&q, err));
		if (sql[0] == '\0') {
			return;
		}
		temporary_db_run(db, sql);
	}
}
