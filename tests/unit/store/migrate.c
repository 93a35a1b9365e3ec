/* Migrations and what the schema itself refuses (src/store/migrate.c). */
#include "tests/unit/store/temporary_db.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/db_sqlite.h"
#include "store/migrate.h"
#include "store/schema.h"

/* How many schema files a side runs, the common ones with it. */
static int64_t files_of(const char *side)
{
	int64_t count = 0;
	for (const struct embedded *f = store_schema; f->name != NULL; f++) {
		count += text_starts_with(f->name, side) ||
			 text_starts_with(f->name, "common-");
	}
	return count;
}

static void an_empty_database_becomes_a_device(void **state)
{
	struct temporary_db *t = *state;
	assert_done(migrate(t->db, "device", err));
	assert_int_equal(files_of("device-"),
			 temporary_db_number(t->db, "SELECT count(*) "
						    "FROM schema_version"));
	assert_int_equal(0, temporary_db_number(t->db,
						"SELECT count(*) FROM grants"));
	assert_int_equal(
		0, temporary_db_number(t->db, "SELECT count(*) FROM accounts"));
}

static void an_empty_database_becomes_a_server(void **state)
{
	struct temporary_db *t = *state;
	assert_done(migrate(t->db, "server", err));
	assert_int_equal(0, temporary_db_number(t->db, "SELECT count(*) "
						       "FROM devices"));
}

static void migrating_again_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	assert_done(migrate(t->db, "device", err));
	temporary_db_run(t->db, "INSERT INTO settings VALUES ('a', 'b')");
	assert_done(migrate(t->db, "device", err));
	temporary_db_reopen(t);
	assert_done(migrate(t->db, "device", err));
	assert_int_equal(1, temporary_db_number(t->db, "SELECT count(*) "
						       "FROM settings"));
}

static void a_newer_database_is_refused(void **state)
{
	struct temporary_db *t = *state;
	assert_done(migrate(t->db, "device", err));
	temporary_db_run(t->db, "INSERT INTO schema_version VALUES "
				"('device-999.sql')");
	assert_fails(ERR_INVALID, migrate(t->db, "device", err));
}

static void the_other_side_is_refused(void **state)
{
	struct temporary_db *t = *state;
	assert_done(migrate(t->db, "device", err));
	assert_fails(ERR_INVALID, migrate(t->db, "server", err));
	assert_int_equal(files_of("device-"),
			 temporary_db_number(t->db, "SELECT count(*) "
						    "FROM schema_version"));
}

static void all_or_nothing_when_the_disk_is_full(void **state)
{
	struct temporary_db *t = *state;
	temporary_db_run(t->db, "CREATE TABLE x (a BLOB)");
	temporary_db_fill(t->db, true);
	assert_fails(ERR_IO, migrate(t->db, "device", err));
	assert_int_equal(1, temporary_db_number(t->db, "SELECT count(*) "
						       "FROM sqlite_schema"));
	temporary_db_fill(t->db, false);
	assert_done(migrate(t->db, "device", err));
}

static const char grant[] =
	"INSERT INTO grants (id, service, granted_at, granted_by, language, "
	"since, text_sha256, catalogue_sha256) "
	"VALUES ('0193594e-7a11-7c3e-9d54-2f0f6a1be7c1', 1, 5, 'anna', 'en', "
	"5, '', '')";
static const char agreed[] =
	"INSERT INTO agreed VALUES (printf('%064d', 0), 'words')";
static const char entry[] =
	"INSERT INTO ledger VALUES (0, 1, 'grant', '', '', '', '', '', 0, "
	"'', '', '', 'x')";
static const char head[] =
	"INSERT INTO ledger_checkpoints VALUES (1, 'n', zeroblob(32))";
static const char node[] =
	"INSERT INTO ledger_nodes VALUES (0, 0, zeroblob(32))";

