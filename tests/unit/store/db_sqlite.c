/* Opening, transactions, what errors say (src/store/db_sqlite.c). */
#include "tests/unit/store/temporary_db.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"

static void table_with_one_row(struct db *db)
{
	temporary_db_run(db, "CREATE TABLE t (a INTEGER, b BLOB) STRICT");
	temporary_db_run(db, "INSERT INTO t VALUES (1, x'00')");
}

static int64_t rows(struct db *db)
{
	return temporary_db_number(db, "SELECT count(*) FROM t");
}

static void add_row(struct db *db)
{
	temporary_db_run(db, "INSERT INTO t VALUES (2, x'01')");
}

static void opening_what_is_not_there_is_not_found(void **state)
{
	struct temporary_db *t = *state;
	char path[128];
	struct db *db = NULL;
	snprintf(path, sizeof(path), "%s/none.db", t->dir);
	assert_fails(ERR_NOT_FOUND, db_open(path, DB_READ_WRITE, &db, err));
	assert_fails(ERR_NOT_FOUND, db_open(path, DB_READ_ONLY, &db, err));
	assert_null(db);
	assert_false(files_exists(path));
}

static void opening_what_is_no_database_is_invalid(void **state)
{
	struct temporary_db *t = *state;
	char path[128];
	char noise[4096];
	memset(noise, 'x', sizeof(noise));
	struct db *db = NULL;
	snprintf(path, sizeof(path), "%s/noise.db", t->dir);
	assert_done(files_write(path, noise, sizeof(noise), 0600, err));
	assert_fails(ERR_INVALID, db_open(path, DB_READ_WRITE, &db, err));
	assert_fails(ERR_INVALID, db_open(path, DB_READ_ONLY, &db, err));
	assert_fails(ERR_INVALID, db_open(t->dir, DB_READ_WRITE, &db, err));
	assert_null(db);
}

static void opening_in_a_folder_that_is_not_there_is_io(void **state)
{
	struct temporary_db *t = *state;
	char path[128];
	struct db *db = NULL;
	snprintf(path, sizeof(path), "%s/no/where.db", t->dir);
	assert_fails(ERR_IO, db_open(path, DB_CREATE, &db, err));
}

static void files_have_mode_0660_whatever_the_umask(void **state)
{
	struct temporary_db *t = *state;
	static const char *const ends[] = { "", "-wal", "-shm" };
	char path[128];
	struct db *db = NULL;
	mode_t before = umask(077);
	snprintf(path, sizeof(path), "%s/mode.db", t->dir);
	assert_done(db_open(path, DB_CREATE, &db, err));
	umask(before);
	table_with_one_row(db);
	for (size_t i = 0; i < 3; i++) {
		struct stat st;
		char name[160];
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		assert_int_equal(0, stat(name, &st));
		assert_int_equal(0660, st.st_mode & 07777);
	}
	db_close(db);
}

static void settings_keep_what_was_committed(void **state)
{
	struct temporary_db *t = *state;
	struct db *db = NULL;
	assert_done(db_open(t->path, DB_READ_WRITE, &db, err));
	assert_int_equal(2, temporary_db_number(db, "PRAGMA synchronous"));
	assert_int_equal(1, temporary_db_number(db, "PRAGMA foreign_keys"));
	assert_int_equal(0, temporary_db_number(db, "PRAGMA trusted_schema"));
	struct stmt q;
	assert_done(db_query(db, &q, "PRAGMA journal_mode", err));
	assert_true(db_row(&q));
	assert_string_equal("wal", db_text(&q, 0));
	assert_done(db_done(&q, err));
	db_close(db);
}

static void no_code_is_loaded_and_no_file_attached(void **state)
{
	struct temporary_db *t = *state;
	struct err why = { .kind = ERR_NONE };
	assert_true(temporary_db_refuses(t->db, "ATTACH ':memory:' AS other",
					 &why));
	struct stmt q;
	assert_fails(ERR_BUG,
		     db_query(t->db, &q, "SELECT load_extension('x')", err) &&
			     db_run(&q, err));
	temporary_db_run(t->db, "PRAGMA writable_schema = ON");
	err_reset(&why);
	assert_false(db_query(t->db, &q, "DELETE FROM sqlite_schema", &why) &&
		     db_run(&q, &why));
}

