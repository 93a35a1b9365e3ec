/*
 * From pieces to a receipt. Files are sealed_store.c's, rows sealed.c's, who
 * asks api_uploads.c's. Here is the order in which things are made to last:
 * row of the upload; bytes of the file; its last name; then sealed row, ledger
 * entry and receipt at once. Each step can be the last one before a crash, and
 * the next request goes on there.
 */
#include "server/sealed_intake.h"

#include "base/mem.h"
#include "server/fleet_storage.h"
#include "server/sealed_intake_parts.h"

static const char age_line[] = "age-encryption.org/v1\n";
#define AGE_LINE_LEN (sizeof(age_line) - 1)

struct sealed_place intake_place(const struct sealed_sender *sender)
{
	return (struct sealed_place){ sender->server->config->state,
				      sender->device, sender->transaction };
}

struct db *intake_db(const struct sealed_sender *sender)
{
	return sender->server->db;
}

int64_t intake_rest_until(const struct sealed_sender *sender)
{
	return sender->now +
	       (int64_t)sender->server->config->jobs_piece_hours * 3600;
}

bool intake_refuse_store(const struct sealed_sender *sender,
			 const struct err *err, struct refusal *refusal)
{
	if (err->kind != ERR_RETRY) {
		log_error(sender->server->log, "%s %s: %s", sender->device,
			  sender->transaction, err->text);
	}
	switch (err->kind) {
	case ERR_RETRY:
		return refusal_set(refusal, REFUSAL_LOCKED,
				   "Another request brings pieces of this "
				   "upload. Try again in a moment.");
	case ERR_LIMIT:
		return refusal_set(refusal, REFUSAL_ROOM,
				   "The server's disk is full. What came is "
				   "kept. Try again later.");
	default:
		return refusal_set_err(refusal, REFUSAL_STORAGE, err);
	}
}

static bool refuse_unknown(struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_PATH,
			   "There is no such upload of this device.");
}

bool intake_find_piece(const struct sealed_sender *sender,
		       struct sealed_piece *piece, bool *found,
		       struct refusal *refusal)
{
	struct err err = { 0 };
	*found = sealed_piece_find(intake_db(sender), sender->device,
				   sender->transaction, piece, &err);
	return *found || err.kind == ERR_NOT_FOUND ||
	       refusal_set_err(refusal, REFUSAL_BUG, &err);
}

bool intake_find_sealed(const struct sealed_sender *sender, struct sealed *item,
			bool *found, struct refusal *refusal)
{
	struct err err = { 0 };
	*found = sealed_find(intake_db(sender), sender->device,
			     sender->transaction, item, &err);
	return *found || err.kind == ERR_NOT_FOUND ||
	       refusal_set_err(refusal, REFUSAL_BUG, &err);
}

bool intake_finish_db(const struct sealed_sender *sender, bool ok,
		      struct refusal *refusal)
{
	struct err err = { 0 };
	if (!ok) {
		db_rollback(intake_db(sender));
		return false;
	}
	if (db_commit(intake_db(sender), &err)) {
		return true;
	}
	log_error(sender->server->log, "%s: %s", sender->transaction, err.text);
	return refusal_set_err(refusal, REFUSAL_BUG, &err);
}

/* ---- one request with pieces ---- */

static void intake_close(struct sealed_intake *intake)
{
	sealed_store_close(&intake->file);
}

/* Row, file with its lock, then the row again: it may have gone meanwhile. */
static bool open_locked(const struct sealed_sender *sender,
			struct sealed_intake *intake, bool *found,
			struct refusal *refusal)
{
	struct err err = { 0 };
	struct sealed_place place = intake_place(sender);
	if (!intake_find_piece(sender, &intake->piece, found, refusal)) {
		return false;
	}
	if (!*found) {
		return true;
	}
	if (!sealed_store_open(&place, &intake->file, &err)) {
		return intake_refuse_store(sender, &err, refusal);
	}
	if (!intake_find_piece(sender, &intake->piece, found, refusal)) {
		intake_close(intake);
		return false;
	}
	if (!*found) {
		/* Of a cancelled one the open file is new and empty. */
		if (!intake->file.whole && !sealed_store_remove(&place, &err)) {
			log_warn(sender->server->log, "%s", err.text);
		}
		intake_close(intake);
	}
	return true;
}

bool sealed_intake_open(const struct sealed_sender *sender,
			struct sealed_intake **intake, struct refusal *refusal)
{
	struct sealed_intake *opened = mem_zalloc(sizeof(*opened));
	bool found = false;
	opened->sender = sender;
	opened->file = (struct sealed_file)SEALED_FILE_INIT;
	if (!open_locked(sender, opened, &found, refusal) || !found) {
		mem_free(opened);
		return found ? false : refuse_unknown(refusal);
	}
	opened->began = opened->file.bytes;
	opened->hashing = opened->began == 0;
	sha256_init(&opened->hash);
	*intake = opened;
	return true;
}

uint64_t sealed_intake_offset(const struct sealed_intake *intake)
{
	return intake->file.bytes;
}

uint64_t sealed_intake_bytes(const struct sealed_intake *intake)
{
	return intake->piece.bytes;
}

bool intake_check_age_line(struct sealed_intake *intake,
			   struct refusal *refusal)
{
	if (sealed_store_begins(&intake->file, age_line, AGE_LINE_LEN)) {
		return true;
	}
	intake->spoiled = true;
	return refusal_set(refusal, REFUSAL_CONTENT,
			   "This is no age file: its first line is not "
			   "age-encryption.org/v1. Nothing of it was kept.");
}