/* With any tool: the rules stand in the file, not in our program. */
static void history_cannot_be_changed_in_the_database(void **state)
{
	struct temporary_db *t = *state;
	static const char *const refused[] = {
		"UPDATE ledger SET text = 'other'",
		"DELETE FROM ledger",
		"INSERT OR REPLACE INTO ledger VALUES (0, 1, 'grant', '', '', "
		"'', '', '', 0, '', '', '', 'y')",
		"INSERT INTO ledger VALUES (5, 1, 'grant', '', '', '', '', "
		"'', 0, '', '', '', 'gap')",
		"UPDATE ledger_nodes SET hash = zeroblob(32)",
		"DELETE FROM ledger_nodes",
		"INSERT OR REPLACE INTO ledger_nodes VALUES "
		"(0, 0, randomblob(32))",
		"UPDATE ledger_checkpoints SET note = ''",
		"DELETE FROM ledger_checkpoints",
		"INSERT OR REPLACE INTO ledger_checkpoints VALUES "
		"(1, 'n', randomblob(32))",
		"UPDATE grants SET ended_at = 10",
		"UPDATE grants SET service = 2",
		"UPDATE grants SET granted_by = 'eve'",
		"UPDATE grants SET ended_at = 10, ended_by = 'eve', "
		"end_reason = 'withdrawn', granted_at = 1",
		"DELETE FROM grants",
		"UPDATE grants SET ended_at = 10, ended_by = 'eve', "
		"end_reason = 'withdrawn', since = 1",
		"UPDATE grants SET ended_at = 10, ended_by = 'eve', "
		"end_reason = 'withdrawn', until = 99",
		"UPDATE grants SET ended_at = 10, ended_by = 'eve', "
		"end_reason = 'withdrawn', language = 'de'",
		"INSERT OR REPLACE INTO grants (number, id, service, "
		"granted_at, granted_by, language, since, text_sha256, "
		"catalogue_sha256) "
		"VALUES (1, '0193594e-7a11-7c3e-9d54-2f0f6a1be7c2', 2, 5, "
		"'eve', 'en', 5, '', '')",
		"INSERT INTO grants (id, service, granted_at, granted_by, "
		"language, since, text_sha256, catalogue_sha256) VALUES "
		"('0193594e-7a11-7c3e-9d54-2f0f6a1be7c3', 1, 5, 'eve', 'en', "
		"5, '', '')",
		"UPDATE agreed SET text = 'other words'",
		"DELETE FROM agreed",
	};
	temporary_db_run(t->db, entry);
	temporary_db_run(t->db, node);
	temporary_db_run(t->db, head);
	temporary_db_run(t->db, grant);
	temporary_db_run(t->db, agreed);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct err why = { .kind = ERR_NONE };
		if (!temporary_db_refuses(t->db, refused[i], &why)) {
			fail_msg("not refused: %s", refused[i]);
		}
		assert_int_equal(ERR_INVALID, why.kind);
	}
}

static void a_grant_ends_once(void **state)
{
	struct temporary_db *t = *state;
	static const char end[] = "UPDATE grants SET ended_at = 10, "
				  "ended_by = 'anna', "
				  "end_reason = 'withdrawn'";
	static const char again[] = "UPDATE grants SET ended_at = 11";
	static const char undo[] = "UPDATE grants SET ended_at = NULL, "
				   "ended_by = NULL, end_reason = NULL";
	struct err why = { .kind = ERR_NONE };
	temporary_db_run(t->db, grant);
	temporary_db_run(t->db, end);
	assert_true(temporary_db_refuses(t->db, again, &why));
	assert_true(temporary_db_refuses(t->db, undo, &why));
	assert_true(temporary_db_refuses(t->db, "DELETE FROM grants", &why));
}