static void read_only_reads_and_does_not_write(void **state)
{
	struct temporary_db *t = *state;
	table_with_one_row(t->db);
	struct db *db = NULL;
	assert_done(db_open(t->path, DB_READ_ONLY, &db, err));
	assert_int_equal(1, rows(db));
	struct err why = { .kind = ERR_NONE };
	assert_true(temporary_db_refuses(db, "DELETE FROM t", &why));
	assert_int_equal(ERR_IO, why.kind);
	assert_int_equal(1, rows(t->db));
	db_close(db);
}

static void inner_commit_only_counts_down(void **state)
{
	struct temporary_db *t = *state;
	table_with_one_row(t->db);
	struct db *other = NULL;
	assert_done(db_open(t->path, DB_READ_ONLY, &other, err));
	assert_done(db_begin(t->db, err));
	assert_done(db_begin(t->db, err));
	add_row(t->db);
	assert_done(db_commit(t->db, err));
	assert_int_equal(1, rows(other));
	assert_done(db_commit(t->db, err));
	assert_int_equal(2, rows(other));
	db_close(other);
}

static void inner_rollback_dooms_the_whole(void **state)
{
	struct temporary_db *t = *state;
	table_with_one_row(t->db);
	assert_done(db_begin(t->db, err));
	add_row(t->db);
	assert_done(db_begin(t->db, err));
	db_rollback(t->db);
	assert_fails(ERR_BUG, db_begin(t->db, err));
	assert_fails(ERR_BUG, db_commit(t->db, err));
	assert_int_equal(1, rows(t->db));
	/* And the next one works. */
	assert_done(db_begin(t->db, err));
	add_row(t->db);
	assert_done(db_finish(t->db, true, err));
	assert_int_equal(2, rows(t->db));
}

static void finish_without_ok_rolls_back_and_keeps_the_error(void **state)
{
	struct temporary_db *t = *state;
	table_with_one_row(t->db);
	struct err why = { .kind = ERR_NONE };
	assert_done(db_begin(t->db, err));
	add_row(t->db);
	assert_false(
		db_finish(t->db, err_set(&why, ERR_LIMIT, "enough"), &why));
	assert_int_equal(ERR_LIMIT, why.kind);
	assert_string_equal("enough", why.text);
	assert_int_equal(1, rows(t->db));
}

static void closing_ends_a_transaction_without_commit(void **state)
{
	struct temporary_db *t = *state;
	table_with_one_row(t->db);
	assert_done(db_begin(t->db, err));
	add_row(t->db);
	temporary_db_reopen(t);
	assert_int_equal(1, rows(t->db));
	db_close(NULL);
}

static void a_full_disk_says_what_to_do_and_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	table_with_one_row(t->db);
	struct err why = { .kind = ERR_NONE };
	temporary_db_fill(t->db, true);
	assert_done(db_begin(t->db, err));
	add_row(t->db);
	assert_true(temporary_db_refuses(t->db,
					 "INSERT INTO t VALUES "
					 "(3, zeroblob(1000000))",
					 &why));
	assert_int_equal(ERR_IO, why.kind);
	assert_non_null(strstr(why.text, "disk is full"));
	assert_non_null(strstr(why.text, "Free some space"));
	/* What follows never lands outside of the lost transaction. */
	struct stmt q;
	if (db_query(t->db, &q, "INSERT INTO t VALUES (4, x'')", NULL)) {
		assert_done(db_run(&q, err));
	}
	db_rollback(t->db);
	assert_int_equal(1, rows(t->db));
	temporary_db_fill(t->db, false);
	temporary_db_run(t->db, "INSERT INTO t VALUES (3, zeroblob(1000000))");
	assert_int_equal(2, rows(t->db));
}

