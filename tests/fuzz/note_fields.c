/*
 * Reads the body of a note; what is read must be written the same again.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "formats/note_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct note_format format = {
	.kind = "sluice.receipt/v1",
	.fields = {
		{ "device", NOTE_FIELD_ONE },
		{ "reason", NOTE_FIELD_OPTIONAL },
		{ "bytes", NOTE_FIELD_ONE },
		{ NULL, NOTE_FIELD_UNSET },
	},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note_values values = NOTE_VALUES_INIT;
	struct buf again = BUF_INIT;

	if (!note_fields_read(&format, (const char *)data, size, &values,
			      NULL)) {
		return 0;
	}
	const char *given[] = { values.value[0], values.value[1],
				values.value[2] };
	if (!note_fields_write(&format, given, &again, NULL) ||
	    again.len != size || memcmp(again.data, data, size) != 0) {
		abort();
	}
	buf_clear(&again);
	note_values_clear(&values);
	return 0;
}