/* What no grant may be from its first day. */
static void impossible_grants_are_refused(void **state)
{
	struct temporary_db *t = *state;
	static const char *const values[] = {
		"'en', 6, 0", /* covers less than it says */
		"'en', 5, 5", /* ends when it begins */
		"'', 5, 0",   /* in no language */
		"NULL, 5, 0",
	};
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char sql[320];
		struct err why = { .kind = ERR_NONE };
		snprintf(sql, sizeof(sql),
			 "INSERT INTO grants (id, service, granted_at, "
			 "granted_by, text_sha256, catalogue_sha256, "
			 "language, since, until) VALUES "
			 "('0193594e-7a11-7c3e-9d54-2f0f6a1be7c4', 1, 5, "
			 "'eve', '', '', %s)",
			 values[i]);
		if (!temporary_db_refuses(t->db, sql, &why)) {
			fail_msg("not refused: %s", values[i]);
		}
	}
}

/* A device as an earlier version left it: these files and no other. */
static void make_version(struct db *db, const char *const *files, size_t count)
{
	temporary_db_run(db, "CREATE TABLE schema_version ("
			     "name TEXT NOT NULL PRIMARY KEY) STRICT");
	for (size_t i = 0; i < count; i++) {
		char sql[80];
		const struct embedded *file =
			embedded_find(store_schema, files[i]);
		assert_non_null(file);
		assert_done(db_script(db, file->text, err));
		snprintf(sql, sizeof(sql),
			 "INSERT INTO schema_version VALUES ('%s')", files[i]);
		temporary_db_run(db, sql);
	}
}

#define OLD_GRANT(id, service)                                      \
	"INSERT INTO grants (id, service, granted_at, granted_by, " \
	"text_sha256, catalogue_sha256) VALUES "                    \
	"('0193594e-7a11-7c3e-9d54-2f0f6a1be7" id "', " service     \
	", 5, 'anna', printf('%064d', 1), printf('%064d', 2))"

static void a_database_of_the_first_version_keeps_all(void **state)
{
	struct temporary_db *t = *state;
	static const char *const files[] = { "common-001.sql",
					     "device-001.sql" };
	make_version(t->db, files, 2);
	temporary_db_run(t->db, OLD_GRANT("a1", "1"));
	temporary_db_run(t->db, "UPDATE grants SET ended_at = 7, "
				"ended_by = 'carl', "
				"end_reason = 'withdrawn'");
	temporary_db_run(t->db, OLD_GRANT("a2", "1"));
	temporary_db_run(t->db, OLD_GRANT("a3", "4"));
	temporary_db_run(
		t->db,
		"INSERT INTO transmissions (id, state, stage, services, "
		"grants, sha256, bytes, created_at, created_by) VALUES "
		"('0193594e-7a11-7c3e-9d54-2f0f6a1be7b1', 'staged', 1, 2, "
		"'0193594e-7a11-7c3e-9d54-2f0f6a1be7a2', printf('%064d', 3), "
		"9, 6, 'otto')");
	assert_done(migrate(t->db, "device", err));
	assert_int_equal(files_of("device-"),
			 temporary_db_number(t->db, "SELECT count(*) "
						    "FROM schema_version"));
	assert_int_equal(
		3, temporary_db_number(
			   t->db, "SELECT count(*) FROM grants WHERE "
				  "granted_at = 5 AND granted_by = 'anna' AND "
				  "language = 'en' AND since = 5 AND "
				  "until = 0 AND text_sha256 = "
				  "printf('%064d', 1) AND "
				  "catalogue_sha256 = printf('%064d', 2)"));
	assert_int_equal(1, temporary_db_number(
				    t->db,
				    "SELECT count(*) FROM grants WHERE "
				    "number = 1 AND substr(id, 35) = 'a1' AND "
				    "ended_at = 7 AND ended_by = 'carl' AND "
				    "end_reason = 'withdrawn'"));
	assert_int_equal(2, temporary_db_number(t->db,
						"SELECT count(*) FROM grants "
						"WHERE ended_at IS NULL AND "
						"ended_by IS NULL"));
	assert_int_equal(1, temporary_db_number(t->db, "SELECT count(*) FROM "
						       "transmissions"));
	/* The rules came along. */
	struct err why = { .kind = ERR_NONE };
	assert_true(temporary_db_refuses(t->db, "DELETE FROM grants", &why));
	assert_true(temporary_db_refuses(t->db,
					 "INSERT INTO grants SELECT number "
					 "+ 9, id || '', service, granted_at, "
					 "granted_by, language, since, until, "
					 "text_sha256, catalogue_sha256, NULL, "
					 "NULL, NULL, 0 FROM grants",
					 &why));
	assert_int_equal(0, temporary_db_number(t->db,
						"SELECT count(*) FROM agreed"));
}

