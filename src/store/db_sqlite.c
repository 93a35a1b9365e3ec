/*
 * The database behind db.h on SQLite: opening, settings of a connection,
 * transactions and what result codes mean. Statements are in
 * db_statement.c; the schema is migrate.c's.
 *
 * WAL with synchronous=FULL: in a simulated power cut WAL with NORMAL lost
 * acknowledged commits and DELETE with FULL lost the last one.
 */
#include "store/db_sqlite.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define DB_FILE_MODE 0660
#define DB_VALUE_MAX (64 * 1024 * 1024) /* bytes of one value or row */
/*
 * The log grows to 1000 pages of 4 KiB and a commit before it begins anew from
 * its start. Cut shorter than that, each round would take new blocks of the
 * disk, which makes a sync dearer; it is cut only after a large commit.
 */
#define LOG_SIZE_SQL "PRAGMA journal_size_limit = 5242880"

static const char full_text[] =
	"the disk is full; nothing was lost. Free some space (old log files, "
	"exports), then try again";

static bool no_space(int rc, const struct db *db)
{
	if ((rc & 0xff) == SQLITE_FULL) {
		return true;
	}
	int errnum = db == NULL ? 0 : sqlite3_system_errno(db->handle);
	return (rc & 0xff) == SQLITE_IOERR &&
	       (errnum == ENOSPC || errnum == EDQUOT);
}

static enum err_kind kind_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_RETRY;
	case SQLITE_NOTADB:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
		return ERR_INVALID;
	case SQLITE_TOOBIG:
		return ERR_LIMIT;
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return ERR_BUG;
	default:
		return ERR_IO;
	}
}

bool db_failed(struct db *db, int rc, struct err *err)
{
	if (no_space(rc, db)) {
		return err_set(err, ERR_IO, "%s", full_text);
	}
	enum err_kind kind = kind_of(rc);
	if (kind == ERR_RETRY) {
		return err_set(err, kind,
			       "the database is in use by another "
			       "program; try again in a moment");
	}
	if ((rc & 0xff) == SQLITE_READONLY) {
		return err_set(err, kind,
			       "the database cannot be written; "
			       "check the owner and mode of its folder");
	}
	return err_set(err, kind, "the database says: %s",
		       db == NULL ? sqlite3_errstr(rc)
				  : sqlite3_errmsg(db->handle));
}

bool db_transaction_lost(const struct db *db)
{
	return db->depth > 0 && sqlite3_get_autocommit(db->handle) != 0;
}

bool db_script(struct db *db, const char *sql, struct err *err)
{
	int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK || db_failed(db, rc, err);
}

/* Makes the file with exactly our mode; SQLite gives -wal and -shm the same. */
static bool make_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		      DB_FILE_MODE);
	if (fd < 0 && errno == EEXIST) {
		return true;
	}
	if (fd < 0) {
		return err_set_errno(err, ERR_IO, errno, "cannot make %s",
				     path);
	}
	bool ok = fchmod(fd, DB_FILE_MODE) == 0;
	if (!ok) {
		err_set_errno(err, ERR_IO, errno, "cannot set the mode of %s",
			      path);
	}
	close(fd);
	return ok;
}

static bool check_file(const char *path, struct err *err)
{
	struct stat st;
	if ((stat(path, &st) != 0 || access(path, R_OK) != 0) &&
	    errno == EACCES) {
		return err_set(err, ERR_IO,
			       "%s is not open to this user. Run this as root "
			       "(sudo), or as the user that it belongs to.",
			       path);
	}
	if (stat(path, &st) != 0) {
		return err_set_errno(err,
				     errno == ENOENT || errno == ENOTDIR
					     ? ERR_NOT_FOUND
					     : ERR_IO,
				     errno, "cannot open %s", path);
	}
	if (!S_ISREG(st.st_mode)) {
		return err_set(err, ERR_INVALID, "%s is no database file",
			       path);
	}
	return true;
}

/*
 * Another one writes, which takes a commit of a few milliseconds as a rule.
 * SQLite's own waiting grows to 25 ms and more within a few tries, so that with
 * several writers the lock lay free while all of them slept.
 */
static int wait_for_writer(void *ctx, int tries)
{
	const int soon = 100; /* tries, half a millisecond apart */
	const int later_ms = 5;
	struct timespec pause = { .tv_nsec = 500 * 1000 };
	(void)ctx;
	if (tries >= soon + (DB_BUSY_MS - soon / 2) / later_ms) {
		return 0;
	}
	if (tries >= soon) {
		pause.tv_nsec = later_ms * 1000 * 1000;
	}
	(void)nanosleep(&pause, NULL);
	return 1;
}

static void harden(sqlite3 *handle)
{
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
				NULL);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
				0, NULL);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, DB_VALUE_MAX);
	(void)sqlite3_extended_result_codes(handle, 1);
	(void)sqlite3_busy_handler(handle, wait_for_writer, NULL);
}

/*
 * The last one to close brings everything into the database file and leaves
 * an empty log beside it. Without this it would remove the log, and the next
 * one would make it anew, with a sync of the folder each time.
 */
static void keep_log_file(sqlite3 *handle)
{
	int on = 1;
	(void)sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL,
				   &on);
}

