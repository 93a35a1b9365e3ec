/*
 * Notices: rows, and the note that a device is given. What one is due for is
 * decided in sealed_custody.c; the device's half is domain/jobs.
 */
#include "server/notices.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "formats/notices.h"

#define WHO_MAX (NOTICES_WHO_SIZE - 1) /* bytes */

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

static void read_notice(const struct stmt *q, struct notice *notice)
{
	notice->number = (uint64_t)db_int(q, 0);
	db_copy_text(q, 1, notice->kind, sizeof(notice->kind));
	db_copy_text(q, 2, notice->transaction, sizeof(notice->transaction));
	notice->at = db_int(q, 3);
	db_copy_text(q, 4, notice->who, sizeof(notice->who));
}

static bool read_notices(struct db *db, const char *device, int64_t after,
			 struct notices *notices, struct err *err)
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
	db_bind_int(&q, 3, NOTICES_MAX);
	while (notices->count < NOTICES_MAX && db_row(&q)) {
		read_notice(&q, &notices->of[notices->count++]);
	}
	return db_done(&q, err);
}

bool notices_write(struct db *db, const char *device, int64_t after,
		   const struct note_signer *signer, struct buf *out,
		   struct err *err)
{
	struct buf text = BUF_INIT;
	struct notices *notices = mem_zalloc(sizeof(*notices));
	notices->after = (uint64_t)after;
	bool ok = text_copy(notices->device, sizeof(notices->device), device) ||
		  err_set(err, ERR_INVALID, "this is no device");
	ok = ok && read_notices(db, device, after, notices, err) &&
	     notices_put(&text, notices, err) &&
	     note_sign(buf_str(&text), signer, 1, out, err);
	mem_free(notices);
	buf_clear(&text);
	return ok;
}

bool notices_last(struct db *db, const char *device, uint64_t *number,
		  struct err *err)
{
	struct stmt q;
	int64_t last = 0;
	if (!db_query(db, &q,
		      "SELECT max(number) FROM notices WHERE device = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, device);
	if (db_row(&q)) {
		last = db_int(&q, 0);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	*number = (uint64_t)last;
	return true;
}
