/*
 * A form with a file. The first byte is how much a read gives: what comes
 * out must not depend on it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "formats/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left, piece;
};

static ssize_t give(void *ctx, void *dst, size_t len)
{
	struct input *input = ctx;
	len = len > input->piece ? input->piece : len;
	len = len > input->left ? input->left : len;
	memcpy(dst, input->at, len);
	input->at += len;
	input->left -= len;
	return (ssize_t)len;
}

/* -1 = refused before the file, -2 = within it, else number of fields */
static int run(struct input input, struct buf *file)
{
	struct urlencoded fields = URLENCODED_INIT;
	struct multipart *m = NULL;
	uint8_t piece[100];
	ssize_t got = -1;
	int outcome = -1;
	if (!multipart_open("multipart/form-data; boundary=b", give, &input, &m,
			    NULL)) {
		abort();
	}
	if (multipart_fields(m, "file", &fields, NULL)) {
		while ((got = multipart_file(m, piece, sizeof(piece), NULL)) >
		       0) {
			buf_put(file, piece, (size_t)got);
		}
		outcome = got < 0 ? -2 : (int)fields.count;
		urlencoded_clear(&fields);
	}
	multipart_close(m);
	return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT, pieces = BUF_INIT;
	if (size == 0) {
		return 0;
	}
	struct input input = { data + 1, size - 1, SIZE_MAX };
	int first = run(input, &whole);
	input.piece = (size_t)data[0] + 1;
	int second = run(input, &pieces);
	if (first != second ||
	    (first >= 0 &&
	     (whole.len != pieces.len ||
	      memcmp(buf_str(&whole), buf_str(&pieces), whole.len) != 0))) {
		abort();
	}
	buf_clear(&whole);
	buf_clear(&pieces);
	return 0;
}
