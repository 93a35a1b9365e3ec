#ifndef SLUICE_WEB_RESPONSE_H
#define SLUICE_WEB_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * One HTTP response, collected in memory and sent once, in CGI form; a file
 * to download alone is sent from its descriptor. On an
 * error it is reset and an error page takes its place. Every response
 * carries the security fields (strict content policy without inline script
 * or style, nosniff, no-referrer, own opener and resource policy, no-store,
 * HSTS).
 */
struct response {
	int status;         /* 200 at first */
	const char *type;   /* Content-Type with charset, borrowed */
	struct buf fields;  /* more header lines, each with CR LF */
	struct buf cookies; /* Set-Cookie lines; survive response_reset() */
	struct buf body;
	int file_fd;         /* body in place of the above; -1 = none; own */
	uint64_t file_bytes; /* of it */
	bool download;       /* the browser shall save, never show */
	bool done; /* body or redirect is complete: nothing is rendered */
};

void response_init(struct response *response);
void response_clear(struct response *response);

/* Drops status, fields and body; cookies stay. */
void response_reset(struct response *response);

/* Adds a header line. A value with a control character aborts: build values of safe parts. */
void response_field(struct response *response, const char *name,
		    const char *value);

/* 303 to a path of this site; anything else goes to "/". */
void response_redirect(struct response *response, const char *path);

/*
 * Bytes for the browser to save. filename is reduced to [A-Za-z0-9._-].
 * type is borrowed.
 */
void response_download(struct response *response, const char *type,
		       const char *filename, const void *data, size_t len);

/*
 * As response_download() with the bytes of a file of any size, from where fd
 * stands. The response owns fd from now on.
 */
void response_download_file(struct response *response, const char *type,
			    const char *filename, int fd, uint64_t bytes);

/* application/json for the small script. */
void response_json(struct response *response, const json_t *value);

/* Reason phrase of a status that we use; "" otherwise. */
const char *response_reason(int status);

/* Writes all bytes or fails. */
typedef bool response_write_fn(void *ctx, const void *data, size_t len);

/*
 * Sends head and (unless head_only) body. Once.
 * Errors: IO (the other side is gone, or a file ended early: then what was
 * sent is shorter than its length says).
 */
MUST_USE bool response_send(const struct response *response, bool head_only,
			    response_write_fn *write, void *ctx,
			    struct err *err);

#endif