bool sealed_intake_feed(struct sealed_intake *intake, const void *data,
			size_t len, struct refusal *refusal)
{
	struct err err = { 0 };
	uint64_t before = intake->file.bytes;
	if (intake->file.whole || before > intake->piece.bytes ||
	    len > intake->piece.bytes - before) {
		return refusal_set(refusal, REFUSAL_SIZE,
				   "More bytes came than Upload-Length said.");
	}
	bool ok = sealed_store_append(&intake->file, data, len, &err);
	if (intake->hashing) {
		sha256_update(&intake->hash, data,
			      (size_t)(intake->file.bytes - before));
	}
	if (!ok) {
		return intake_refuse_store(intake->sender, &err, refusal);
	}
	return before >= AGE_LINE_LEN || intake->file.bytes < AGE_LINE_LEN ||
	       intake_check_age_line(intake, refusal);
}

/* Removes file and row, and what it counted for. */
static bool drop(struct sealed_intake *intake, struct refusal *refusal)
{
	const struct sealed_sender *sender = intake->sender;
	struct sealed_place place = intake_place(sender);
	struct err err = { 0 };
	if (!db_begin(intake_db(sender), &err)) {
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	bool ok = sealed_piece_remove(intake_db(sender), sender->device,
				      sender->transaction, &err) &&
		  fleet_storage_give_back(intake_db(sender), sender->device,
					  intake->piece.bytes,
					  intake->piece.created_at, &err) &&
		  sealed_store_remove(&place, &err);
	if (!ok) {
		refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	return intake_finish_db(sender, ok, refusal);
}

/* Bytes came: it may rest for as long again. */
static bool prolong(struct sealed_intake *intake, struct refusal *refusal)
{
	struct err err = { 0 };
	int64_t until = intake_rest_until(intake->sender);
	if (until <= intake->piece.expires_at) {
		return true;
	}
	if (!sealed_piece_prolong(intake_db(intake->sender), &intake->piece,
				  until, &err)) {
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	intake->piece.expires_at = until;
	return true;
}

static bool end_part(struct sealed_intake *intake,
		     struct sealed_progress *progress, struct refusal *refusal)
{
	struct err err = { 0 };
	bool more = intake->file.bytes > intake->began;
	if (more && !sealed_store_sync(&intake->file, &err)) {
		return intake_refuse_store(intake->sender, &err, refusal);
	}
	if (more && !prolong(intake, refusal)) {
		return false;
	}
	*progress = (struct sealed_progress){
		.offset = intake->file.bytes,
		.bytes = intake->piece.bytes,
		.expires_at = intake->piece.expires_at,
	};
	return true;
}

bool sealed_intake_end(struct sealed_intake *intake,
		       struct sealed_progress *progress,
		       struct refusal *refusal)
{
	bool ok = false;
	if (!intake->spoiled) {
		ok = intake->file.bytes < intake->piece.bytes
			     ? end_part(intake, progress, refusal)
			     : intake_complete(intake, progress, refusal);
	}
	if (intake->spoiled) {
		/* The refusal that spoiled it stays the answer. */
		ok = drop(intake, refusal) && false;
	}
	return ok;
}

void sealed_intake_free(struct sealed_intake *intake)
{
	if (intake != NULL) {
		intake_close(intake);
		mem_free(intake);
	}
}

/* ---- questions ---- */

/* Whole but not committed: the server ended in between. */
static bool catch_up(const struct sealed_sender *sender,
		     struct sealed_progress *progress, struct refusal *refusal)
{
	struct refusal why = { 0 };
	struct sealed_intake *intake = NULL;
	if (!sealed_intake_open(sender, &intake, &why)) {
		/* Another request is at it: not long, so that is no LOCKED. */
		return refusal_set(refusal,
				   why.kind == REFUSAL_LOCKED ? REFUSAL_BUSY
							      : why.kind,
				   "%s", why.detail);
	}
	bool ok = sealed_intake_end(intake, progress, refusal);
	sealed_intake_free(intake);
	return ok;
}

bool sealed_intake_progress(const struct sealed_sender *sender,
			    struct sealed_progress *progress,
			    struct refusal *refusal)
{
	struct sealed_place place = intake_place(sender);
	struct sealed_piece piece;
	struct sealed item;
	bool found = false;
	if (!intake_find_piece(sender, &piece, &found, refusal)) {
		return false;
	}
	if (found) {
		*progress = (struct sealed_progress){
			.offset = sealed_store_bytes(&place),
			.bytes = piece.bytes,
			.expires_at = piece.expires_at,
		};
		return progress->offset < progress->bytes ||
		       catch_up(sender, progress, refusal);
	}
	if (!intake_find_sealed(sender, &item, &found, refusal)) {
		return false;
	}
	if (!found) {
		return refuse_unknown(refusal);
	}
	*progress = (struct sealed_progress){
		.offset = item.bytes,
		.bytes = item.bytes,
		.complete = true,
		.number = item.number,
		.expires_at = item.expires_at,
	};
	return true;
}

bool sealed_intake_cancel(const struct sealed_sender *sender,
			  struct refusal *refusal)
{
	struct sealed_intake *intake = NULL;
	struct sealed_progress progress;
	if (!sealed_intake_progress(sender, &progress, refusal)) {
		return false;
	}
	if (progress.complete) {
		return refusal_set(refusal, REFUSAL_COMPLETE,
				   "The upload is complete and its receipt "
				   "was given. It is kept until its date.");
	}
	if (!sealed_intake_open(sender, &intake, refusal)) {
		return false;
	}
	bool ok = drop(intake, refusal);
	sealed_intake_free(intake);
	return ok;
}
