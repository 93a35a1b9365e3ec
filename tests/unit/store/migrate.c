/* Migrations and what the schema itself refuses (src/store/migrate.c). */
#include "tests/unit/store/temporary_db.h"

#include <string.h>

#include "store/migrate.h"

static void an_empty_database_becomes_a_device(void **state)
{
	struct temporary_db *t = *state;
	assert_done(migrate(t->db, "device", err));
	assert_int_equal(2, temporary_db_number(t->db, "SELECT count(*) "
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
	assert_int_equal(2, temporary_db_number(t->db, "SELECT count(*) "
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
	"INSERT INTO grants (id, service, granted_at, granted_by, "
	"text_sha256, catalogue_sha256) "
	"VALUES ('0193594e-7a11-7c3e-9d54-2f0f6a1be7c1', 1, 5, 'anna', '', "
	"'')";
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
		"INSERT OR REPLACE INTO grants (number, id, service, "
		"granted_at, granted_by, text_sha256, catalogue_sha256) "
		"VALUES (1, '0193594e-7a11-7c3e-9d54-2f0f6a1be7c2', 2, 5, "
		"'eve', '', '')",
		"INSERT INTO grants (id, service, granted_at, granted_by, "
		"text_sha256, catalogue_sha256) VALUES "
		"('0193594e-7a11-7c3e-9d54-2f0f6a1be7c3', 1, 5, 'eve', '', "
		"'')",
	};
	temporary_db_run(t->db, entry);
	temporary_db_run(t->db, node);
	temporary_db_run(t->db, head);
	temporary_db_run(t->db, grant);
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
