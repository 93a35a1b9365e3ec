/*
 * Keeping sealed files: the only way to their bytes for people at the server,
 * and the end of each. A file is removed inside the transaction that says so:
 * when the commit fails, the next try finds the row as it was and no file,
 * which is as good.
 */
#include "server/sealed_custody.h"

#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "server/notices.h"
#include "server/sealed_store.h"

static struct sealed_place place_of(const struct sealed_keeper *keeper,
				    const char *device, const char *transaction)
{
	return (struct sealed_place){ keeper->config->state, device,
				      transaction };
}

/* Entry and notice of one thing that happened. */
struct event {
	enum ledger_kind kind;
	enum notice_kind notice;
	const char *who;  /* "" = nobody: by its date */
	const char *text; /* of the entry */
	int64_t at;
};

static bool record(struct db *db, const struct sealed *item,
		   const struct event *event, struct err *err)
{
	char text[200];
	(void)snprintf(text, sizeof(text), "%s Device %s is told.", event->text,
		       item->device);
	struct ledger_entry entry = {
		.at = event->at,
		.kind = event->kind,
		.transaction = item->transaction,
		.actor = event->who[0] == '\0' ? "server" : event->who,
		.service = "job-data",
		.peer = item->certificate,
		.bytes = item->bytes,
		.sha256 = item->sha256,
		.result = "ok",
		.text = text,
	};
	return ledger_append(db, &entry, err) &&
	       notices_add(db, event->notice, item->device, item->transaction,
			   event->at, event->who, err);
}

static bool open_whole(const struct sealed_keeper *keeper,
		       const struct sealed *item, int *fd, struct err *err)
{
	struct sealed_place place =
		place_of(keeper, item->device, item->transaction);
	uint64_t bytes = 0;
	int opened = -1;
	if (!sealed_store_read(&place, &opened, &bytes, err)) {
		return false;
	}
	if (bytes != item->bytes) {
		close(opened);
		return err_set(err, ERR_INVALID,
			       "The file has not the length that it was "
			       "received with.");
	}
	*fd = opened;
	return true;
}

/* Is it still here? Inside the transaction. */
static bool check_here(struct db *db, const struct sealed *item,
		       struct err *err)
{
	struct sealed now;
	if (!sealed_find(db, item->device, item->transaction, &now, err)) {
		return false;
	}
	return now.deleted_at == 0 ||
	       err_set(err, ERR_NOT_FOUND, "The file was deleted.");
}

bool sealed_custody_take(const struct sealed_keeper *keeper,
			 const struct sealed *item, const char *who,
			 int64_t now, int *fd, struct err *err)
{
	const struct event event = { LEDGER_READ, NOTICE_OPENED, who,
				     "Sealed job data was taken.", now };
	int opened = -1;
	if (!db_begin(keeper->db, err)) {
		return false;
	}
	bool ok = check_here(keeper->db, item, err) &&
		  open_whole(keeper, item, &opened, err) &&
		  record(keeper->db, item, &event, err);
	if (!db_finish(keeper->db, ok, err)) {
		if (opened >= 0) {
			close(opened);
		}
		return false;
	}
	*fd = opened;
	return true;
}

static bool end_file(const struct sealed_keeper *keeper,
		     const struct sealed *item, const struct event *event,
		     struct err *err)
{
	struct sealed_place place =
		place_of(keeper, item->device, item->transaction);
	if (!db_begin(keeper->db, err)) {
		return false;
	}
	bool ok = sealed_mark_deleted(keeper->db, item, event->who, event->at,
				      err) &&
		  record(keeper->db, item, event, err) &&
		  sealed_store_remove(&place, err);
	return db_finish(keeper->db, ok, err);
}

bool sealed_custody_delete(const struct sealed_keeper *keeper,
			   const struct sealed *item, const char *who,
			   int64_t now, struct err *err)
{
	const struct event event = { LEDGER_CANCELLED, NOTICE_DELETED, who,
				     "Sealed job data was deleted.", now };
	return end_file(keeper, item, &event, err);
}

static bool expire_files(const struct sealed_keeper *keeper, int64_t now,
			 size_t *done, struct err *err)
{
	const struct event event = { LEDGER_EXPIRED, NOTICE_EXPIRED, "",
				     "Sealed job data was deleted by its date.",
				     now };
	struct sealed *list = NULL;
	size_t count = 0;
	if (!sealed_due(keeper->db, now, &list, &count, err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct err one = { 0 };
		if (end_file(keeper, &list[i], &event, &one)) {
			*done += 1;
		} else {
			log_error(keeper->log, "%s is not deleted: %s",
				  list[i].transaction, one.text);
		}
	}
	mem_free(list);
	return true;
}

/* Under its lock: bytes may come in just now. */
static bool end_piece(const struct sealed_keeper *keeper,
		      const struct sealed_piece *piece, int64_t now,
		      struct err *err)
{
	struct sealed_place place =
		place_of(keeper, piece->device, piece->transaction);
	struct sealed_file file = SEALED_FILE_INIT;
	struct sealed_piece fresh;
	if (!sealed_store_open(&place, &file, err)) {
		return false;
	}
	if (!db_begin(keeper->db, err)) {
		sealed_store_close(&file);
		return false;
	}
	bool ok = sealed_piece_find(keeper->db, piece->device,
				    piece->transaction, &fresh, err);
	if (ok && fresh.expires_at <= now) {
		ok = sealed_piece_remove(keeper->db, piece->device,
					 piece->transaction, err) &&
		     sealed_store_remove(&place, err);
	}
	ok = db_finish(keeper->db, ok, err);
	sealed_store_close(&file);
	return ok;
}

static bool expire_pieces(const struct sealed_keeper *keeper, int64_t now,
			  size_t *done, struct err *err)
{
	struct sealed_piece *list = NULL;
	size_t count = 0;
	if (!sealed_pieces_due(keeper->db, now, &list, &count, err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct err one = { 0 };
		if (end_piece(keeper, &list[i], now, &one)) {
			*done += 1;
		} else {
			log_warn(keeper->log, "%s is not forgotten: %s",
				 list[i].transaction, one.text);
		}
	}
	mem_free(list);
	return true;
}

bool sealed_custody_expire(const struct sealed_keeper *keeper, int64_t now,
			   struct sealed_expired *expired, struct err *err)
{
	struct sealed_expired done = { 0, 0 };
	if (!expire_files(keeper, now, &done.files, err) ||
	    !expire_pieces(keeper, now, &done.pieces, err)) {
		return false;
	}
	*expired = done;
	return true;
}
