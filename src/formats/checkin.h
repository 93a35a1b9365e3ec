#ifndef SLUICE_FORMATS_CHECKIN_H
#define SLUICE_FORMATS_CHECKIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/merkle.h"
#include "formats/note.h"
#include "formats/uuid.h"

/*
 * A check-in. The request is a small XML document; the answer is a note signed
 * with the server's receipt key, which repeats the request's nonce: so its
 * time is fresh. docs/wire.md shows both. Both readers refuse what is unknown.
 */
#define CHECKIN_NAMESPACE "urn:sluice:checkin:1"
#define CHECKIN_MEDIA_TYPE "application/xml"
#define CHECKIN_TARGET "/v1/checkin"
#define CHECKIN_REQUEST_MAX (64 * 1024)               /* bytes */
#define CHECKIN_NONCE_SIZE 33                         /* 16 bytes in hex, NUL */
#define CHECKIN_INTERVAL_MAX_S ((int64_t)366 * 86400) /* of any of them */
#define CHECKIN_OUTCOMES_MAX 32
#define CHECKIN_PROOF_MAX 63 /* hashes */
#define CHECKIN_ROWS_MAX 100 /* of a report of the log */
#define CHECKIN_TEXT_SIZE 257
#define CHECKIN_NOTE_MAX 4096 /* bytes of a checkpoint */
#define CHECKIN_CONTINUATION_SIZE 1024

/* What became of an instruction. */
struct checkin_outcome {
	uint64_t number;
	char result[16]; /* "waiting", "done", or a refusal's name: a-z _ - */
	int64_t at;
	char text[CHECKIN_TEXT_SIZE]; /* one sentence */
};

/* One entry of the device's log, as an instruction asked for it. */
struct checkin_row {
	uint64_t sequence;
	char leaf[65]; /* RFC 6962 leaf hash, hex */
	char kind[24]; /* "received" */
	/* Of an entry about a transaction; else "" and 0. No names, no text. */
	char transaction[UUID_TEXT_SIZE];
	uint64_t bytes;
	char sha256[65];
	char result[16];
};

struct checkin_request {
	char device[65];
	char nonce[CHECKIN_NONCE_SIZE];
	char version[32]; /* of the client */
	int64_t clock;    /* what the device takes the time to be, UTC */
	/* Seconds: the interval that holds, and the customer's limits. */
	int64_t interval_s, least_s, most_s;
	/* Until the next one at the latest; longer before quiet hours. */
	int64_t next_s;
	uint64_t instruction; /* highest number that was taken; 0 = none */
	uint64_t notices;     /* the same of notices */
	uint64_t recipients;  /* number of the list of recipients; 0 = none */
	struct checkin_outcome outcomes[CHECKIN_OUTCOMES_MAX];
	size_t outcomes_count;
	/* The rest may be missing: "", 0. */
	char ledger_key[256]; /* verifier key; sent once for a certificate */
	char checkpoint[CHECKIN_NOTE_MAX]; /* signed note */
	uint64_t old_size; /* the proof is from this size to checkpoint's */
	struct merkle_proof proof; /* at most CHECKIN_PROOF_MAX hashes */
	/* signed note of struct checkin_continuation, after a loss */
	char continuation[CHECKIN_CONTINUATION_SIZE];
	struct checkin_row rows[CHECKIN_ROWS_MAX];
	size_t rows_count;
};

/*
 * Appends the document; nothing on failure. Errors: INVALID (a value; the text
 * names it), LIMIT (the whole is too long).
 */
MUST_USE bool checkin_request_put(struct buf *out,
				  const struct checkin_request *request,
				  struct err *err);

/* Errors: INVALID (form, a value), LIMIT. */
MUST_USE bool checkin_request_read(const void *data, size_t len,
				   struct checkin_request *request,
				   struct err *err);

struct checkin_answer {
	char device[65];
	char nonce[CHECKIN_NONCE_SIZE];
	int64_t time;         /* the server's, UTC */
	int64_t interval_s;   /* that the server wishes */
	uint64_t instruction; /* highest there is for this device; 0 = none */
	uint64_t notices;     /* the same; 0 = none */
	uint64_t recipients;  /* number of the published list; 0 = none */
	uint64_t witnessed;   /* size of the head that it keeps; 0 = none */
	/*
	 * Highest instruction whose outcome it has, if that is more than the
	 * request knows of: the device has forgotten it. 0 = it has not.
	 */
	uint64_t answered;
	/* C2SP tlog-cosignature of the checkpoint, base64; "" = none */
	char cosignature[161];
	/* "conflict" or "proof": why a checkpoint was not taken; else "" */
	char witness_problem[32];
};

/*
 * Appends the text that is to be signed; nothing on failure. Errors: INVALID.
 */
MUST_USE bool checkin_answer_put(struct buf *out,
				 const struct checkin_answer *answer,
				 struct err *err);

/* Checks signature and form. Errors: DENIED (signature), INVALID, LIMIT. */
MUST_USE bool checkin_answer_read(const char *note, size_t len,
				  const struct note_verifier *verifier,
				  struct checkin_answer *answer,
				  struct err *err);

/*
 * "sluice.continuation/v1": what the owner of a device whose log does not fit
 * the head that the server keeps (an older copy was put back) says of it,
 * signed with the log's key: that it is known, and that the log goes on from
 * here. It names nobody. The server keeps it as evidence; what it changes is
 * for staff to accept.
 */
struct checkin_continuation {
	char device[65];
	uint64_t had;  /* size of the head that the server keeps; 1.. */
	uint64_t size; /* of the log, the entry about it as its last; 1.. */
	char root[65]; /* of that many entries, hex */
	int64_t at;    /* UTC, by the device's clock */
};
MUST_USE bool
checkin_continuation_put(struct buf *out,
			 const struct checkin_continuation *continuation,
			 struct err *err);
/* As checkin_answer_read(), with the log's key. */
MUST_USE bool checkin_continuation_read(
	const char *note, size_t len, const struct note_verifier *verifier,
	struct checkin_continuation *continuation, struct err *err);

/*
 * "sluice.echo/v1": device, nonce, time. The answer to POST /v1/echo, whose
 * body is a nonce (32 hex digits), for testing a connection. As above.
 */
struct checkin_echo {
	char device[65];
	char nonce[CHECKIN_NONCE_SIZE];
	int64_t time;
};
#define CHECKIN_ECHO_TARGET "/v1/echo"
MUST_USE bool checkin_echo_put(struct buf *out, const struct checkin_echo *echo,
			       struct err *err);
MUST_USE bool checkin_echo_read(const char *note, size_t len,
				const struct note_verifier *verifier,
				struct checkin_echo *echo, struct err *err);

#endif
