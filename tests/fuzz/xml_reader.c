/*
 * Feeds XML in pieces whose size the first byte chooses. Whatever comes, text
 * and attributes stay within the limits.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "formats/xml_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct xml_limits limits = { .bytes = 65536,
					  .depth = 8,
					  .attributes = 4,
					  .text = 256,
					  .elements = 200 };

static void expect(bool ok)
{
	if (!ok) {
		abort();
	}
}

static bool on_start(void *ctx, const char *name, const char *const *attrs,
		     struct err *err)
{
	unsigned *depth = ctx;
	size_t count = 0;

	(void)err;
	expect(name[0] != 0);
	expect(++*depth <= limits.depth);
	while (attrs[count] != NULL) {
		expect(strlen(attrs[count + 1]) <= limits.text);
		count += 2;
	}
	expect(count / 2 <= limits.attributes);
	return true;
}

static bool on_text(void *ctx, const char *text, size_t len, struct err *err)
{
	unsigned *depth = ctx;

	(void)err;
	expect(*depth > 0 && len > 0 && len <= limits.text);
	expect(strlen(text) == len);
	return true;
}

static bool on_end(void *ctx, const char *name, struct err *err)
{
	unsigned *depth = ctx;

	(void)name;
	(void)err;
	expect(*depth > 0);
	--*depth;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct xml_callbacks callbacks = { .start = on_start,
							.text = on_text,
							.end = on_end };
	unsigned depth = 0;
	struct err err = { 0 };

	if (size < 1) {
		return 0;
	}
	size_t piece = (size_t)data[0] + 1;
	struct xml_reader *r =
		xml_reader_new("urn:test:1", &limits, &callbacks, &depth);
	bool ok = true;
	for (size_t at = 1; ok && at < size; at += piece) {
		size_t left = size - at;
		ok = xml_reader_feed(r, data + at, left < piece ? left : piece,
				     &err);
	}
	if (ok && xml_reader_finish(r, &err)) {
		expect(depth == 0);
	} else {
		expect(err.kind == ERR_INVALID || err.kind == ERR_LIMIT);
	}
	xml_reader_free(r);
	return 0;
}
