#ifndef SLUICE_NET_UPLOAD_PARTS_H
#define SLUICE_NET_UPLOAD_PARTS_H

#include "net/upload_resumable.h"

/*
 * What upload.c and upload_resumable.c share, and nobody else: the connection
 * to the server, the fields of a creation, and what an answer means.
 */
#define UPLOAD_TARGET "/v1/uploads"
#define UPLOAD_TUS_VERSION "1.0.0"
#define UPLOAD_BODY_TYPE "application/offset+octet-stream"

const struct upload_limits *
upload_limits_of(const struct upload_server *server);

/*
 * Most milliseconds for sending size bytes, when not more than rate (0 = any
 * number of them) may go in a second.
 */
int64_t upload_send_ms(const struct upload_limits *limits, uint64_t size,
		       uint64_t rate);

/*
 * A connection on which both have proved who they are. Errors: RETRY alone:
 * however wrong name or address are, it can be mended.
 */
MUST_USE bool upload_connect(const struct upload_server *server,
			     const struct upload_watch *watch, int64_t now,
			     struct tls_client **tls, struct err *err);

/* Tells the watch; false when it says no. */
MUST_USE bool upload_tell(const struct upload_watch *watch,
			  enum upload_stage stage, const uint8_t *peer,
			  struct err *err);

/* Value of the Host field. */
void upload_put_host(struct buf *out, const struct upload_server *server);

/* The fields of a creation; release with upload_fields_clear(). */
struct upload_fields {
	struct buf length, metadata, digest, key;
	struct http1_field list[6]; /* points into the above */
};

void upload_fields_make(struct upload_fields *fields,
			const struct upload_file *file);
void upload_fields_clear(struct upload_fields *fields);

/* What an answer that refuses is: see upload_send(). */
enum err_kind upload_kind_of(int status);

/* Takes over what an answer says beside a receipt: status, pause, quota. */
void upload_note(struct upload_answer *answer, const struct http_answer *got);

/* Appends ", \"the server's words\"" when it sent problem details. */
void upload_put_words(const struct http_answer *answer, struct buf *text);

/* Sets the error: status, the server's own words, what to do. false. */
bool upload_refused(const struct http_answer *answer, enum err_kind kind,
		    const char *server, struct err *err);

/*
 * After an exchange that failed. A server that cannot be understood is no
 * reason to give a transmission up: the next answer may come from the right
 * one.
 */
void upload_not_understood(struct err *err, const char *server);

#endif
