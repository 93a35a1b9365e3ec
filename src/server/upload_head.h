#ifndef SLUICE_SERVER_UPLOAD_HEAD_H
#define SLUICE_SERVER_UPLOAD_HEAD_H

#include <stdint.h>

#include "crypto/sha256.h"
#include "formats/uuid.h"
#include "server/refusal.h"

/*
 * The header fields of an upload: tus 1.0 creation-with-upload, RFC 9530
 * Repr-Digest, Idempotency-Key. As they came; NULL = not there.
 */
struct upload_fields {
	const char *tus_resumable;   /* "1.0.0" */
	const char *upload_length;   /* bytes of the transmission */
	const char *upload_metadata; /* "transaction <b64>,type <b64>" */
	const char *repr_digest;     /* "sha-256=:<b64>:" */
	const char *idempotency_key; /* "\"<transaction>\"" */
	const char *content_type;    /* application/offset+octet-stream */
	const char *content_length;  /* the same as upload_length */
};

/* What they say, checked against each other. */
struct upload_head {
	char transaction[UUID_TEXT_SIZE];
	uint8_t sha256[SHA256_SIZE];
	uint64_t bytes; /* 1..TRANSMISSION_MAX */
};

#define UPLOAD_FIELD_MAX 1024 /* bytes of one field */
#define UPLOAD_CONTENT_TYPE "application/offset+octet-stream"
#define UPLOAD_TUS_VERSION "1.0.0"

/*
 * On false, *head holds the transaction if that much was readable ("" if
 * not), for the ledger. Refusals: VERSION, TYPE, SIZE, SYNTAX.
 */
MUST_USE bool upload_head_read(const struct upload_fields *fields,
			       struct upload_head *head,
			       struct refusal *refusal);

#endif
