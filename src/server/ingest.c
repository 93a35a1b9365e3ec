/*
 * From bytes to a receipt. Form and catalogue are checked by
 * documents/transmission_reader, what the header fields say by upload_head.c,
 * who the device is by api.c; rows are written by received.c. Here is the
 * order in which all that must hold, and the one transaction.
 */
#include "server/ingest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "documents/transmission.h"
#include "domain/ledger.h"
#include "server/fleet_storage.h"
#include "server/peer.h"
#include "server/receipt.h"
#include "server/received.h"
#include "server/sealed.h"

/* A checkpoint is signed at the latest after so many entries. */
#define ENTRIES_PER_CHECKPOINT 64

struct ingest {
	struct server *server;
	struct fleet_device device;
	char peer[65];
	struct upload_head head;
	char sha256[65]; /* promised, hex */
	struct buf body;
	struct sha256 hash;
	struct transmission_reader *reader;
	bool failed;
};

struct ingest *ingest_begin(struct server *server,
			    const struct fleet_device *device, const char *peer,
			    const struct upload_head *head)
{
	struct ingest *ingest = mem_zalloc(sizeof(*ingest));
	ingest->server = server;
	ingest->device = *device;
	ingest->head = *head;
	if (!text_copy(ingest->peer, sizeof(ingest->peer), peer)) {
		ingest->failed = true;
	}
	hex_encode(ingest->sha256, head->sha256, SHA256_SIZE);
	ingest->body.max = TRANSMISSION_MAX;
	sha256_init(&ingest->hash);
	ingest->reader = transmission_reader_new(NULL);
	return ingest;
}

bool ingest_feed(struct ingest *ingest, const void *data, size_t len,
		 struct refusal *refusal)
{
	struct err err = { 0 };
	if (ingest->failed) {
		return refusal_set(refusal, REFUSAL_CONTENT,
				   "The transmission was refused already.");
	}
	ingest->failed = true;
	if (len > ingest->head.bytes - ingest->body.len) {
		return refusal_set(refusal, REFUSAL_CUT,
				   "More bytes came than Upload-Length said.");
	}
	buf_put(&ingest->body, data, len);
	sha256_update(&ingest->hash, data, len);
	if (!transmission_reader_feed(ingest->reader, data, len, &err)) {
		return refusal_set_err(refusal, REFUSAL_CONTENT, &err);
	}
	ingest->failed = false;
	return true;
}

/* Size, hash and form; then what the envelope names. */
static bool check_whole(struct ingest *ingest, struct transmission_head *head,
			unsigned *documents, struct refusal *refusal)
{
	struct err err = { 0 };
	uint8_t hash[SHA256_SIZE];
	if (ingest->body.len != ingest->head.bytes) {
		return refusal_set(refusal, REFUSAL_CUT,
				   "The upload ended after %zu of %llu bytes. "
				   "Nothing of it was kept.",
				   ingest->body.len,
				   (unsigned long long)ingest->head.bytes);
	}
	sha256_final(&ingest->hash, hash);
	if (memcmp(hash, ingest->head.sha256, SHA256_SIZE) != 0) {
		return refusal_set(refusal, REFUSAL_DIGEST,
				   "The bytes that came are not those that "
				   "Repr-Digest names.");
	}
	if (!transmission_reader_finish(ingest->reader, head, documents,
					&err)) {
		return refusal_set_err(refusal, REFUSAL_CONTENT, &err);
	}
	if (!text_equal(head->machine_id, ingest->device.id)) {
		return refusal_set(refusal, REFUSAL_FOREIGN,
				   "The transmission names another device "
				   "than the certificate belongs to.");
	}
	if (!text_equal(head->transaction, ingest->head.transaction)) {
		return refusal_set(refusal, REFUSAL_CONTENT,
				   "The transmission names another "
				   "transaction than Idempotency-Key.");
	}
	if (text_equal(head->reason, "sample") || head->grants_count == 0) {
		return refusal_set(refusal, REFUSAL_CONTENT,
				   "The transmission names no grant. Samples "
				   "are not sent.");
	}
	return true;
}

