/*
 * The form of receipts. Who writes one is server/receipt.c, who believes one
 * client/receipt.c; signatures are note.c's.
 */
#include "formats/receipt_format.h"

#include <stddef.h>

const struct note_format receipt_format = {
	.kind = "sluice.receipt/v1",
	.fields = {
		{ "device", NOTE_FIELD_ONE },
		{ "transaction", NOTE_FIELD_ONE },
		{ "sha256", NOTE_FIELD_ONE },
		{ "bytes", NOTE_FIELD_ONE },
		{ "received", NOTE_FIELD_ONE },
		{ "index", NOTE_FIELD_ONE },
		{ "size", NOTE_FIELD_ONE },
		{ NULL, NOTE_FIELD_UNSET },
	},
};
