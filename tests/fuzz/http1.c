/*
 * Reads a response head and its body in pieces; the first byte chooses their
 * size. The body that comes out may not depend on the pieces.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "formats/http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decodes the body in pieces; false on an error. */
static bool decode(const struct http1_head *head, const uint8_t *data,
		   size_t size, size_t piece, struct buf *out)
{
	struct http1_body body;
	size_t at = 0;

	http1_body_init(&body, head);
	while (at < size && !body.done) {
		size_t left = size - at;
		size_t used = 0;
		if (!http1_body_feed(&body, data + at,
				     left < piece ? left : piece, &used, out,
				     NULL)) {
			return false;
		}
		if (used == 0 || used > left) {
			abort();
		}
		at += used;
	}
	return http1_body_finish(&body, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http1_head head;
	size_t len = 0;

	if (size < 1 || !http1_head_size(data + 1, size - 1, &len, NULL) ||
	    len == 0 || !http1_head_parse("GET", data + 1, len, &head, NULL)) {
		return 0;
	}
	const uint8_t *rest = data + 1 + len;
	size_t left = size - 1 - len;
	struct buf a = { .max = 65536 };
	struct buf b = { .max = 65536 };
	bool a_ok = decode(&head, rest, left, (size_t)data[0] + 1, &a);
	bool b_ok = decode(&head, rest, left, left + 1, &b);
	if (a_ok != b_ok || (a_ok && strcmp(buf_str(&a), buf_str(&b)) != 0)) {
		abort();
	}
	buf_clear(&a);
	buf_clear(&b);
	http1_head_clear(&head);
	return 0;
}
