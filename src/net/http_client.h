#ifndef SLUICE_NET_HTTP_CLIENT_H
#define SLUICE_NET_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/http1.h"
#include "net/tls_client.h"

/* Requests and their answers, one after another over one connection. */

/* Where the body of a request comes from. */
struct http_body {
	const void *data; /* in memory; NULL = read fd, by position */
	int fd;
	uint64_t size; /* bytes; 0 = the body is empty */
	uint64_t from; /* where in fd it begins */
};

struct http_request {
	const char *method;
	const char *target; /* "/v1/uploads" */
	const char *host;   /* Host field, with ":port" unless it is 443 */
	const struct http1_field *fields; /* NULL name ends; NULL = none */
	const char *body_type; /* Content-Type; NULL = no body at all */
	struct http_body body;
	bool keep; /* another request may follow on this connection */
};

/* How fast a body goes, and who is told how far it is. */
struct http_pace {
	uint64_t rate; /* most bytes a second; 0 = no limit */
	/*
	 * Told at most ten times a second, and at the end: up to where the
	 * body has left, counted as body.from is; NULL = nobody.
	 */
	void (*progress)(void *ctx, uint64_t at);
	void *ctx;
};

/* Most that the exchange may take. */
struct http_limits {
	int64_t idle_ms;     /* without any progress while sending */
	int64_t send_ms;     /* for the whole request */
	int64_t answer_ms;   /* from the end of the request to the last byte */
	size_t answer_bytes; /* of the answer's body */
	int stop_fd;         /* -1 = none */
	/*
	 * Asked at least every 64 KiB, before the last record, and after each
	 * wait, as long as the request goes out; NULL = nobody is asked.
	 * Waits that are for the rate last a second at most.
	 */
	const struct deadline_check *check;
	const struct http_pace *pace; /* NULL = as fast as it goes */
};

struct http_answer {
	struct http1_head head;
	struct buf body;
	bool have_head;
	bool keep;             /* the connection can take the next request */
	int64_t retry_after_s; /* 0 = none; at most HTTP_RETRY_MAX_S */
	/* HTTP bytes of the exchange; of chunks only what they hold */
	uint64_t bytes_out, bytes_in;
};

#define HTTP_RETRY_MAX_S (24 * 60 * 60)
#define HTTP_ANSWER_INIT         \
	{                        \
		.body = BUF_INIT \
	}

/*
 * Sends the request and takes the answer; interim answers (1xx) are passed
 * over. now (UTC) is for a Retry-After that is a date. On success release
 * answer with http_answer_clear(). When the server answers before the whole
 * body was sent, sending stops and the answer counts. After a failure, and
 * after an answer without keep, the connection is of no more use.
 *
 * Errors: RETRY (closed, late, cut short, stopped), INVALID (the answer is no
 * HTTP, or our request cannot be written), LIMIT (the answer is too long),
 * IO (the body could not be read), those of the check: then the last byte of
 * the request has not left, and will not.
 */
MUST_USE bool http_exchange(struct tls_client *tls,
			    const struct http_request *request,
			    const struct http_limits *limits, int64_t now,
			    struct http_answer *answer, struct err *err);

void http_answer_clear(struct http_answer *answer);

/*
 * Retry-After: seconds, or a date (RFC 9110, sections 10.2.3 and 5.6.7).
 * Gives seconds from now within 0..HTTP_RETRY_MAX_S; 0 when it is neither.
 */
int64_t http_retry_after(const char *value, int64_t now);

#endif
