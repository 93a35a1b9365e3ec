/*
 * The beginning of a sealed upload: its row, unless the same one is there. The
 * file is made by the request that brings its first byte, in sealed_intake.c.
 */
#include "base/encoding.h"
#include "base/text.h"
#include "server/fleet_storage.h"
#include "server/received.h"
#include "server/sealed_intake_parts.h"

/* What an upload leaves free for the database and others. */
#define RESERVE_BYTES (16u * 1024u * 1024u)

static bool refuse_reused(struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_REUSED,
			   "This transaction was used before, for other bytes "
			   "or with other words.");
}

static bool fill_piece(const struct sealed_sender *sender,
		       const struct upload_head *head,
		       struct sealed_piece *piece)
{
	*piece = (struct sealed_piece){
		.bytes = head->bytes,
		.created_at = sender->now,
		.expires_at = intake_rest_until(sender),
	};
	hex_encode(piece->sha256, head->sha256, SHA256_SIZE);
	return text_copy(piece->device, sizeof(piece->device),
			 sender->device) &&
	       text_copy(piece->transaction, sizeof(piece->transaction),
			 sender->transaction) &&
	       text_copy(piece->purpose, sizeof(piece->purpose),
			 head->purpose) &&
	       text_copy(piece->recipients, sizeof(piece->recipients),
			 head->recipients);
}

/* *known: it is there, and the same in every word. */
static bool compare_known(const struct sealed_sender *sender,
			  const struct sealed_piece *wanted, bool *known,
			  struct refusal *refusal)
{
	struct sealed_piece piece;
	struct sealed item;
	bool found = false;
	bool same = false;
	if (!intake_find_sealed(sender, &item, &found, refusal)) {
		return false;
	}
	if (found) {
		same = text_equal(item.sha256, wanted->sha256) &&
		       item.bytes == wanted->bytes &&
		       text_equal(item.purpose, wanted->purpose) &&
		       text_equal(item.recipients, wanted->recipients);
		*known = same;
		return same || refuse_reused(refusal);
	}
	if (!intake_find_piece(sender, &piece, &found, refusal)) {
		return false;
	}
	same = found && text_equal(piece.sha256, wanted->sha256) &&
	       piece.bytes == wanted->bytes &&
	       text_equal(piece.purpose, wanted->purpose) &&
	       text_equal(piece.recipients, wanted->recipients);
	*known = same;
	return !found || same || refuse_reused(refusal);
}

static bool check_room(const struct sealed_sender *sender, uint64_t bytes,
		       struct refusal *refusal)
{
	uint64_t room = sealed_store_room(sender->server->config->state);
	if (room >= RESERVE_BYTES && room - RESERVE_BYTES >= bytes) {
		return true;
	}
	return refusal_set(refusal, REFUSAL_ROOM,
			   "The server has no room for %llu bytes now. Try "
			   "again later.",
			   (unsigned long long)bytes);
}

/* Is it the transaction of machine data? */
static bool check_other_kind(const struct sealed_sender *sender,
			     struct refusal *refusal)
{
	struct err err = { 0 };
	struct received item;
	if (received_find(intake_db(sender), sender->device,
			  sender->transaction, &item, &err)) {
		return refuse_reused(refusal);
	}
	return err.kind == ERR_NOT_FOUND ||
	       refusal_set_err(refusal, REFUSAL_BUG, &err);
}

/* Inside a transaction. */
static bool note_piece(const struct sealed_sender *sender,
		       const struct sealed_piece *piece,
		       struct refusal *refusal)
{
	struct err err = { 0 };
	struct sealed_place place = intake_place(sender);
	bool known = false;
	if (!compare_known(sender, piece, &known, refusal)) {
		return false;
	}
	if (known) {
		return true;
	}
	if (!check_other_kind(sender, refusal) ||
	    !check_room(sender, piece->bytes, refusal) ||
	    !fleet_storage_take(intake_db(sender), sender->device, piece->bytes,
				sender->server->config->day_bytes, sender->now,
				refusal)) {
		return false;
	}
	/* Nothing lies there without a row, unless somebody put it there. */
	if (!sealed_store_remove(&place, &err)) {
		return intake_refuse_store(sender, &err, refusal);
	}
	return sealed_piece_insert(intake_db(sender), piece, &err) ||
	       refusal_set_err(refusal, REFUSAL_BUG, &err);
}

bool sealed_intake_create(const struct sealed_sender *sender,
			  const struct upload_head *head,
			  struct refusal *refusal)
{
	struct err err = { 0 };
	struct sealed_piece piece;
	if (!fill_piece(sender, head, &piece)) {
		return refusal_set(refusal, REFUSAL_SYNTAX,
				   "A word of the upload is too long.");
	}
	if (!db_begin(intake_db(sender), &err)) {
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	return intake_finish_db(sender, note_piece(sender, &piece, refusal),
				refusal);
}
