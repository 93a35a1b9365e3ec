#ifndef SLUICE_BASE_BUF_H
#define SLUICE_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A growing byte string. "struct buf b = BUF_INIT;" is an empty one without
 * bound; set max (bytes) before use to bound it: puts beyond max are dropped
 * and "overflow" is set, which the owner checks once at the end. data is
 * always followed by a NUL byte that len does not count (data may be NULL
 * while nothing was ever put; buf_str() never returns NULL).
 */
struct buf {
	uint8_t *data;
	size_t len;
	size_t cap;
	size_t max;    /* 0 = no bound */
	bool overflow; /* a put did not fit under max */
};

#define BUF_INIT                     \
	{                            \
		NULL, 0, 0, 0, false \
	}

void buf_clear(struct buf *b); /* frees; b is empty again, max is kept */
void buf_burn(struct buf *b);  /* wipes and frees */
void buf_reset(struct buf *b); /* len = 0, keeps the memory */
/* Room for len more bytes at once; only saves copying. max still bounds. */
void buf_reserve(struct buf *b, size_t len);
void buf_put(struct buf *b, const void *data, size_t len);
void buf_put_str(struct buf *b, const char *s); /* NULL puts nothing */
void buf_put_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
const char *buf_str(const struct buf *b); /* borrowed, valid until next put */

/* Gives the bytes (NUL-terminated) away; the caller mem_free()s. b is empty. */
char *buf_take_str(struct buf *b);

/*
 * A cursor over borrowed input: the only way that parsers walk bytes. Every
 * call checks what is left and returns false without moving when it is not
 * there.
 */
struct reader {
	const uint8_t *at;
	size_t left;
};

struct reader reader_of(const void *data, size_t len);
MUST_USE bool reader_u8(struct reader *r, uint8_t *value);
MUST_USE bool reader_bytes(struct reader *r, size_t len, const uint8_t **at);
MUST_USE bool reader_skip(struct reader *r, size_t len);

/*
 * The bytes up to the next LF (not counted, consumed). false at the end or
 * when no LF follows.
 */
MUST_USE bool reader_line(struct reader *r, const char **line, size_t *len);

#endif
