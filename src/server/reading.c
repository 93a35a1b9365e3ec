/*
 * Looks at customers' data, each with its ledger entry. Pages and commands
 * come through here; received_body() alone is for programs' own checks.
 */
#include "server/reading.h"

#include <stdio.h>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "domain/ledger.h"

bool reading_body(struct db *db, const char *actor, const struct received *item,
		  int64_t now, struct buf *body, struct err *err)
{
	char text[160];
	(void)snprintf(text, sizeof(text),
		       "Documents of device %s were looked at.", item->device);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_READ,
		.transaction = item->transaction,
		.actor = actor,
		.service = item->services,
		.peer = item->certificate,
		.bytes = item->bytes,
		.sha256 = item->sha256,
		.result = "ok",
		.text = text,
	};
	struct buf found = BUF_INIT;
	if (!db_begin(db, err)) {
		return false;
	}
	if (!received_body(db, item->number, &found, err) ||
	    !ledger_append(db, &entry, err)) {
		db_rollback(db);
		buf_clear(&found);
		return false;
	}
	if (!db_commit(db, err)) {
		buf_clear(&found);
		return false;
	}
	buf_put(body, found.data, found.len);
	buf_clear(&found);
	return true;
}

bool reading_is_whole(const struct received *item, const void *body, size_t len)
{
	uint8_t hash[SHA256_SIZE];
	char hex[65];
	sha256_bytes(body, len, hash);
	hex_encode(hex, hash, sizeof(hash));
	return len == item->bytes && text_equal(hex, item->sha256);
}
