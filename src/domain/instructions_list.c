/*
 * Reading instructions out of the database. What one asks for stands in its
 * note, which was checked when it was taken and cannot change since.
 */
#include "domain/instructions.h"

#include <string.h>

#include "base/text.h"
#include "domain/instructions_parts.h"
#include "domain/settings.h"

#define DAY_S ((int64_t)86400)
#define COLUMNS                                                         \
	"number, kind, note, asked_by, reason, issued_at, expires_at, " \
	"taken_at, state, decided_by, decided_at, refusal, outcome, "   \
	"reported, seen_by, seen_at, ended_at"

static const struct {
	const char *name, *title;
} states[] = {
	[INSTRUCTION_STATE_UNSET] = { "", "" },
	[INSTRUCTION_ASKED] = { "asked", "Waits for a person" },
	[INSTRUCTION_APPROVED] = { "approved", "Allowed, not yet carried out" },
	[INSTRUCTION_DONE] = { "done", "Done" },
	[INSTRUCTION_REFUSED] = { "refused", "Refused" },
};
#define STATES (sizeof(states) / sizeof(states[0]))

const char *instruction_state_name(enum instruction_state state)
{
	return (size_t)state < STATES ? states[state].name : "";
}

const char *instruction_state_title(enum instruction_state state)
{
	return (size_t)state < STATES ? states[state].title : "";
}

static enum instruction_state state_by_name(const char *name)
{
	for (size_t i = 1; i < STATES; i++) {
		if (text_equal(states[i].name, name)) {
			return (enum instruction_state)i;
		}
	}
	return INSTRUCTION_STATE_UNSET;
}

/*
 * Of one that was refused there may be no note that can be read; what nobody
 * known has signed is kept as evidence and not read.
 */
static void read_what(const struct stmt *q, enum instruction_refusal refusal,
		      struct instruction *is)
{
	const char *note = db_text(q, 2);
	enum instruction_refusal why = INSTRUCTION_REFUSAL_FORM;
	if (note[0] == '\0' || refusal == INSTRUCTION_REFUSAL_SIGNATURE ||
	    (!instruction_read_kept(note, strlen(note), is, &why, NULL) &&
	     why == INSTRUCTION_REFUSAL_FORM)) {
		is->kind = INSTRUCTION_UNSET;
		db_copy_text(q, 3, is->by, sizeof(is->by));
		db_copy_text(q, 4, is->reason, sizeof(is->reason));
		is->issued_at = db_int(q, 5);
		is->expires_at = db_int(q, 6);
	}
	is->number = (uint64_t)db_int(q, 0);
}

static void read_row(const struct stmt *q, void *to)
{
	struct instruction_row *row = to;
	memset(row, 0, sizeof(*row));
	row->refusal = instruction_refusal_by_name(db_text(q, 11));
	read_what(q, row->refusal, &row->is);
	row->taken_at = db_int(q, 7);
	row->state = state_by_name(db_text(q, 8));
	db_copy_text(q, 9, row->decided_by, sizeof(row->decided_by));
	row->decided_at = db_int(q, 10);
	db_copy_text(q, 12, row->outcome, sizeof(row->outcome));
	row->reported = db_int(q, 13) != 0;
	db_copy_text(q, 14, row->seen_by, sizeof(row->seen_by));
	row->seen_at = db_int(q, 15);
	row->ended_at = db_int(q, 16);
}

bool instructions_last(struct db *db, uint64_t *number, struct err *err)
{
	struct stmt q;
	int64_t passed;
	if (!db_query(db, &q,
		      "SELECT max(number) FROM "
		      "(SELECT max(number) AS number FROM instructions "
		      "UNION ALL SELECT number FROM instructions_gone)",
		      err)) {
		return false;
	}
	int64_t last = db_row(&q) ? db_int(&q, 0) : 0;
	if (!db_done(&q, err) ||
	    !settings_get_number(db, INSTRUCTIONS_ANSWERED, &passed, err)) {
		return false;
	}
	*number = (uint64_t)(passed > last ? passed : last);
	return true;
}

