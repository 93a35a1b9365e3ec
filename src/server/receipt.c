/*
 * Writes receipts. The form of notes and their fields is formats/note and
 * formats/note_fields; when one is due is ingest.c's business.
 */
#include "server/receipt.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "formats/receipt_format.h"

#define NUMBER_SIZE 24

bool receipt_write(const struct receipt *receipt,
		   const struct note_signer *signer, struct buf *out,
		   struct err *err)
{
	char bytes[NUMBER_SIZE];
	char index[NUMBER_SIZE];
	char size[NUMBER_SIZE];
	char received[CLOCK_TEXT_SIZE];
	snprintf(bytes, sizeof(bytes), "%" PRIu64, receipt->bytes);
	snprintf(index, sizeof(index), "%" PRIu64, receipt->index);
	snprintf(size, sizeof(size), "%" PRIu64, receipt->size);
	clock_format(received, receipt->received_at);
	const char *const values[] = {
		receipt->device,
		receipt->transaction,
		receipt->sha256,
		bytes,
		received,
		index,
		size,
	};
	struct buf body = BUF_INIT;
	bool ok = note_fields_write(&receipt_format, values, &body, err) &&
		  note_sign(buf_str(&body), signer, 1, out, err);
	buf_clear(&body);
	return ok;
}

bool receipt_signer_name(const char *server_name, char out[NOTE_NAME_SIZE],
			 struct err *err)
{
	int len = snprintf(out, NOTE_NAME_SIZE, "%s/receipts", server_name);
	if (len < 0 || len >= NOTE_NAME_SIZE) {
		return err_set(err, ERR_INVALID,
			       "The server's name is too long.");
	}
	return true;
}
