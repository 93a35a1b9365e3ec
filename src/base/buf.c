/*
 * Growing byte strings and the cursor that parsers walk input with. Growing
 * wipes the block that is given up, so that a secret put together in a buffer
 * leaves no copy behind and buf_burn() is enough.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BUF_FIRST_SIZE 64

/* Is there room for len more under the bound? Marks the overflow if not. */
static bool admits(struct buf *b, size_t len)
{
	if (b->overflow) {
		return false;
	}
	if (len > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) {
		abort();
	}
	if (b->max > 0 && (b->len > b->max || len > b->max - b->len)) {
		b->overflow = true;
		return false;
	}
	return true;
}

/* Makes room for len more bytes and the NUL. */
static void reserve(struct buf *b, size_t len)
{
	size_t need = b->len + len + 1;
	if (need <= b->cap) {
		return;
	}
	size_t cap = b->cap > 0 ? b->cap : BUF_FIRST_SIZE;
	while (cap < need) {
		cap *= 2;
	}
	uint8_t *bigger = mem_alloc(cap);
	if (b->data != NULL) {
		memcpy(bigger, b->data, b->len);
		mem_burn_free(b->data, b->cap);
	}
	b->data = bigger;
	b->cap = cap;
}

void buf_clear(struct buf *b)
{
	mem_free(b->data);
	*b = (struct buf){ .max = b->max };
}

void buf_burn(struct buf *b)
{
	mem_burn(b->data, b->cap);
	buf_clear(b);
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data != NULL) {
		b->data[0] = 0;
	}
}

void buf_reserve(struct buf *b, size_t len)
{
	bool was = b->overflow;
	if (admits(b, len)) {
		reserve(b, len);
		b->data[b->len] = 0;
	}
	b->overflow = was;
}

void buf_put(struct buf *b, const void *data, size_t len)
{
	if (!admits(b, len)) {
		return;
	}
	reserve(b, len);
	if (len > 0) {
		memcpy(b->data + b->len, data, len);
	}
	b->len += len;
	b->data[b->len] = 0;
}

void buf_put_str(struct buf *b, const char *s)
{
	if (s != NULL) {
		buf_put(b, s, strlen(s));
	}
}

void buf_put_char(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	va_list again;
	va_copy(again, args);
	char *room = b->data != NULL ? (char *)b->data + b->len : NULL;
	size_t space = b->data != NULL ? b->cap - b->len : 0;
	int len = vsnprintf(room, space, fmt, args);
	va_end(args);
	assert(len >= 0);
	size_t wanted = (size_t)len;
	if (!admits(b, wanted)) {
		if (b->data != NULL) {
			b->data[b->len] = 0;
		}
	} else {
		if (wanted >= space) {
			reserve(b, wanted);
			vsnprintf((char *)b->data + b->len, wanted + 1, fmt,
				  again);
		}
		b->len += wanted;
	}
	va_end(again);
}

const char *buf_str(const struct buf *b)
{
	return b->data != NULL ? (const char *)b->data : "";
}

char *buf_take_str(struct buf *b)
{
	char *text = b->data != NULL ? (char *)b->data : mem_strdup("");
	*b = (struct buf){ .max = b->max };
	return text;
}

struct reader reader_of(const void *data, size_t len)
{
	return (struct reader){ .at = data, .left = len };
}

bool reader_u8(struct reader *r, uint8_t *value)
{
	if (r->left < 1) {
		return false;
	}
	*value = *r->at;
	r->at++;
	r->left--;
	return true;
}

bool reader_bytes(struct reader *r, size_t len, const uint8_t **at)
{
	if (r->left < len) {
		return false;
	}
	*at = r->at;
	if (len > 0) {
		r->at += len;
		r->left -= len;
	}
	return true;
}

bool reader_skip(struct reader *r, size_t len)
{
	const uint8_t *skipped;
	return reader_bytes(r, len, &skipped);
}

bool reader_line(struct reader *r, const char **line, size_t *len)
{
	const uint8_t *end = r->left > 0 ? memchr(r->at, '\n', r->left) : NULL;
	if (end == NULL) {
		return false;
	}
	*line = (const char *)r->at;
	*len = (size_t)(end - r->at);
	return reader_skip(r, *len + 1);
}
