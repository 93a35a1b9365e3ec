#ifndef SLUICE_NET_ASK_H
#define SLUICE_NET_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "net/http_client.h"
#include "net/upload.h"

/*
 * Requests to a server one after another, over one connection as far as the
 * server keeps it, and their answers whatever these say.
 */
#define ASK_BYTES ((size_t)64 * 1024) /* most of an answer's body */

/* The way to the server. Begin with ask_begin(), end with ask_end(). */
struct ask_way {
	const struct upload_server *server;
	const struct upload_watch *watch;
	int64_t now;
	struct tls_client *tls; /* NULL = there is no connection now */
	uint8_t peer[SHA256_SIZE];
	bool told;     /* the stages up to SENDING */
	bool answered; /* the server has answered at all */
	bool replaced; /* a lost connection was replaced once */
	bool lost;     /* the last one failed by being lost */
	bool too_long; /* the last one failed for the length of its answer */
	bool whole;    /* watch->going has no say any more */
};

/* A small request. */
struct ask {
	const char *method;
	const char *target;               /* "/v1/checkin" */
	const struct http1_field *fields; /* NULL name ends; NULL = none */
	const char *body_type;            /* Content-Type; NULL = no body */
	const void *body;
	size_t body_len;
	size_t answer_bytes; /* most of the answer's body; 0 = ASK_BYTES */
	bool last; /* nothing follows on this connection: ask to close it */
};

/*
 * Opens no connection yet. server and watch are borrowed until ask_end(); the
 * watch is told each stage once, however many requests and connections there
 * are (UPLOAD_SENT is the caller's to tell). now (UTC) is for certificates and
 * for a Retry-After that is a date.
 */
void ask_begin(struct ask_way *way, const struct upload_server *server,
	       const struct upload_watch *watch, int64_t now);

/*
 * One request that does no harm when it comes twice: it is repeated once when
 * a connection that had worked was lost. true: there is an answer, of
 * whatever status; release it with http_answer_clear().
 * Errors: RETRY (no connection, wrong server, nothing that is an answer), IO
 * (own disk), those of the watch.
 */
MUST_USE bool ask_do(struct ask_way *way, const struct ask *what,
		     struct http_answer *answer, struct err *err);

/*
 * The parts of it, for upload_resumable.c: one request, and one that may be
 * repeated. limits without stop_fd and check, which are the watch's.
 */
MUST_USE bool ask_exchange(struct ask_way *way, struct http_request *request,
			   struct http_limits limits,
			   struct http_answer *answer, struct err *err);
MUST_USE bool ask_again(struct ask_way *way, struct http_request *request,
			const struct http_limits *limits,
			struct http_answer *answer, struct err *err);
struct http_limits ask_limits(const struct ask_way *way);
/* Was the connection lost after it had worked, and for the first time? */
bool ask_may_replace(struct ask_way *way);

/*
 * Sets the error for an answer that says no: its status, the server's own
 * words (problem details), what to do. The kind is as for upload_send(), but
 * NOT_FOUND for 404. Returns false.
 */
bool ask_refused(const struct ask_way *way, const struct http_answer *answer,
		 struct err *err);

/* Appends ", \"the server's words\"" when it sent problem details. */
void ask_put_words(const struct http_answer *answer, struct buf *text);

void ask_end(struct ask_way *way); /* closes; a zeroed one is fine */

#endif