/* Envelope into the row that is stored. false: a text does not fit. */
static bool fill_item(const struct ingest *ingest,
		      const struct transmission_head *head, unsigned documents,
		      int64_t now, struct received *item)
{
	struct buf services = BUF_INIT;
	struct buf grants = BUF_INIT;
	for (size_t i = 0; i < head->grants_count; i++) {
		const char *between = i == 0 ? "" : " ";
		buf_printf(&services, "%s%s", between,
			   service_of(head->grants[i].service)->name);
		buf_printf(&grants, "%s%s", between, head->grants[i].id);
	}
	*item = (struct received){
		.bytes = ingest->body.len,
		.received_at = now,
		.collected_at = head->collected_at,
		.documents = documents,
	};
	bool ok =
		text_copy(item->device, sizeof(item->device),
			  ingest->device.id) &&
		text_copy(item->transaction, sizeof(item->transaction),
			  head->transaction) &&
		text_copy(item->sha256, sizeof(item->sha256), ingest->sha256) &&
		text_copy(item->reason, sizeof(item->reason), head->reason) &&
		text_copy(item->services, sizeof(item->services),
			  buf_str(&services)) &&
		text_copy(item->grants, sizeof(item->grants),
			  buf_str(&grants)) &&
		text_copy(item->certificate, sizeof(item->certificate),
			  ingest->peer);
	buf_clear(&services);
	buf_clear(&grants);
	return ok;
}

static bool append_entry(struct ingest *ingest, struct received *item,
			 struct err *err)
{
	struct ledger_entry entry = {
		.at = item->received_at,
		.kind = LEDGER_RECEIVED,
		.transaction = item->transaction,
		.actor = item->device,
		.service = item->services,
		.grant = item->grants,
		.peer = item->certificate,
		.bytes = item->bytes,
		.sha256 = item->sha256,
		.result = "ok",
		.text = "Received, stored and signed for.",
	};
	if (!ledger_append(ingest->server->db, &entry, err)) {
		return false;
	}
	item->ledger_index = (uint64_t)entry.sequence;
	return true;
}

static bool write_receipt(const struct ingest *ingest,
			  const struct received *item, struct buf *note,
			  struct err *err)
{
	struct receipt receipt = {
		.device = item->device,
		.transaction = item->transaction,
		.sha256 = item->sha256,
		.bytes = item->bytes,
		.received_at = item->received_at,
		.index = item->ledger_index,
		.size = item->ledger_index + 1,
	};
	struct note_signer signer = { ingest->server->signer,
				      &ingest->server->key };
	return receipt_write(&receipt, &signer, note, err);
}

/* All rows of a new transmission, inside the transaction. */
static bool store(struct ingest *ingest, const struct transmission_head *head,
		  struct received *item, struct buf *note, struct err *err)
{
	struct db *db = ingest->server->db;
	const char *serial = head->serial_number;
	const char *model = head->make_and_model;
	return append_entry(ingest, item, err) &&
	       write_receipt(ingest, item, note, err) &&
	       received_insert(db, item, ingest->body.data, buf_str(note),
			       err) &&
	       fleet_seen(db, item->device, serial == NULL ? "" : serial,
			  model == NULL ? "" : model, item->received_at, err) &&
	       server_checkpoint(ingest->server, ENTRIES_PER_CHECKPOINT,
				 item->received_at, err);
}

