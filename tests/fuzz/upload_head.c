/*
 * Header fields of an upload, one a line in the order of struct
 * upload_fields; an empty line is a field that is missing. What is accepted
 * holds what the checks promise.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "documents/transmission.h"
#include "server/upload_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *next_line(char **rest)
{
	char *line = *rest;
	if (line == NULL) {
		return NULL;
	}
	char *end = strchr(line, '\n');
	*rest = end == NULL ? NULL : end + 1;
	if (end != NULL) {
		*end = '\0';
	}
	return *line == '\0' ? NULL : line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	char *rest = text;
	struct upload_fields fields;
	struct upload_head head;
	struct refusal refusal = { 0 };

	fields.tus_resumable = next_line(&rest);
	fields.upload_length = next_line(&rest);
	fields.upload_metadata = next_line(&rest);
	fields.repr_digest = next_line(&rest);
	fields.idempotency_key = next_line(&rest);
	fields.content_type = next_line(&rest);
	fields.content_length = next_line(&rest);
	if (upload_head_read(&fields, &head, &refusal)) {
		if (refusal.kind != REFUSAL_NONE || head.bytes == 0 ||
		    head.bytes > TRANSMISSION_MAX ||
		    !uuid_valid(head.transaction)) {
			abort();
		}
	} else if (refusal.kind == REFUSAL_NONE || refusal.detail[0] == '\0') {
		abort();
	}
	mem_free(text);
	return 0;
}
