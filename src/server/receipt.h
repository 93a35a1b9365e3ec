#ifndef SLUICE_SERVER_RECEIPT_H
#define SLUICE_SERVER_RECEIPT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/note.h"

/*
 * The server's signed answer to a transmission: a note whose body is
 *
 *	sluice.receipt/v1
 *	device EX7-004211
 *	transaction 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1
 *	sha256 5f1d0c6b...
 *	bytes 3912
 *	received 2026-11-23T14:02:07Z
 *	index 88213
 *	size 88214
 *
 * index is the entry of the server's ledger that records it, size that
 * ledger's size with it. The device's half is client/receipt.
 */
struct receipt {
	const char *device;
	const char *transaction;
	const char *sha256; /* hex */
	uint64_t bytes;
	int64_t received_at;
	uint64_t index;
	uint64_t size;
};

/* Appends the signed note. Errors: INVALID (a value that is no line). */
MUST_USE bool receipt_write(const struct receipt *receipt,
			    const struct note_signer *signer, struct buf *out,
			    struct err *err);

/* "<server name>/receipts": the name that receipts are signed under. */
MUST_USE bool receipt_signer_name(const char *server_name,
				  char out[NOTE_NAME_SIZE], struct err *err);

#endif
