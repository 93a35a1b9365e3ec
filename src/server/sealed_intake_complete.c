/*
 * The end of a sealed upload: the whole against what its sender promised, its
 * last name, then row, ledger entry and receipt at once. Pieces come in
 * through sealed_intake.c.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "server/peer.h"
#include "server/receipt.h"
#include "server/sealed_intake_parts.h"

#define ENTRIES_PER_CHECKPOINT 64

/* Is the file what its sender promised? */
static bool check_whole(struct sealed_intake *intake, struct refusal *refusal)
{
	struct err err = { 0 };
	uint8_t hash[SHA256_SIZE];
	char hex[65];
	if (intake->file.bytes != intake->piece.bytes ||
	    !intake_check_age_line(intake, refusal)) {
		intake->spoiled = true;
		return refusal_set(refusal, REFUSAL_DIGEST,
				   "The upload is longer than Upload-Length "
				   "said. Nothing of it was kept.");
	}
	if (intake->hashing) {
		sha256_final(&intake->hash, hash);
		intake->hashing = false;
	} else if (!sealed_store_hash(&intake->file, hash, &err)) {
		return intake_refuse_store(intake->sender, &err, refusal);
	}
	hex_encode(hex, hash, sizeof(hash));
	if (text_equal(hex, intake->piece.sha256)) {
		return true;
	}
	intake->spoiled = true;
	return refusal_set(refusal, REFUSAL_DIGEST,
			   "The bytes that came are not those that "
			   "Repr-Digest names. Nothing of them was kept.");
}

static bool append_entry(const struct sealed_sender *sender,
			 struct sealed *item, struct err *err)
{
	struct ledger_entry entry = {
		.at = item->received_at,
		.kind = LEDGER_RECEIVED,
		.transaction = item->transaction,
		.actor = item->device,
		.service = "job-data",
		.peer = item->certificate,
		.bytes = item->bytes,
		.sha256 = item->sha256,
		.result = "ok",
		.text = "Sealed job data was received, stored and signed for.",
	};
	if (!ledger_append(intake_db(sender), &entry, err)) {
		return false;
	}
	item->ledger_index = (uint64_t)entry.sequence;
	return true;
}

static bool write_receipt(const struct sealed_sender *sender,
			  const struct sealed *item, struct buf *note,
			  struct err *err)
{
	struct server *server = sender->server;
	struct receipt receipt = {
		.device = item->device,
		.transaction = item->transaction,
		.sha256 = item->sha256,
		.bytes = item->bytes,
		.received_at = item->received_at,
		.index = item->ledger_index,
		.size = item->ledger_index + 1,
	};
	struct note_signer signer = { server->signer, &server->key };
	return receipt_write(&receipt, &signer, note, err);
}

static bool fill_item(const struct sealed_intake *intake, struct sealed *item,
		      struct err *err)
{
	const struct sealed_sender *sender = intake->sender;
	const struct sealed_piece *piece = &intake->piece;
	int64_t days = sender->server->config->jobs_keep_days;
	*item = (struct sealed){
		.bytes = piece->bytes,
		.received_at = sender->now,
		.expires_at = sender->now + days * 86400,
	};
	memcpy(item->device, piece->device, sizeof(item->device));
	memcpy(item->transaction, piece->transaction,
	       sizeof(item->transaction));
	memcpy(item->sha256, piece->sha256, sizeof(item->sha256));
	memcpy(item->purpose, piece->purpose, sizeof(item->purpose));
	memcpy(item->recipients, piece->recipients, sizeof(item->recipients));
	return text_copy(item->certificate, sizeof(item->certificate),
			 sender->peer) ||
	       err_set(err, ERR_BUG, "The certificate's hash is too long.");
}

/* All rows, inside the transaction. */
static bool store(const struct sealed_intake *intake,
		  const struct fleet_device *device, struct sealed *item,
		  struct err *err)
{
	const struct sealed_sender *sender = intake->sender;
	struct db *db = intake_db(sender);
	struct buf note = BUF_INIT;
	bool ok =
		fill_item(intake, item, err) &&
		append_entry(sender, item, err) &&
		write_receipt(sender, item, &note, err) &&
		sealed_insert(db, item, buf_str(&note), err) &&
		sealed_piece_remove(db, item->device, item->transaction, err) &&
		fleet_seen(db, item->device, device->serial_number,
			   device->make_and_model, sender->now, err) &&
		server_checkpoint(sender->server, ENTRIES_PER_CHECKPOINT,
				  sender->now, err);
	buf_clear(&note);
	return ok;
}

/* Inside the transaction: the device may have been revoked meanwhile. */
static bool commit_rows(struct sealed_intake *intake, struct sealed *item,
			struct refusal *refusal)
{
	const struct sealed_sender *sender = intake->sender;
	struct fleet_device device;
	struct err err = { 0 };
	if (!peer_device(intake_db(sender), sender->peer, sender->now, &device,
			 refusal)) {
		return false;
	}
	if (!store(intake, &device, item, &err)) {
		log_error(sender->server->log, "%s: %s", sender->transaction,
			  err.text);
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	return true;
}

bool intake_complete(struct sealed_intake *intake,
		     struct sealed_progress *progress, struct refusal *refusal)
{
	const struct sealed_sender *sender = intake->sender;
	struct sealed item;
	struct err err = { 0 };
	if (!check_whole(intake, refusal)) {
		return false;
	}
	if (!sealed_store_finish(&intake->file, &err)) {
		return intake_refuse_store(sender, &err, refusal);
	}
	if (!db_begin(intake_db(sender), &err)) {
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	if (!intake_finish_db(sender, commit_rows(intake, &item, refusal),
			      refusal)) {
		return false;
	}
	*progress = (struct sealed_progress){
		.offset = item.bytes,
		.bytes = item.bytes,
		.complete = true,
		.number = item.number,
		.expires_at = item.expires_at,
	};
	log_info(sender->server->log, "%s: %s received sealed, %llu bytes",
		 sender->device, sender->transaction,
		 (unsigned long long)item.bytes);
	return true;
}
