#ifndef SLUICE_TESTS_TEMPORARY_DB_H
#define SLUICE_TESTS_TEMPORARY_DB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "store/db.h"

/* A database of its own for each test. As cmocka set-up: *state = struct temporary_db. */
struct temporary_db {
	char dir[64];
	char path[96];
	struct db *db;
};

int temporary_db_device(void **state); /* migrated as "device" */
int temporary_db_server(void **state);
int temporary_db_empty(void **state); /* no schema */
int temporary_db_end(void **state);   /* also checks PRAGMA integrity_check */

void temporary_db_reopen(struct temporary_db *t);

/* Runs SQL; fails the test when it cannot. */
void temporary_db_run(struct db *db, const char *sql);

/* First column of the first row as a number; 0 if there is no row. */
int64_t temporary_db_number(struct db *db, const char *sql);

/* true: the SQL is refused (and err says so). */
bool temporary_db_refuses(struct db *db, const char *sql, struct err *err);

/* Lets the file grow no more, as on a full disk; 0 = again as it likes. */
void temporary_db_fill(struct db *db, bool full);

/*
 * From now on such a write fails with ERR_INVALID, as "UPDATE ON settings" or
 * "INSERT ON ledger WHEN NEW.kind = 'grant'"; NULL ends it.
 */
void temporary_db_refuse(struct db *db, const char *write);

/* Drops all triggers, as somebody with another tool could. */
void temporary_db_drop_triggers(struct db *db);

/* The call must fail with this kind. */
#define assert_fails(kind_, call)                             \
	do {                                                  \
		struct err err_ = { .kind = ERR_NONE };       \
		struct err *err = &err_;                      \
		assert_false(call);                           \
		assert_string_equal(err_kind_name(err_.kind), \
				    err_kind_name(kind_));    \
		assert_true(err_.text[0] != '\0');            \
	} while (0)

/* The call must succeed; else its error is shown. */
#define assert_done(call)                                     \
	do {                                                  \
		struct err err_ = { .kind = ERR_NONE };       \
		struct err *err = &err_;                      \
		bool ok_ = (call);                            \
		if (!ok_) {                                   \
			fail_msg("%s: %s", #call, err_.text); \
		}                                             \
	} while (0)

#endif