static void a_writer_waits_for_another_writer(void **state)
{
	struct temporary_db *t = *state;
	table_with_one_row(t->db);
	int ready[2];
	assert_int_equal(0, pipe(ready));
	pid_t child = fork();
	if (child == 0) {
		struct db *db = NULL;
		bool ok = db_open(t->path, DB_READ_WRITE, &db, NULL) &&
			  db_begin(db, NULL);
		struct stmt q;
		ok = ok &&
		     db_query(db, &q, "INSERT INTO t VALUES (5, x'')", NULL) &&
		     db_run(&q, NULL);
		ok = ok && write(ready[1], "r", 1) == 1 && db_commit(db, NULL);
		_exit(ok ? 0 : 1);
	}
	char byte;
	assert_int_equal(1, read(ready[0], &byte, 1));
	assert_done(db_begin(t->db, err));
	add_row(t->db);
	assert_done(db_commit(t->db, err));
	int status = 1;
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_int_equal(0, status);
	assert_int_equal(3, rows(t->db));
	close(ready[0]);
	close(ready[1]);
}

static void a_locked_database_is_worth_another_try(void **state)
{
	struct temporary_db *t = *state;
	struct db *other = NULL;
	table_with_one_row(t->db);
	assert_done(db_open(t->path, DB_READ_WRITE, &other, err));
	temporary_db_run(other, "PRAGMA busy_timeout = 1");
	assert_done(db_begin(t->db, err));
	assert_fails(ERR_RETRY, db_begin(other, err));
	db_rollback(t->db);
	assert_done(db_begin(other, err));
	db_rollback(other);
	db_close(other);
}

static void a_snapshot_keeps_nobody_from_writing(void **state)
{
	struct temporary_db *t = *state;
	struct db *reader = NULL;
	table_with_one_row(t->db);
	assert_done(db_open(t->path, DB_READ_ONLY, &reader, err));
	assert_done(db_snapshot(reader, err));
	assert_int_equal(1, rows(reader));
	add_row(t->db);
	assert_int_equal(1, rows(reader));
	assert_done(db_commit(reader, err));
	assert_int_equal(2, rows(reader));
	db_close(reader);
}

/* The child acknowledges each commit, and is killed in the middle of work. */
static void what_was_acknowledged_survives_kill(void **state)
{
	struct temporary_db *t = *state;
	table_with_one_row(t->db);
	int64_t acknowledged = 0;
	for (int round = 0; round < 10; round++) {
		int acks[2];
		assert_int_equal(0, pipe(acks));
		pid_t child = fork();
		if (child == 0) {
			struct db *db = NULL;
			struct stmt q;
			bool ok = db_open(t->path, DB_READ_WRITE, &db, NULL);
			while (ok) {
				ok = db_begin(db, NULL) &&
				     db_query(db, &q,
					      "INSERT INTO t VALUES "
					      "(6, zeroblob(5000))",
					      NULL) &&
				     db_run(&q, NULL) && db_commit(db, NULL) &&
				     write(acks[1], "a", 1) == 1;
			}
			_exit(1);
		}
		close(acks[1]);
		char byte;
		for (int i = 0; i <= round; i++) {
			assert_int_equal(1, read(acks[0], &byte, 1));
		}
		assert_int_equal(0, kill(child, SIGKILL));
		assert_int_equal(child, waitpid(child, NULL, 0));
		acknowledged += round + 1;
		while (read(acks[0], &byte, 1) == 1) {
			acknowledged++;
		}
		close(acks[0]);
		temporary_db_reopen(t);
		/* One more may have been committed and not told. */
		int64_t kept = rows(t->db) - 1;
		assert_true(kept == acknowledged || kept == acknowledged + 1);
		acknowledged = kept;
	}
}

static void a_loose_commit_is_seen_and_the_next_is_synced(void **state)
{
	struct temporary_db *t = *state;
	table_with_one_row(t->db);
	assert_done(db_begin_loose(t->db, err));
	assert_int_equal(1, temporary_db_number(t->db, "PRAGMA synchronous"));
	add_row(t->db);
	assert_done(db_commit(t->db, err));
	assert_int_equal(2, temporary_db_number(t->db, "PRAGMA synchronous"));
	assert_done(db_begin_loose(t->db, err));
	db_rollback(t->db);
	assert_int_equal(2, temporary_db_number(t->db, "PRAGMA synchronous"));
	/* Inside an ordinary one it is ordinary. */
	assert_done(db_begin(t->db, err));
	assert_done(db_begin_loose(t->db, err));
	add_row(t->db);
	assert_done(db_commit(t->db, err));
	assert_int_equal(2, temporary_db_number(t->db, "PRAGMA synchronous"));
	assert_done(db_commit(t->db, err));
	assert_int_equal(3, rows(t->db));
}

