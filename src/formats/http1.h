#ifndef SLUICE_FORMATS_HTTP1_H
#define SLUICE_FORMATS_HTTP1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * HTTP/1.1 messages on the client's side: request heads out, response heads
 * and bodies in. Bytes only, no sockets. Source: RFC 9112, RFC 9110.
 */
#define HTTP1_HEAD_MAX (16 * 1024) /* bytes of a response head */
#define HTTP1_FIELDS_MAX 100
#define HTTP1_CHUNK_LINE_MAX 256     /* bytes, also of a trailer line */
#define HTTP1_TRAILER_MAX (8 * 1024) /* bytes of all trailer fields */

struct http1_field {
	const char *name;  /* as sent; compare with http1_get() */
	const char *value; /* white space at both ends removed */
};

enum http1_framing {
	HTTP1_UNSET = 0,
	HTTP1_NO_BODY, /* 1xx, 204, 304, answer to HEAD or to CONNECT (2xx) */
	HTTP1_LENGTH,  /* content_length bytes */
	HTTP1_CHUNKED,
	HTTP1_TO_CLOSE /* until the connection closes */
};

/* A response head; release with http1_head_clear(). */
struct http1_head {
	int status;         /* 100..599 */
	int minor;          /* HTTP/1.0 or HTTP/1.1 */
	char *text;         /* the bytes the strings below point into */
	const char *reason; /* may be "" */
	struct http1_field fields[HTTP1_FIELDS_MAX];
	size_t count;
	enum http1_framing framing;
	uint64_t content_length; /* of HTTP1_LENGTH only */
	bool keep_alive;         /* may be used again after the body */
};

/*
 * Finds the end of a head in what was received so far. *len = bytes of the
 * head with its empty line, 0 = more are needed. Errors: LIMIT (no end
 * within HTTP1_HEAD_MAX), INVALID (a line break without CR).
 */
MUST_USE bool http1_head_size(const void *data, size_t have, size_t *len,
			      struct err *err);

/*
 * Parses a whole head (len as http1_head_size() said). method is that of
 * the request: it decides whether a body follows. Refused: obs-fold, bare CR
 * or LF, NUL and other control characters, space before the colon, a
 * version other than 1.0 and 1.1, repeated Content-Length or
 * Transfer-Encoding, both together, codings other than "chunked".
 * Errors: INVALID, LIMIT (fields, size).
 */
MUST_USE bool http1_head_parse(const char *method, const void *data, size_t len,
			       struct http1_head *head, struct err *err);
void http1_head_clear(struct http1_head *head);

/* Value of the first field of this name (case does not count), or NULL. */
const char *http1_get(const struct http1_head *head, const char *name);

/* How many fields of this name there are. */
size_t http1_count(const struct http1_head *head, const char *name);

/* Takes the body from the stream, whatever its framing. */
struct http1_body {
	enum http1_framing framing;
	int state;       /* of the chunked decoder; see http1_body.c */
	uint64_t left;   /* bytes of the body or chunk to come */
	bool done;       /* the body has ended */
	size_t line_len; /* of the line being gathered */
	size_t trailer_len;
	char line[HTTP1_CHUNK_LINE_MAX];
};

void http1_body_init(struct http1_body *body, const struct http1_head *head);

/*
 * Decodes what came. *used = bytes consumed; content is appended to out
 * (bound out->max; overflow is LIMIT). Stops at the end of the body with
 * body->done; what was not used belongs to the next response. Trailer fields
 * are checked and dropped. Errors: INVALID, LIMIT.
 */
MUST_USE bool http1_body_feed(struct http1_body *body, const void *data,
			      size_t len, size_t *used, struct buf *out,
			      struct err *err);

/*
 * The connection has closed. true when the body was complete (always for
 * HTTP1_TO_CLOSE). Errors: RETRY (cut short).
 */
MUST_USE bool http1_body_finish(struct http1_body *body, struct err *err);

/*
 * Writes a request head: http1_request_start(), http1_request_field() as
 * often as needed, http1_request_end(). host goes into the Host field.
 * method, target, names and values must be free of control characters and
 * method, target and names of spaces: an error is kept in the writer and
 * told by http1_request_end(), which then appends nothing.
 */
struct http1_request {
	struct buf *out; /* borrowed */
	size_t begin;    /* length of out before */
	bool bad;
};

void http1_request_start(struct http1_request *w, struct buf *out,
			 const char *method, const char *target,
			 const char *host);
void http1_request_field(struct http1_request *w, const char *name,
			 const char *value);
void http1_request_number(struct http1_request *w, const char *name,
			  uint64_t value);
MUST_USE bool http1_request_end(struct http1_request *w, struct err *err);

#endif
