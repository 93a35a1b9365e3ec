/*
 * What the server told of job data that it has: who took a sealed file, and
 * that one was deleted. Each is an entry of the log as well. Fetching and
 * checking them is client/job_notices.c's.
 */
#include "base/clock.h"
#include "base/text.h"
#include "domain/jobs_parts.h"
#include "domain/line.h"
#include "domain/settings.h"

#define DAY_S ((int64_t)86400)

static const struct {
	const char *name;  /* in notes and rows */
	const char *words; /* of the entry */
} kinds[] = {
	[JOBS_NOTICE_UNSET] = { "", "" },
	[JOBS_NOTICE_OPENED] = { "opened", "the sealed file was taken" },
	[JOBS_NOTICE_EXPIRED] = { "expired",
				  "the date of the sealed file came, it was "
				  "deleted" },
	[JOBS_NOTICE_DELETED] = { "deleted", "the sealed file was deleted" },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *jobs_notice_name(enum jobs_notice_kind kind)
{
	return (size_t)kind < KINDS ? kinds[kind].name : "";
}

enum jobs_notice_kind jobs_notice_by_name(const char *name)
{
	for (size_t i = 1; i < KINDS; i++) {
		if (text_equal(kinds[i].name, name)) {
			return (enum jobs_notice_kind)i;
		}
	}
	return JOBS_NOTICE_UNSET;
}

static bool insert(struct db *db, const struct jobs_notice *notice,
		   const char *who, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO job_notices "
		      "(number, kind, transaction_id, at, who) "
		      "VALUES (?, ?, ?, ?, ?) "
		      "ON CONFLICT (number) DO NOTHING",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)notice->number);
	db_bind_text(&q, 2, jobs_notice_name(notice->kind));
	db_bind_text(&q, 3, notice->transaction);
	db_bind_int(&q, 4, notice->at);
	db_bind_text(&q, 5, who);
	return db_run(&q, err);
}

static bool log_notice(struct db *db, const struct jobs_notice *notice,
		       const char *who, int64_t now, struct err *err)
{
	struct jobs_item item;
	struct jobs_order order = { .id = "" };
	struct err why = { .kind = ERR_NONE };
	struct buf text = BUF_INIT;
	/* One that this device does not know is told all the same. */
	if (!jobs_item(db, notice->transaction, &item, &why)) {
		if (why.kind != ERR_NOT_FOUND) {
			return err_set(err, why.kind, "%s", why.text);
		}
		item = (struct jobs_item){ .number = 0 };
		line_copy(item.transaction, sizeof(item.transaction),
			  notice->transaction);
	}
	char at[CLOCK_TEXT_SIZE];
	clock_format(at, notice->at);
	buf_printf(&text, "notice %llu of the server: %s%s%s, %s",
		   (unsigned long long)notice->number,
		   kinds[notice->kind].words, who[0] != '\0' ? " by " : "", who,
		   at);
	bool ok = jobs_log(db, LEDGER_READ, &order, &item, "server", "ok",
			   buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

static bool note(struct db *db, const struct jobs_notice *notice, int64_t now,
		 struct err *err)
{
	char who[sizeof(notice->who)];
	line_copy(who, sizeof(who), notice->who);
	return insert(db, notice, who, err) &&
	       (db_changes(db) == 0 || log_notice(db, notice, who, now, err));
}

bool jobs_note(struct db *db, const struct jobs_notice *notice, int64_t now,
	       struct err *err)
{
	if (notice->number == 0 || notice->number > INT64_MAX ||
	    notice->kind == JOBS_NOTICE_UNSET ||
	    (size_t)notice->kind >= KINDS || notice->at <= 0 ||
	    !uuid_valid(notice->transaction)) {
		return err_set(err, ERR_INVALID, "this is no notice");
	}
	return db_begin(db, err) &&
	       db_finish(db, note(db, notice, now, err), err);
}

static void read_notice(const struct stmt *q, void *row)
{
	struct jobs_notice *notice = row;
	*notice = (struct jobs_notice){
		.number = (uint64_t)db_int(q, 0),
		.kind = jobs_notice_by_name(db_text(q, 1)),
		.at = db_int(q, 3),
	};
	db_copy_text(q, 2, notice->transaction, sizeof(notice->transaction));
	db_copy_text(q, 4, notice->who, sizeof(notice->who));
}

bool jobs_notices(struct db *db, const char *transaction,
		  struct jobs_notice **list, size_t *count, struct err *err)
{
	struct stmt q;
	void *rows = NULL;
	if (!db_query(db, &q,
		      "SELECT number, kind, transaction_id, at, who "
		      "FROM job_notices WHERE transaction_id = ? "
		      "ORDER BY number",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, transaction);
	bool ok = db_read_all(&q, sizeof(struct jobs_notice), read_notice,
			      &rows, count, err);
	*list = rows;
	return ok;
}

static bool one_number(struct db *db, const char *sql, int64_t *number,
		       struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, sql, err)) {
		return false;
	}
	int64_t found = db_row(&q) ? db_int(&q, 0) : 0;
	if (!db_done(&q, err)) {
		return false;
	}
	*number = found;
	return true;
}

bool jobs_notices_last(struct db *db, uint64_t *number, struct err *err)
{
	int64_t last = 0;
	if (!one_number(db, "SELECT max(number) FROM job_notices", &last,
			err)) {
		return false;
	}
	*number = (uint64_t)last;
	return true;
}

/* A day begins when the one before is over, or the clock was set back. */
static bool read_day(struct db *db, int64_t now, int64_t last, int64_t *before,
		     struct err *err)
{
	int64_t from;
	if (!settings_get_number(db, "notices_from", &from, err) ||
	    !settings_get_number(db, "notices_before", before, err)) {
		return false;
	}
	if (from != 0 && now >= from && now - from < DAY_S) {
		return true;
	}
	*before = last;
	return db_begin(db, err) &&
	       db_finish(db,
			 settings_set_number(db, "notices_from",
					     now > 0 ? now : 1, err) &&
				 settings_set_number(db, "notices_before", last,
						     err),
			 err);
}

bool jobs_notices_room(struct db *db, int64_t now, uint64_t *room,
		       struct err *err)
{
	uint64_t last;
	int64_t before;
	if (!jobs_notices_last(db, &last, err) ||
	    !read_day(db, now, (int64_t)last, &before, err)) {
		return false;
	}
	int64_t taken = (int64_t)last - before;
	*room = taken < JOBS_NOTICES_A_DAY
			? (uint64_t)(JOBS_NOTICES_A_DAY - taken)
			: 0;
	return true;
}