/* A file system without shared memory would keep another journal silently. */
static bool use_wal(struct db *db, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "PRAGMA journal_mode = WAL", err)) {
		return false;
	}
	bool wal = db_row(&q) && strcmp(db_text(&q, 0), "wal") == 0;
	if (!db_done(&q, err)) {
		return false;
	}
	return wal || err_set(err, ERR_IO,
			      "this file system cannot hold the "
			      "database safely (no write-ahead log); use a "
			      "local one");
}

static bool configure(struct db *db, enum db_mode mode, struct err *err)
{
	harden(db->handle);
	if (!db_script(db,
		       "PRAGMA foreign_keys = ON;"
		       "PRAGMA synchronous = FULL;"
		       "PRAGMA temp_store = MEMORY;"
		       "PRAGMA cache_size = -512;",
		       err)) {
		return false;
	}
	if (mode == DB_READ_ONLY) {
		/* Reads the header, so that a file of another kind is found. */
		return db_script(db,
				 "PRAGMA query_only = ON;"
				 "PRAGMA schema_version;",
				 err);
	}
	keep_log_file(db->handle);
	return use_wal(db, err) && db_script(db, LOG_SIZE_SQL, err);
}

bool db_open(const char *path, enum db_mode mode, struct db **db,
	     struct err *err)
{
	assert(mode != DB_UNSET);
	if (mode == DB_CREATE && !make_file(path, err)) {
		return false;
	}
	if (!check_file(path, err)) {
		return false;
	}
	/* No statistics: they cost a lock each time. Only the first call counts. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	/* Seeds SQLite now: a sandbox may refuse it /dev/urandom later. */
	unsigned char seeded;
	sqlite3_randomness(sizeof(seeded), &seeded);
	struct db *made = mem_zalloc(sizeof(*made));
	int flags = mode == DB_READ_ONLY ? SQLITE_OPEN_READONLY
					 : SQLITE_OPEN_READWRITE;
	int rc = sqlite3_open_v2(path, &made->handle,
				 flags | SQLITE_OPEN_NOMUTEX, NULL);
	bool ok = rc == SQLITE_OK;
	if (!ok) {
		db_failed(made->handle == NULL ? NULL : made, rc, err);
	}
	ok = ok && configure(made, mode, err);
	if (!ok) {
		err_prefix(err, "%s", path);
		db_close(made);
		return false;
	}
	*db = made;
	return true;
}

void db_close(struct db *db)
{
	if (db == NULL) {
		return;
	}
	db_statements_clear(db);
	/* Rolls back what is open. */
	(void)sqlite3_close_v2(db->handle);
	mem_free(db);
}

bool db_has_written(const struct db *db)
{
	return sqlite3_total_changes64(db->handle) > 0;
}

/* After a loose transaction: the next one waits for the disk again. */
static void tighten(struct db *db)
{
	if (db->loose) {
		db->loose = false;
		int rc = sqlite3_exec(db->handle, "PRAGMA synchronous = FULL",
				      NULL, NULL, NULL);
		/* It would go on without a promise that it makes. */
		if (rc != SQLITE_OK) {
			abort();
		}
	}
}

static bool begin(struct db *db, const char *sql, struct err *err)
{
	if (db->depth == 0) {
		db->doomed = false;
		if (!db_script(db, sql, err)) {
			return false;
		}
	} else if (db->doomed || db_transaction_lost(db)) {
		return err_set(err, ERR_BUG,
			       "the transaction was rolled back "
			       "already");
	}
	db->depth++;
	return true;
}

bool db_begin(struct db *db, struct err *err)
{
	return begin(db, "BEGIN IMMEDIATE", err);
}

bool db_begin_loose(struct db *db, struct err *err)
{
	if (db->depth > 0) {
		return db_begin(db, err);
	}
	if (!db_script(db, "PRAGMA synchronous = NORMAL", err)) {
		return false;
	}
	db->loose = true;
	if (!db_begin(db, err)) {
		tighten(db);
		return false;
	}
	return true;
}

bool db_snapshot(struct db *db, struct err *err)
{
	return begin(db, "BEGIN", err);
}

bool db_version(struct db *db, int64_t *version, struct err *err)
{
	struct stmt q;
	int64_t found = 0;
	if (!db_query(db, &q, "PRAGMA data_version", err)) {
		return false;
	}
	if (db_row(&q)) {
		found = db_int(&q, 0);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	*version = found;
	return true;
}

/* The outermost end without commit. */
static void undo(struct db *db)
{
	if (sqlite3_get_autocommit(db->handle) == 0) {
		(void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	}
	db->doomed = false;
	tighten(db);
}

bool db_commit(struct db *db, struct err *err)
{
	assert(db->depth > 0);
	if (db->depth > 1) {
		db->depth--;
		return true;
	}
	bool lost = db_transaction_lost(db);
	db->depth = 0;
	if (db->doomed || lost) {
		undo(db);
		return err_set(err, lost ? ERR_IO : ERR_BUG,
			       "nothing was changed: the transaction was "
			       "rolled back");
	}
	if (!db_script(db, "COMMIT", err)) {
		undo(db);
		return false;
	}
	tighten(db);
	return true;
}

void db_rollback(struct db *db)
{
	assert(db->depth > 0);
	db->depth--;
	if (db->depth > 0) {
		db->doomed = true;
		return;
	}
	undo(db);
}

bool db_finish(struct db *db, bool ok, struct err *err)
{
	if (ok) {
		return db_commit(db, err);
	}
	db_rollback(db);
	return false;
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(const struct db *db)
{
	return sqlite3_changes64(db->handle);
}
