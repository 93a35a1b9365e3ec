/*
 * Any bytes as text, base64, hex and time: what is taken is written back as
 * the same bytes, and what is cleaned is valid.
 */
#include "base/text.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_base64(const char *text, size_t len)
{
	struct buf bytes = BUF_INIT;
	struct buf again = BUF_INIT;
	if (base64_decode(&bytes, text, len)) {
		base64_put(&again, bytes.data, bytes.len);
		assert(again.len == len &&
		       memcmp(buf_str(&again), text, len) == 0);
	}
	buf_reset(&bytes);
	buf_reset(&again);
	if (base64url_decode(&bytes, text, len)) {
		base64url_put(&again, bytes.data, bytes.len);
		assert(again.len == len &&
		       memcmp(buf_str(&again), text, len) == 0);
	}
	buf_clear(&bytes);
	buf_clear(&again);
}

static void try_numbers(const char *text)
{
	uint64_t number;
	int64_t signed_number;
	int64_t utc;
	uint8_t bytes[16];
	if (text_parse_u64(text, 0, 1000, &number)) {
		assert(number <= 1000);
	}
	if (text_parse_i64(text, -5, 5, &signed_number)) {
		assert(signed_number >= -5 && signed_number <= 5);
	}
	if (clock_parse(text, &utc)) {
		char again[CLOCK_TEXT_SIZE];
		clock_format(again, utc);
		assert(strcmp(again, text) == 0);
	}
	if (hex_decode(bytes, sizeof(bytes), text)) {
		assert(strlen(text) == 32);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	struct buf clean = BUF_INIT;
	text_put_clean(&clean, text, size);
	assert(text_is_utf8(buf_str(&clean), clean.len));
	if (text_is_one_line(text, size)) {
		assert(text_is_utf8(text, size));
		assert(clean.len == size &&
		       memcmp(buf_str(&clean), text, size) == 0);
	}
	try_base64(text, size);
	try_numbers(text);
	buf_clear(&clean);
	mem_free(text);
	return 0;
}
