#ifndef SLUICE_SERVER_UPLOAD_HEAD_H
#define SLUICE_SERVER_UPLOAD_HEAD_H

#include <stdint.h>

#include "crypto/sha256.h"
#include "formats/age.h"
#include "formats/uuid.h"
#include "server/refusal.h"

/*
 * The header fields of an upload: tus 1.0 creation and creation-with-upload,
 * RFC 9530 Repr-Digest, Idempotency-Key. As they came; NULL = not there.
 */
struct upload_fields {
	const char *tus_resumable;   /* "1.0.0" */
	const char *upload_length;   /* bytes of the whole */
	const char *upload_metadata; /* "transaction <b64>,type <b64>" */
	const char *repr_digest;     /* "sha-256=:<b64>:", of the whole */
	const char *idempotency_key; /* "\"<transaction>\"" */
	const char *content_type;    /* application/offset+octet-stream */
	const char *content_length;  /* bytes of the body */
	const char *upload_offset;   /* PATCH: where the body belongs */
};

/* Upload-Metadata "type" decides. */
enum upload_kind {
	UPLOAD_UNSET = 0,
	UPLOAD_TRANSMISSION, /* machine data: the body is the whole */
	UPLOAD_SEALED        /* an age file of any size, in pieces */
};

#define UPLOAD_FIELD_MAX 1024            /* bytes of one field */
#define UPLOAD_METADATA_MAX 4096         /* bytes of Upload-Metadata */
#define UPLOAD_FIRST_MAX (1024u * 1024u) /* bytes that come with creation */
#define UPLOAD_CONTENT_TYPE "application/offset+octet-stream"
#define UPLOAD_TUS_VERSION "1.0.0"
#define UPLOAD_SEALED_TYPE "application/vnd.sluice.sealed"
#define UPLOAD_PURPOSE_SIZE 201 /* with NUL */
#define UPLOAD_RECIPIENTS_SIZE (AGE_RECIPIENTS_MAX * AGE_RECIPIENT_TEXT_SIZE)

/* What they say, checked against each other. */
struct upload_head {
	char transaction[UUID_TEXT_SIZE];
	enum upload_kind kind;
	uint8_t sha256[SHA256_SIZE];
	uint64_t bytes;      /* 1.. of the whole */
	uint64_t body_bytes; /* of this body; 0 = it only creates */
	/* Of sealed files; else "". Keys by their form only, space between. */
	char purpose[UPLOAD_PURPOSE_SIZE];
	char recipients[UPLOAD_RECIPIENTS_SIZE];
};

/*
 * A POST. sealed_max: most bytes of a sealed file. On false, *head holds the
 * transaction if that much was readable ("" if not), for the ledger.
 * Refusals: VERSION, TYPE, SIZE, SYNTAX.
 */
MUST_USE bool upload_head_read(const struct upload_fields *fields,
			       uint64_t sealed_max, struct upload_head *head,
			       struct refusal *refusal);

/*
 * A PATCH: where its body begins, and how long it says that it is.
 * Refusals: VERSION, TYPE, SYNTAX.
 */
MUST_USE bool upload_piece_read(const struct upload_fields *fields,
				uint64_t *offset, uint64_t *bytes,
				struct refusal *refusal);

#endif