bool instructions_taken(struct db *db, int64_t now, uint64_t *count,
			struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT count(*) FROM instructions "
		      "WHERE taken_at > ? AND taken_at < ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now - DAY_S);
	db_bind_int(&q, 2, now + DAY_S);
	int64_t found = db_row(&q) ? db_int(&q, 0) : 0;
	if (!db_done(&q, err)) {
		return false;
	}
	*count = (uint64_t)found;
	return true;
}

/* The row of a query that is bound; *found: was there one? */
static bool read_one(struct stmt *q, struct instruction_row *row, bool *found,
		     struct err *err)
{
	struct instruction_row read;
	bool there = db_row(q);
	if (there) {
		read_row(q, &read);
	}
	if (!db_done(q, err)) {
		return false;
	}
	if (there) {
		*row = read;
	}
	*found = there;
	return true;
}

bool instructions_get(struct db *db, uint64_t number,
		      struct instruction_row *row, struct err *err)
{
	struct stmt q;
	bool found = false;
	if (number > INT64_MAX) {
		number = 0; /* there is none */
	}
	if (!db_query(db, &q,
		      "SELECT " COLUMNS " FROM instructions WHERE number = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)number);
	return read_one(&q, row, &found, err) &&
	       (found ||
		err_set(err, ERR_NOT_FOUND, "There is no such instruction."));
}

bool instructions_next(struct db *db, struct instruction_row *row,
		       struct err *err)
{
	struct stmt q;
	bool found = false;
	return db_query(db, &q,
			"SELECT " COLUMNS " FROM instructions "
			"WHERE state = 'approved' ORDER BY number LIMIT 1",
			err) &&
	       read_one(&q, row, &found, err) &&
	       (found || err_set(err, ERR_NOT_FOUND,
				 "No instruction is to be carried out."));
}

/* All rows of a query that has one parameter, the limit. */
static bool read_list(struct db *db, const char *sql, size_t limit,
		      struct instruction_row **list, size_t *count,
		      struct err *err)
{
	struct stmt q;
	void *rows = NULL;
	if (!db_query(db, &q, sql, err)) {
		return false;
	}
	db_bind_int(&q, 1, limit > INT32_MAX ? INT32_MAX : (int64_t)limit);
	if (!db_read_all(&q, sizeof(struct instruction_row), read_row, &rows,
			 count, err)) {
		return false;
	}
	*list = rows;
	return true;
}

bool instructions_list(struct db *db, bool open, size_t limit,
		       struct instruction_row **list, size_t *count,
		       struct err *err)
{
	return read_list(db,
			 open ? "SELECT " COLUMNS " FROM instructions "
				"WHERE state = 'asked' "
				"ORDER BY number DESC LIMIT ?"
			      : "SELECT " COLUMNS " FROM instructions "
				"ORDER BY number DESC LIMIT ?",
			 limit, list, count, err);
}

bool instructions_unseen(struct db *db, size_t limit,
			 struct instruction_row **list, size_t *count,
			 struct err *err)
{
	return read_list(db,
			 "SELECT " COLUMNS " FROM instructions "
			 "WHERE kind IN ('message', 'package') "
			 "AND state = 'done' AND seen_at = 0 "
			 "ORDER BY number DESC LIMIT ?",
			 limit, list, count, err);
}

bool instructions_unreported(struct db *db, size_t max,
			     struct instruction_row **list, size_t *count,
			     struct err *err)
{
	return read_list(db,
			 "SELECT " COLUMNS " FROM instructions "
			 "WHERE reported = 0 AND state <> 'approved' "
			 "ORDER BY number LIMIT ?",
			 max, list, count, err);
}

bool instructions_reported(struct db *db, uint64_t number,
			   enum instruction_state state, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE instructions SET reported = 1 "
		      "WHERE number = ? AND state = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)number);
	db_bind_text(&q, 2, instruction_state_name(state));
	return db_run(&q, err);
}