/* A transaction of sealed data is none of machine data. */
static bool check_other_kind(const struct ingest *ingest,
			     struct refusal *refusal)
{
	struct db *db = ingest->server->db;
	const char *device = ingest->device.id;
	const char *id = ingest->head.transaction;
	struct sealed_piece piece;
	struct sealed item;
	struct err err = { 0 };
	struct err more = { 0 };
	if (sealed_piece_find(db, device, id, &piece, &err) ||
	    sealed_find(db, device, id, &item, &more)) {
		return refusal_set(refusal, REFUSAL_REUSED,
				   "This transaction is one of sealed data.");
	}
	if (err.kind != ERR_NOT_FOUND) {
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	return more.kind == ERR_NOT_FOUND ||
	       refusal_set_err(refusal, REFUSAL_BUG, &more);
}

/*
 * Looks whether the transaction is known. *known: it is, with these bytes,
 * and note holds its receipt.
 */
static bool find_known(struct ingest *ingest, struct buf *note, bool *known,
		       struct refusal *refusal)
{
	struct err err = { 0 };
	struct received item;
	struct db *db = ingest->server->db;
	*known = false;
	if (!received_find(db, ingest->device.id, ingest->head.transaction,
			   &item, &err)) {
		return err.kind == ERR_NOT_FOUND
			       ? check_other_kind(ingest, refusal)
			       : refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	if (!text_equal(item.sha256, ingest->sha256)) {
		return refusal_set(refusal, REFUSAL_REUSED,
				   "This transaction was received before with "
				   "other bytes.");
	}
	if (!received_receipt(db, item.number, note, &err)) {
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	*known = true;
	return true;
}

/* Is there room for it in the day? */
static bool check_quota(const struct ingest *ingest, int64_t now,
			struct refusal *refusal)
{
	return fleet_storage_take(ingest->server->db, ingest->device.id,
				  ingest->body.len,
				  ingest->server->config->day_bytes, now,
				  refusal);
}

/* The device may have been revoked while the body came in. */
static bool check_device(struct ingest *ingest, int64_t now,
			 struct refusal *refusal)
{
	struct fleet_device device;
	return peer_device(ingest->server->db, ingest->peer, now, &device,
			   refusal);
}

bool ingest_finish(struct ingest *ingest, int64_t now, struct buf *receipt,
		   bool *repeated, struct refusal *refusal)
{
	struct err err = { 0 };
	struct transmission_head head;
	struct received item;
	struct buf note = BUF_INIT;
	unsigned documents = 0;
	bool known = false;
	if (ingest->failed) {
		return refusal_set(refusal, REFUSAL_CONTENT,
				   "The transmission was refused already.");
	}
	ingest->failed = true;
	if (!check_whole(ingest, &head, &documents, refusal)) {
		return false;
	}
	if (!fill_item(ingest, &head, documents, now, &item)) {
		return refusal_set(refusal, REFUSAL_CONTENT,
				   "A text of the envelope is too long.");
	}
	if (!db_begin(ingest->server->db, &err)) {
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	if (!check_device(ingest, now, refusal) ||
	    !find_known(ingest, &note, &known, refusal) ||
	    (!known && !check_quota(ingest, now, refusal))) {
		goto out;
	}
	if (!known && !store(ingest, &head, &item, &note, &err)) {
		log_error(ingest->server->log, "upload %s: %s",
			  ingest->head.transaction, err.text);
		refusal_set_err(refusal, REFUSAL_BUG, &err);
		goto out;
	}
	if (!db_commit(ingest->server->db, &err)) {
		log_error(ingest->server->log, "upload %s: %s",
			  ingest->head.transaction, err.text);
		buf_clear(&note);
		return refusal_set_err(refusal, REFUSAL_BUG, &err);
	}
	buf_put(receipt, note.data, note.len);
	buf_clear(&note);
	*repeated = known;
	return true;
out:
	db_rollback(ingest->server->db);
	buf_clear(&note);
	return false;
}

void ingest_free(struct ingest *ingest)
{
	if (ingest == NULL) {
		return;
	}
	transmission_reader_free(ingest->reader);
	buf_clear(&ingest->body);
	mem_free(ingest);
}

bool ingest_note_refusal(struct server *server, const char *device,
			 const char *address, const char *peer,
			 const struct upload_head *head,
			 const struct refusal *refusal, int64_t now,
			 struct err *err)
{
	char sha256[65] = "";
	static const uint8_t none[SHA256_SIZE] = { 0 };
	if (memcmp(head->sha256, none, SHA256_SIZE) != 0) {
		hex_encode(sha256, head->sha256, SHA256_SIZE);
	}
	bool passing = refusal_is_passing(refusal->kind);
	struct ledger_entry entry = {
		.at = now,
		.kind = passing ? LEDGER_FAILED : LEDGER_REFUSED,
		.transaction = head->transaction,
		.actor = device == NULL ? address : device,
		.peer = peer,
		.bytes = head->bytes,
		.sha256 = sha256,
		.result = passing ? "failed" : "refused",
		.text = refusal->detail,
	};
	return ledger_append(server->db, &entry, err);
}
