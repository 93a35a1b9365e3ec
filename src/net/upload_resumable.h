#ifndef SLUICE_NET_UPLOAD_RESUMABLE_H
#define SLUICE_NET_UPLOAD_RESUMABLE_H

#include "net/upload.h"

/*
 * Uploads of any size from a file that go on where they were interrupted: tus
 * 1.0 creation, HEAD, PATCH, DELETE (docs/wire-format.md).
 */
struct upload_file {
	const char *transaction; /* UUID; also the Idempotency-Key */
	const char *type;        /* media type, in Upload-Metadata */
	/* More Upload-Metadata, sent at creation; NULL name ends; NULL = none */
	const struct http1_field *metadata;
	uint8_t sha256[SHA256_SIZE];
	int fd; /* a regular file; read by position */
	uint64_t size;
	bool created; /* the server has been asked to create it before */
};

struct upload_pace {
	uint64_t rate; /* most bytes a second over some seconds; 0 = no limit */
	/* Told the offset that the server has acknowledged, or that left here. */
	void (*progress)(void *ctx, uint64_t offset);
	void *ctx;
};

/*
 * Creates it at the server, or asks how far it is; sends what is missing;
 * gets the receipt: over one connection, or another one if the server closes
 * it in between. watch is as for upload_send(): UPLOAD_SENDING is told before the
 * first byte of the first request leaves, and going is asked at least every 64 KiB.
 *
 * When going or stop_fd ends it, the server keeps what it has and a later call
 * goes on there. *offset is what is known to be at the server.
 *
 * Errors: as upload_send(); INVALID also when the server has other bytes under
 * this transaction.
 */
MUST_USE bool upload_resumable(const struct upload_server *server,
			       const struct upload_file *file,
			       const struct upload_watch *watch,
			       const struct upload_pace *pace, int64_t now,
			       uint64_t *offset, struct upload_answer *answer,
			       struct err *err);

/*
 * Has the server forget what it has of an upload that is not complete. One that it does not know is fine.
 * Errors: RETRY, DENIED (it is complete).
 */
MUST_USE bool upload_delete(const struct upload_server *server,
			    const char *transaction,
			    const struct upload_watch *watch, int64_t now,
			    struct err *err);

/*
 * GET of one small text from the server ("/v1/recipients"). answer->receipt
 * gets the body. Errors: NOT_FOUND (404), as upload_send().
 */
MUST_USE bool upload_ask(const struct upload_server *server, const char *target,
			 const struct upload_watch *watch, int64_t now,
			 struct upload_answer *answer, struct err *err);

#endif
