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
#include "base/text.h"
#include "documents/transmission.h"
#include "server/upload_head.h"

#define SEALED_MAX 5000000000u

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

static bool lengths_hold(const struct upload_head *head)
{
	if (head->kind == UPLOAD_SEALED) {
		return head->bytes >= 1 && head->bytes <= SEALED_MAX &&
		       head->body_bytes <= head->bytes &&
		       head->body_bytes <= UPLOAD_FIRST_MAX;
	}
	return head->kind == UPLOAD_TRANSMISSION && head->bytes >= 1 &&
	       head->bytes <= TRANSMISSION_MAX &&
	       head->body_bytes == head->bytes;
}

static bool words_hold(const struct upload_head *head)
{
	bool sealed = head->kind == UPLOAD_SEALED;
	return sealed == (head->purpose[0] != '\0') &&
	       sealed == (strncmp(head->recipients, "age1", 4) == 0) &&
	       text_is_one_line(head->purpose, strlen(head->purpose));
}

static void check_piece(const struct upload_fields *fields)
{
	struct refusal refusal = { 0 };
	uint64_t offset, bytes;

	if (upload_piece_read(fields, &offset, &bytes, &refusal) !=
	    (refusal.kind == REFUSAL_NONE)) {
		abort();
	}
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
	fields.upload_offset = next_line(&rest);
	check_piece(&fields);
	if (upload_head_read(&fields, SEALED_MAX, &head, &refusal)) {
		if (refusal.kind != REFUSAL_NONE ||
		    !uuid_valid(head.transaction) || !lengths_hold(&head) ||
		    !words_hold(&head)) {
			abort();
		}
	} else if (refusal.kind == REFUSAL_NONE || refusal.detail[0] == '\0') {
		abort();
	}
	mem_free(text);
	return 0;
}
