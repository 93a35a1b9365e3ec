/*
 * Brings a database to the newest schema. The files are built into the
 * program (schema.h); "common-NNN.sql" runs on both sides, before those of
 * the side. What ran stands in table schema_version, so
 * each file runs once, and a database that a newer program made is refused
 * rather than guessed at.
 */
#include "store/migrate.h"

#include <string.h>

#include "base/text.h"
#include "store/db_sqlite.h"
#include "store/schema.h"

static const char common[] = "common";

/* "device-001.sql" belongs to "device". */
static bool belongs(const char *name, const char *side)
{
	return text_starts_with(name, side) && name[strlen(side)] == '-';
}

static bool has_versions(struct db *db, bool *has, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT 1 FROM sqlite_schema WHERE "
		      "type = 'table' AND name = 'schema_version'",
		      err)) {
		return false;
	}
	bool found = db_row(&q);
	if (!db_done(&q, err)) {
		return false;
	}
	*has = found;
	return true;
}

/* Every file that ran must be one that we know, and of this side. */
static bool refuse_foreign(struct db *db, const char *side, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "SELECT name FROM schema_version", err)) {
		return false;
	}
	bool ok = true;
	while (ok && db_row(&q)) {
		const char *name = db_text(&q, 0);
		if (embedded_find(store_schema, name) == NULL) {
			ok = err_set(err, ERR_INVALID,
				     "the database was made "
				     "by a newer version of this program "
				     "(%s); install that version",
				     name);
		} else if (!belongs(name, side) && !belongs(name, common)) {
			ok = err_set(err, ERR_INVALID,
				     "this is no %s "
				     "database: %s was used on it",
				     side, name);
		}
	}
	struct err late = { .kind = ERR_NONE };
	bool done = db_done(&q, ok ? err : &late);
	return ok && done;
}

static bool did_run(struct db *db, const char *name, bool *did, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "SELECT 1 FROM schema_version WHERE name = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, name);
	bool found = db_row(&q);
	if (!db_done(&q, err)) {
		return false;
	}
	*did = found;
	return true;
}

static bool run_file(struct db *db, const struct embedded *file,
		     struct err *err)
{
	bool did;
	if (!did_run(db, file->name, &did, err)) {
		return false;
	}
	if (did) {
		return true;
	}
	if (!db_script(db, file->text, err)) {
		return err_prefix(err, "%s", file->name);
	}
	struct stmt q;
	if (!db_query(db, &q, "INSERT INTO schema_version (name) VALUES (?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, file->name);
	return db_run(&q, err);
}

static bool run_files(struct db *db, const char *side, struct err *err)
{
	for (const struct embedded *f = store_schema; f->name != NULL; f++) {
		if (belongs(f->name, side) && !run_file(db, f, err)) {
			return false;
		}
	}
	return true;
}

static bool bring_up(struct db *db, const char *side, struct err *err)
{
	bool known;
	if (!has_versions(db, &known, err)) {
		return false;
	}
	if (!known && !db_script(db,
				 "CREATE TABLE schema_version ("
				 "name TEXT NOT NULL PRIMARY KEY) STRICT",
				 err)) {
		return false;
	}
	return refuse_foreign(db, side, err) && run_files(db, common, err) &&
	       run_files(db, side, err);
}

bool migrate(struct db *db, const char *side, struct err *err)
{
	if (!db_begin(db, err)) {
		return false;
	}
	return db_finish(db, bring_up(db, side, err), err);
}
