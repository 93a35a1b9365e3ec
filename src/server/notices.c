/*
 * Notices: rows, and the note that a device is given. What one is due for is
 * decided in sealed_custody.c; the device's half is domain/jobs.
 */
#include "server/notices.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define WHO_MAX 128 /* bytes */

static const char *const kind_names[] = {
	[NOTICE_UNSET] = "",
	[NOTICE_OPENED] = "opened",
	[NOTICE_EXPIRED] = "expired",
	[NOTICE_DELETED] = "deleted",
};

bool notices_add(struct db *db, enum notice_kind kind, const char *device,
		 const char *transaction, int64_t at, const char *who,
		 struct err *err)
{
	struct stmt q;
	assert(kind > NOTICE_UNSET && kind <= NOTICE_DELETED);
	assert((kind == NOTICE_EXPIRED) == (who[0] == '\0'));
	if (strlen(who) > WHO_MAX || !text_is_one_line(who, strlen(who))) {
		return err_set(err, ERR_INVALID,
			       "A name has at most %d bytes on one line.",
			       WHO_MAX);
	}
	if (!db_query(db, &q,
		      "INSERT INTO notices (device, number, kind, id, at, who) "
		      "SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5 "
		      "FROM notices WHERE device = ?1",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_text(&q, 2, kind_names[kind]);
	db_bind_text(&q, 3, transaction);
	db_bind_int(&q, 4, at);
	db_bind_text(&q, 5, who);
	return db_run(&q, err);
}

static void put_notice(const struct stmt *q, struct buf *out)
{
	char at[CLOCK_TEXT_SIZE];
	const char *who = db_text(q, 4);
	clock_format(at, db_int(q, 3));
	buf_printf(out, "notice %" PRId64 "\n", db_int(q, 0));
	buf_printf(out, "kind %s\n", db_text(q, 1));
	buf_printf(out, "transaction %s\n", db_text(q, 2));
	buf_printf(out, "at %s\n", at);
	if (who[0] != '\0') {
		buf_printf(out, "who %s\n", who);
	}
}

/* The groups, and the number of the last one. */
static bool put_notices(struct db *db, const char *device, int64_t after,
			int64_t *last, struct buf *out, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT number, kind, id, at, who FROM notices "
		      "WHERE device = ? AND number > ? ORDER BY number LIMIT ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	db_bind_int(&q, 2, after);
	db_bind_int(&q, 3, NOTICES_PER_NOTE);
	while (db_row(&q)) {
		*last = db_int(&q, 0);
		put_notice(&q, out);
	}
	return db_done(&q, err);
}

bool notices_write(struct db *db, const char *device, int64_t after,
		   const struct note_signer *signer, struct buf *out,
		   struct err *err)
{
	struct buf groups = BUF_INIT;
	struct buf text = BUF_INIT;
	int64_t last = after;
	bool ok = put_notices(db, device, after, &last, &groups, err);
	if (ok) {
		buf_put_str(&text, "sluice.notices/v1\n");
		buf_printf(&text, "device %s\n", device);
		buf_printf(&text, "after %" PRId64 "\n", after);
		buf_printf(&text, "last %" PRId64 "\n", last);
		buf_put(&text, groups.data, groups.len);
		ok = note_sign(buf_str(&text), signer, 1, out, err);
	}
	buf_clear(&groups);
	buf_clear(&text);
	return ok;
}
