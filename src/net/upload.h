#ifndef SLUICE_NET_UPLOAD_H
#define SLUICE_NET_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/sha256.h"
#include "net/http_client.h"
#include "net/trust.h"

#define UPLOAD_RECEIPT_MAX (16 * 1024)

/* How long each part may take. */
struct upload_limits {
	int64_t connect_ms; /* looking up the name and connecting */
	int64_t handshake_ms;
	int64_t idle_ms;     /* no progress while sending */
	int64_t answer_ms;   /* from the last byte sent to the last received */
	uint64_t least_rate; /* bytes a second; slower is given up */
};

extern const struct upload_limits upload_limits_preset;

/* The one server that this client talks to. */
struct upload_server {
	const char *name;    /* in its certificate and the Host field */
	const char *address; /* name or address to connect to; "" = name */
	int port;
	const struct trust *trust;          /* borrowed */
	const struct upload_limits *limits; /* NULL = upload_limits_preset */
};

/* What is sent: bytes with a name, whatever they mean. */
struct upload {
	const char *transaction; /* UUID; also the Idempotency-Key */
	const char *type;        /* media type, in Upload-Metadata */
	uint8_t sha256[SHA256_SIZE];
	struct http_body body;
	uint64_t rate; /* most bytes a second; 0 = no limit */
};

enum upload_stage {
	UPLOAD_UNSET = 0,
	UPLOAD_CONNECTING, /* before the name is looked up and any socket */
	UPLOAD_CONNECTED,  /* both sides have proved who they are */
	UPLOAD_SENDING,    /* about to send the first byte of the request */
	UPLOAD_SENT        /* an answer came */
};

/*
 * Is told each stage. Returning false stops the upload there, and its error
 * is passed on as it is: before UPLOAD_SENDING nothing has left. peer is the
 * SHA-256 of the server's certificate, NULL while CONNECTING.
 */
struct upload_watch {
	bool (*stage)(void *ctx, enum upload_stage stage,
		      const uint8_t peer[SHA256_SIZE], struct err *err);
	void *ctx;
	int stop_fd; /* -1 = none; see net/deadline.h */
	/*
	 * Asked while the request goes out: may it go on? At least every 64 KiB,
	 * before the last record and after each wait; NULL = yes. Its error is
	 * passed on, and the server has not got the whole.
	 */
	bool (*going)(void *ctx, struct err *err);
	/*
	 * What leaves is added to it, TLS's own bytes included, whatever came
	 * of the try; NULL = nobody counts.
	 */
	uint64_t *count;
};

struct upload_answer {
	int status;            /* HTTP status; 0 = there was no answer */
	struct buf receipt;    /* body of a 200 or 201 */
	int64_t retry_after_s; /* 0 = the server did not say */
	/*
	 * 429 with the problem "quota": enough of this device is stored for the
	 * day. The server is well, and answers all else meanwhile.
	 */
	bool quota;
};

#define UPLOAD_ANSWER_INIT            \
	{                             \
		0, BUF_INIT, 0, false \
	}

/*
 * POSTs the upload (wire.md, section 5) over a connection of its own.
 * true: 200 or 201 with a body, which the caller checks as a receipt.
 *
 * Errors: RETRY (no connection, wrong server, no proper answer, 404, 405, 408,
 * 409, 423, 425, 429, 3xx, 5xx; nothing is lost by trying again), IO (own
 * disk, or what watch says); refused for good: DENIED (401, 403; not when the
 * problem is the certificate, which can be mended: RETRY), LIMIT (413),
 * INVALID (400, 415, 422, other 4xx). answer->status, retry_after_s and quota
 * are set on failure as well; release answer with upload_answer_clear() always.
 */
MUST_USE bool upload_send(const struct upload_server *server,
			  const struct upload *upload,
			  const struct upload_watch *watch, int64_t now,
			  struct upload_answer *answer, struct err *err);

void upload_answer_clear(struct upload_answer *answer);

/*
 * Does this status come from something that does not know the way of an
 * upload (3xx, 404, 405)? A person has to mend that, so there is no use in
 * asking often.
 */
bool upload_is_misled(int status);

#endif
