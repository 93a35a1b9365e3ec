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
	uint64_t rate; /* most bytes a second; 0 = no limit */
	/*
	 * Told the offset that the server has acknowledged, or that left here,
	 * about ten times a second at most; NULL = nobody is told.
	 */
	void (*progress)(void *ctx, uint64_t offset);
	void *ctx;
};

/*
 * Creates it at the server, or asks how far it is; sends what is missing;
 * gets the receipt: over one connection, or another one if the server closes
 * it. What the server has forgotten (404, 410) is created anew.
 *
 * watch is as for upload_send(), each stage told once: UPLOAD_SENDING before
 * the first byte of the first request leaves, UPLOAD_SENT with the answer that
 * ends it. going is asked at least every 64 KiB and before the last record of
 * each request, while a rate is waited for each second, and not any more once
 * the server has the whole: then only the receipt is fetched. So when it ends
 * because of going, the server has not got the whole (unless its answer to the
 * last byte was lost: upload_delete() is DENIED then), keeps what it has, and
 * a later call goes on there. The same with stop_fd.
 *
 * pace NULL = no limit, nobody told. *offset is set whenever the server says
 * what it has, also on failure; it is untouched when it never did.
 *
 * Errors: as upload_send(), but for what may pass (404, 409, 410, 423: RETRY);
 * INVALID also when the server has other bytes under this transaction; IO also
 * when the file is shorter than size.
 */
MUST_USE bool upload_resumable(const struct upload_server *server,
			       const struct upload_file *file,
			       const struct upload_watch *watch,
			       const struct upload_pace *pace, int64_t now,
			       uint64_t *offset, struct upload_answer *answer,
			       struct err *err);

/*
 * Has the server forget what it has of an upload that is not complete. One
 * that it does not know is fine.
 * Errors: RETRY, DENIED (401, 403, 409: it is complete, or not ours), IO (own
 * disk, or what watch says).
 */
MUST_USE bool upload_delete(const struct upload_server *server,
			    const char *transaction,
			    const struct upload_watch *watch, int64_t now,
			    struct err *err);

#endif
