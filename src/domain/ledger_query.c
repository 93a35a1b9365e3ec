/*
 * Reading the ledger: filters with a stable cursor, one entry. The texts of
 * conditions are constants; values are bound.
 */
#include "domain/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "domain/ledger_parts.h"

void ledger_row(const struct stmt *q, struct ledger_entry *entry)
{
	*entry = (struct ledger_entry){
		.sequence = db_int(q, 0),
		.at = db_int(q, 1),
		.kind = ledger_kind_by_name(db_text(q, LEDGER_COLUMN_KIND)),
		.transaction = db_text(q, 3),
		.actor = db_text(q, 4),
		.service = db_text(q, 5),
		.grant = db_text(q, 6),
		.peer = db_text(q, 7),
		.bytes = (uint64_t)db_int(q, 8),
		.sha256 = db_text(q, 9),
		.result = db_text(q, 10),
		.text = db_text(q, 11),
	};
}

static bool given(const char *text)
{
	return text != NULL && *text != '\0';
}

/* The question; bind_filter() binds in the same order. */
static void put_question(struct buf *sql, const struct ledger_filter *f)
{
	buf_put_str(sql, "SELECT " LEDGER_COLUMNS " FROM ledger WHERE true");
	buf_put_str(sql, f->kind != LEDGER_UNSET ? " AND kind = ?" : "");
	buf_put_str(sql,
		    given(f->transaction)
			    ? " AND transaction_id = ? AND transaction_id <> ''"
			    : "");
	buf_put_str(sql, given(f->actor) ? " AND actor = ?" : "");
	buf_put_str(sql, given(f->service) ? " AND instr(' ' || service || ' ',"
					     " ' ' || ? || ' ') > 0"
					   : "");
	buf_put_str(sql, given(f->result) ? " AND result = ?" : "");
	buf_put_str(sql, f->since != 0 ? " AND at >= ?" : "");
	buf_put_str(sql, f->until != 0 ? " AND at < ?" : "");
	if (f->oldest_first) {
		buf_put_str(sql, " ORDER BY sequence");
	} else {
		buf_put_str(sql, f->before != 0 ? " AND sequence < ?" : "");
		buf_put_str(sql, " ORDER BY sequence DESC");
	}
	buf_put_str(sql, " LIMIT ?");
}

static void bind_filter(struct stmt *q, const struct ledger_filter *f,
			size_t limit)
{
	int n = 1;
	if (f->kind != LEDGER_UNSET) {
		db_bind_text(q, n++, ledger_kind_name(f->kind));
	}
	const char *const words[] = { f->transaction, f->actor, f->service,
				      f->result };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (given(words[i])) {
			db_bind_text(q, n++, words[i]);
		}
	}
	if (f->since != 0) {
		db_bind_int(q, n++, f->since);
	}
	if (f->until != 0) {
		db_bind_int(q, n++, f->until);
	}
	if (!f->oldest_first && f->before != 0) {
		db_bind_int(q, n++, f->before);
	}
	/* SQLite: a negative limit is none. */
	db_bind_int(q, n,
		    limit == 0 || limit > INT64_MAX ? -1 : (int64_t)limit);
}

bool ledger_each(struct db *db, const struct ledger_filter *filter,
		 size_t limit,
		 bool (*row)(void *ctx, const struct ledger_entry *entry,
			     struct err *err),
		 void *ctx, struct err *err)
{
	static const struct ledger_filter everything = { .kind = LEDGER_UNSET };
	const struct ledger_filter *f = filter == NULL ? &everything : filter;
	struct buf sql = BUF_INIT;
	put_question(&sql, f);
	struct stmt q;
	bool ok = db_query(db, &q, buf_str(&sql), err);
	buf_clear(&sql);
	if (!ok) {
		return false;
	}
	bind_filter(&q, f, limit);
	while (ok && db_row(&q)) {
		struct ledger_entry entry;
		ledger_row(&q, &entry);
		ok = row(ctx, &entry, err);
	}
	/* When row() said no, its error is the one that counts. */
	bool done = db_done(&q, ok ? err : NULL);
	return ok && done;
}

/* Puts s with its NUL behind what is in text; gives the place. */
static size_t keep_text(struct buf *text, const char *s)
{
	size_t at = text->len;
	buf_put(text, s, strlen(s) + 1);
	return at;
}

static void keep_entry(struct ledger_entry *e, struct buf *text)
{
	const char **const fields[] = { &e->transaction, &e->actor, &e->service,
					&e->grant,       &e->peer,  &e->sha256,
					&e->result,      &e->text };
	size_t at[sizeof(fields) / sizeof(fields[0])];
	size_t count = sizeof(fields) / sizeof(fields[0]);
	for (size_t i = 0; i < count; i++) {
		at[i] = keep_text(text, *fields[i]);
	}
	/* Only now: putting may have moved the bytes. */
	for (size_t i = 0; i < count; i++) {
		*fields[i] = (const char *)text->data + at[i];
	}
}

bool ledger_get(struct db *db, int64_t sequence, struct ledger_entry *entry,
		struct buf *text, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT " LEDGER_COLUMNS " FROM ledger "
		      "WHERE sequence = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, sequence);
	struct ledger_entry found = { .sequence = 0 };
	bool any = db_row(&q);
	if (any) {
		ledger_row(&q, &found);
		keep_entry(&found, text);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (!any) {
		return err_set(err, ERR_NOT_FOUND,
			       "the log has no entry "
			       "%" PRId64,
			       sequence);
	}
	*entry = found;
	return true;
}
