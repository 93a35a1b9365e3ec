/*
 * Bodies of responses, from pieces of any size. The chunked decoder
 * (RFC 9112, section 7.1) goes through these states:
 *
 *   SIZE     gathers "hex digits[;extension]" CR LF; 0 leads to TRAILER
 *   DATA     passes left bytes on
 *   DATA_END CR LF after them, then SIZE
 *   TRAILER  lines, checked and dropped, until an empty one: done
 *
 * Heads are http1_head.c's.
 */
#include "formats/http1.h"

#include <string.h>

#include "formats/http1_syntax.h"

enum { STATE_SIZE = 0, STATE_DATA, STATE_DATA_END, STATE_TRAILER };

#define CHUNK_DIGITS_MAX 15

void http1_body_init(struct http1_body *body, const struct http1_head *head)
{
	memset(body, 0, sizeof(*body));
	body->framing = head->framing;
	body->state = STATE_SIZE;
	body->left = head->content_length;
	body->done = head->framing == HTTP1_NO_BODY ||
		     (head->framing == HTTP1_LENGTH && body->left == 0);
}

/* Passes on as much of the input as belongs to this body or chunk. */
static bool pass_on(struct http1_body *body, struct reader *r, bool counted,
		    struct buf *out, struct err *err)
{
	const uint8_t *at;
	size_t len = r->left;

	if (counted && body->left < len) {
		len = (size_t)body->left;
	}
	if (!reader_bytes(r, len, &at)) {
		return err_set(err, ERR_BUG, "body out of step");
	}
	buf_put(out, at, len);
	if (out->overflow) {
		return err_set(err, ERR_LIMIT,
			       "the answer is longer than %zu bytes", out->max);
	}
	if (counted) {
		body->left -= len;
	}
	return true;
}

/*
 * Gathers a line up to CR LF. *whole tells whether it is there, then without
 * CR LF in body->line.
 */
static bool gather(struct http1_body *body, struct reader *r, bool *whole,
		   struct err *err)
{
	uint8_t c;

	*whole = false;
	while (!*whole && reader_u8(r, &c)) {
		if (body->line_len == sizeof(body->line)) {
			return err_set(err, ERR_LIMIT,
				       "a line between chunks of the answer "
				       "is too long");
		}
		body->line[body->line_len++] = (char)c;
		*whole = c == '\n';
	}
	if (!*whole) {
		return true;
	}
	if (body->line_len < 2 || body->line[body->line_len - 2] != '\r' ||
	    !http1_is_value(body->line, body->line_len - 2)) {
		return err_set(err, ERR_INVALID,
			       "a line between chunks of the answer is "
			       "broken");
	}
	body->line_len -= 2;
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse_size(struct http1_body *body, struct err *err)
{
	uint64_t size = 0;
	size_t digits = 0;

	while (digits < body->line_len && hex_value(body->line[digits]) >= 0 &&
	       digits <= CHUNK_DIGITS_MAX) {
		size = size << 4 | (uint64_t)hex_value(body->line[digits]);
		digits++;
	}
	size_t at = digits;
	while (at < body->line_len &&
	       (body->line[at] == ' ' || body->line[at] == '\t')) {
		at++; /* "bad" white space, which recipients must accept */
	}
	if (digits == 0 || digits > CHUNK_DIGITS_MAX ||
	    (at < body->line_len && body->line[at] != ';') ||
	    (at > digits && at == body->line_len)) {
		return err_set(err, ERR_INVALID,
			       "a chunk of the answer has no size");
	}
	body->left = size;
	body->state = size == 0 ? STATE_TRAILER : STATE_DATA;
	return true;
}

static bool check_trailer(struct http1_body *body, struct err *err)
{
	if (body->line_len == 0) {
		body->done = true;
		return true;
	}
	const char *colon = memchr(body->line, ':', body->line_len);
	body->trailer_len += body->line_len + 2;
	if (body->trailer_len > HTTP1_TRAILER_MAX) {
		return err_set(err, ERR_LIMIT,
			       "the answer's trailer is too long");
	}
	if (colon == NULL ||
	    !http1_is_token(body->line, (size_t)(colon - body->line))) {
		return err_set(err, ERR_INVALID,
			       "the answer's trailer is broken");
	}
	return true;
}

/* What a whole line means in the present state. */
static bool take_line(struct http1_body *body, struct err *err)
{
	bool ok;

	switch (body->state) {
	case STATE_SIZE:
		ok = parse_size(body, err);
		break;
	case STATE_DATA_END:
		ok = body->line_len == 0 ||
		     err_set(err, ERR_INVALID,
			     "a chunk of the answer is longer than it says");
		body->state = STATE_SIZE;
		break;
	default:
		ok = check_trailer(body, err);
		break;
	}
	body->line_len = 0;
	return ok;
}

static bool feed_chunked(struct http1_body *body, struct reader *r,
			 struct buf *out, struct err *err)
{
	while (!body->done && r->left > 0) {
		bool whole = false;
		if (body->state == STATE_DATA) {
			if (!pass_on(body, r, true, out, err)) {
				return false;
			}
			if (body->left == 0) {
				body->state = STATE_DATA_END;
			}
			continue;
		}
		if (!gather(body, r, &whole, err) ||
		    (whole && !take_line(body, err))) {
			return false;
		}
	}
	return true;
}

bool http1_body_feed(struct http1_body *body, const void *data, size_t len,
		     size_t *used, struct buf *out, struct err *err)
{
	struct reader r = reader_of(data, len);
	bool ok = true;

	if (body->done) {
		*used = 0;
		return true;
	}
	if (body->framing == HTTP1_CHUNKED) {
		ok = feed_chunked(body, &r, out, err);
	} else {
		bool counted = body->framing == HTTP1_LENGTH;
		ok = pass_on(body, &r, counted, out, err);
		body->done = ok && counted && body->left == 0;
	}
	if (ok) {
		*used = len - r.left;
	}
	return ok;
}

bool http1_body_finish(struct http1_body *body, struct err *err)
{
	if (body->framing == HTTP1_TO_CLOSE) {
		body->done = true;
	}
	if (!body->done) {
		return err_set(err, ERR_RETRY,
			       "the connection closed in the middle of the "
			       "answer");
	}
	return true;
}
