/*
 * Feeds a transmission in pieces whose size the first byte chooses. What is
 * taken is of the catalogue, field by field, and names grants.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "documents/transmission.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok) {
		abort();
	}
}

static bool on_field(void *ctx, const struct document *document,
		     const char *path, const char *text, const char *unit,
		     const char *source, struct err *err)
{
	size_t *count = ctx;

	(void)unit;
	(void)err;
	expect(strncmp(path, document->name, strlen(document->name)) == 0);
	expect(text[0] != 0 && strlen(text) <= FIELD_TEXT_MAX);
	expect(source == NULL || field_source_ok(source));
	++*count;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t fields = 0;
	struct transmission_seen seen = { on_field, &fields };
	struct transmission_head head;
	unsigned documents = 0;
	struct err err = { 0 };
	bool ok = true;

	if (size < 1) {
		return 0;
	}
	size_t piece = (size_t)data[0] + 1;
	struct transmission_reader *r = transmission_reader_new(&seen);
	for (size_t at = 1; ok && at < size; at += piece) {
		size_t left = size - at;
		ok = transmission_reader_feed(
			r, data + at, left < piece ? left : piece, &err);
	}
	if (ok && transmission_reader_finish(r, &head, &documents, &err)) {
		expect(documents != 0 && fields > 0);
		expect(head.grants_count > 0 ||
		       strcmp(head.reason, "sample") == 0);
		expect(uuid_valid(head.transaction));
	} else {
		expect(err.kind == ERR_INVALID || err.kind == ERR_LIMIT);
	}
	transmission_reader_free(r);
	return 0;
}