/* The one before job data: requests are made anew, grants get a column. */
static void a_database_of_the_third_version_keeps_all(void **state)
{
	struct temporary_db *t = *state;
	static const char *const files[] = { "common-001.sql", "common-002.sql",
					     "device-001.sql", "device-002.sql",
					     "device-003.sql" };
	make_version(t->db, files, 5);
	temporary_db_run(t->db, grant);
	temporary_db_run(t->db, "INSERT INTO requests (id, kind, state, "
				"services, actor, key, asked_at, finished_at, "
				"transaction_id, problem, problem_kind) VALUES "
				"(7, 1, 4, 6, 'otto', 'k1', 5, 6, '', 'late', "
				"2), (9, 2, 1, 2, 'otto', NULL, 8, 0, '', '', "
				"0)");
	assert_done(migrate(t->db, "device", err));
	assert_int_equal(
		1, temporary_db_number(t->db,
				       "SELECT count(*) FROM grants WHERE "
				       "ends_with_send = 0 AND granted_by = "
				       "'anna' AND ended_at IS NULL"));
	assert_int_equal(1, temporary_db_number(
				    t->db,
				    "SELECT count(*) FROM requests WHERE id = "
				    "7 AND kind = 1 AND state = 4 AND services "
				    "= 6 AND actor = 'otto' AND key = 'k1' AND "
				    "asked_at = 5 AND finished_at = 6 AND "
				    "problem = 'late' AND problem_kind = 2"));
	assert_int_equal(1, temporary_db_number(
				    t->db,
				    "SELECT count(*) FROM requests WHERE id = "
				    "9 AND kind = 2 AND key IS NULL"));
	/* Ids go on, forms count once, and there are new kinds. */
	struct err why = { .kind = ERR_NONE };
	temporary_db_run(t->db, "INSERT INTO requests (kind, services, actor, "
				"key, asked_at) VALUES (3, 0, 'otto', 'k2', "
				"9)");
	assert_int_equal(10, temporary_db_number(t->db, "SELECT max(id) FROM "
							"requests"));
	assert_true(temporary_db_refuses(
		t->db,
		"INSERT INTO requests (kind, services, actor, key, asked_at) "
		"VALUES (1, 0, 'otto', 'k1', 9)",
		&why));
}

int main(void)
{
#define T(name, setup) \
	cmocka_unit_test_setup_teardown(name, setup, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(an_empty_database_becomes_a_device, temporary_db_empty),
		T(an_empty_database_becomes_a_server, temporary_db_empty),
		T(migrating_again_changes_nothing, temporary_db_empty),
		T(a_newer_database_is_refused, temporary_db_empty),
		T(the_other_side_is_refused, temporary_db_empty),
		T(all_or_nothing_when_the_disk_is_full, temporary_db_empty),
		T(history_cannot_be_changed_in_the_database,
		  temporary_db_device),
		T(a_grant_ends_once, temporary_db_device),
		T(impossible_grants_are_refused, temporary_db_device),
		T(a_database_of_the_first_version_keeps_all,
		  temporary_db_empty),
		T(a_database_of_the_third_version_keeps_all,
		  temporary_db_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
