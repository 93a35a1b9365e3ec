#ifndef SLUICE_SERVER_REFUSAL_H
#define SLUICE_SERVER_REFUSAL_H

#include "base/buf.h"
#include "base/err.h"
#include "formats/problem.h"

/*
 * Why a device's request is not done: one row of a table a reason, with its
 * HTTP status and its problem type (RFC 9457).
 */
enum refusal_kind {
	REFUSAL_NONE = 0,
	REFUSAL_CERTIFICATE, /* 403: none, or it does not stand: enrol again */
	REFUSAL_STRANGER,    /* 403: a certificate that is no device's */
	REFUSAL_REVOKED,     /* 403: the device was revoked */
	REFUSAL_FOREIGN,     /* 403: the content names another device */
	REFUSAL_COMPLETE,    /* 403: it is received and stays */
	REFUSAL_PATH,        /* 404 */
	REFUSAL_METHOD,      /* 405 */
	REFUSAL_SLOW,        /* 408: the body took too long */
	REFUSAL_OFFSET,      /* 409: the piece belongs elsewhere */
	REFUSAL_SYNTAX,      /* 400: header fields */
	REFUSAL_CUT,         /* 400: the body ended early, or went on */
	REFUSAL_VERSION,     /* 412: another Tus-Resumable */
	REFUSAL_SIZE,        /* 413 */
	REFUSAL_TYPE,        /* 415 */
	REFUSAL_DIGEST,      /* 422: body and Repr-Digest differ */
	REFUSAL_CONTENT,     /* 422: no transmission as the catalogue has it */
	REFUSAL_REUSED,      /* 422: the transaction is taken by other bytes */
	REFUSAL_LOCKED,      /* 423: another request brings pieces of it */
	REFUSAL_OFTEN,       /* 429: it came too often */
	REFUSAL_QUOTA,       /* 429: enough of it is stored for today */
	REFUSAL_BUSY,        /* 503: again later */
	REFUSAL_STORAGE,     /* 503: disk full or broken, again later */
	REFUSAL_ROOM,        /* 507: no room for it, again later */
	REFUSAL_BUG,         /* 500 */
	REFUSAL_KINDS
};

struct refusal {
	enum refusal_kind kind;           /* NONE = nothing is refused */
	char detail[PROBLEM_DETAIL_SIZE]; /* one sentence or two for people */
};

/* Sets the reason, once; one that is already set is kept. Returns false. */
bool refusal_set(struct refusal *refusal, enum refusal_kind kind,
		 const char *fmt, ...) PRINTF_LIKE(3, 4);

/*
 * As refusal_set() with the text of an error. RETRY, IO and BUG become BUSY,
 * STORAGE and BUG (their text stays here); what is wrong with the request
 * itself becomes kind. Returns false.
 */
bool refusal_set_err(struct refusal *refusal, enum refusal_kind kind,
		     const struct err *err);

int refusal_status(enum refusal_kind kind);       /* 400..599 */
const char *refusal_name(enum refusal_kind kind); /* "digest", for logs */

/* May the same request succeed later? */
bool refusal_is_passing(enum refusal_kind kind);

/* Appends it as application/problem+xml. */
void refusal_put(struct buf *out, const struct refusal *refusal);

#endif