static void the_last_to_close_leaves_an_empty_log(void **state)
{
	struct temporary_db *t = *state;
	char path[128];
	struct stat st;
	table_with_one_row(t->db);
	assert_true(db_has_written(t->db));
	db_close(t->db);
	t->db = NULL;
	snprintf(path, sizeof(path), "%s-wal", t->path);
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0, st.st_size);
	assert_done(db_open(t->path, DB_READ_WRITE, &t->db, err));
	assert_false(db_has_written(t->db));
	assert_int_equal(1, rows(t->db));
	assert_false(db_has_written(t->db));
}

static int64_t version(struct db *db)
{
	int64_t number = -1;
	assert_done(db_version(db, &number, err));
	return number;
}

static void the_version_tells_of_the_commits_of_others(void **state)
{
	struct temporary_db *t = *state;
	struct db *other = NULL;
	table_with_one_row(t->db);
	assert_done(db_open(t->path, DB_READ_WRITE, &other, err));
	int64_t before = version(t->db);
	assert_int_equal(before, version(t->db));
	assert_int_equal(1, rows(other));
	assert_int_equal(before, version(t->db));
	/* What is not committed, or was rolled back, did not happen. */
	assert_done(db_begin(other, err));
	add_row(other);
	assert_int_equal(before, version(t->db));
	db_rollback(other);
	assert_int_equal(before, version(t->db));
	add_row(other);
	int64_t after = version(t->db);
	assert_int_not_equal(before, after);
	assert_int_equal(after, version(t->db));
	/* One that does not wait for the disk tells as well. */
	assert_done(db_begin_loose(other, err));
	add_row(other);
	assert_done(db_commit(other, err));
	assert_int_not_equal(after, version(t->db));
	db_close(other);
}

static void the_version_does_not_tell_of_own_commits(void **state)
{
	struct temporary_db *t = *state;
	struct db *other = NULL;
	table_with_one_row(t->db);
	assert_done(db_open(t->path, DB_READ_ONLY, &other, err));
	int64_t own = version(t->db), others = version(other);
	add_row(t->db);
	assert_int_equal(own, version(t->db));
	assert_int_not_equal(others, version(other));
	db_close(other);
}

static void the_version_is_of_the_state_that_is_read(void **state)
{
	struct temporary_db *t = *state;
	struct db *reader = NULL;
	table_with_one_row(t->db);
	assert_done(db_open(t->path, DB_READ_ONLY, &reader, err));
	assert_done(db_snapshot(reader, err));
	int64_t before = version(reader);
	assert_int_equal(1, rows(reader));
	add_row(t->db);
	assert_int_equal(before, version(reader));
	assert_done(db_commit(reader, err));
	assert_int_not_equal(before, version(reader));
	db_close(reader);
}

int main(void)
{
#define T(name)                                                   \
	cmocka_unit_test_setup_teardown(name, temporary_db_empty, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(opening_what_is_not_there_is_not_found),
		T(opening_what_is_no_database_is_invalid),
		T(opening_in_a_folder_that_is_not_there_is_io),
		T(files_have_mode_0660_whatever_the_umask),
		T(settings_keep_what_was_committed),
		T(no_code_is_loaded_and_no_file_attached),
		T(read_only_reads_and_does_not_write),
		T(inner_commit_only_counts_down),
		T(inner_rollback_dooms_the_whole),
		T(finish_without_ok_rolls_back_and_keeps_the_error),
		T(closing_ends_a_transaction_without_commit),
		T(a_full_disk_says_what_to_do_and_changes_nothing),
		T(a_writer_waits_for_another_writer),
		T(a_locked_database_is_worth_another_try),
		T(a_snapshot_keeps_nobody_from_writing),
		T(what_was_acknowledged_survives_kill),
		T(a_loose_commit_is_seen_and_the_next_is_synced),
		T(the_last_to_close_leaves_an_empty_log),
		T(the_version_tells_of_the_commits_of_others),
		T(the_version_does_not_tell_of_own_commits),
		T(the_version_is_of_the_state_that_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
