#ifndef SLUICE_CLIENT_EST_H
#define SLUICE_CLIENT_EST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/p256.h"
#include "net/ask.h"

/*
 * Enrolment over Secure Transport as a client (RFC 7030, RFC 8951):
 * simpleenroll, simplereenroll, and cacerts for the authorities between the
 * certificate and its root. The roots that a device trusts come with it, never
 * over the network. Knows requests and answers; when to enrol and what becomes
 * of the certificate is client/enrol.c's.
 */
struct est {
	struct ask_way *way; /* borrowed */
	const char *path;    /* "/.well-known/est", or with a label */
};

enum est_outcome {
	EST_UNSET = 0,
	EST_ISSUED,  /* certificate is there */
	EST_PENDING, /* 202: the same again after retry_after_s */
	EST_REFUSED  /* the authority said no for good; words say why */
};

#define EST_WORDS_SIZE 192

struct est_answer {
	enum est_outcome outcome;
	/* PEM: leaf, its issuers as far as they came, without a root */
	struct buf chain;
	int64_t retry_after_s; /* 0 = it did not say */
	int status;
	char words[EST_WORDS_SIZE]; /* one sentence, without what to do */
};

/*
 * POSTs a request made with key for this name. user and password: HTTP Basic,
 * password NULL = the TLS certificate says who we are (simplereenroll when
 * it renews one). ISSUED: the leaf holds key's point; the names in it are the
 * authority's affair. Errors: RETRY (connection, 5xx, 429, no EST there, an
 * answer that cannot be read or holds no certificate for the key), INVALID
 * (name), those of the watch. answer->retry_after_s and status are set then as
 * well; release with est_answer_clear() always.
 */
struct est_request {
	const struct p256_key *key;
	/* DER that is to be renewed, and whose names are kept; NULL = none */
	const uint8_t *renews;
	size_t renews_len;
	const char *common_name;   /* of a first one */
	const char *serial_number; /* "" or NULL = none */
	const char *user, *password;
};
MUST_USE bool est_enrol(const struct est *est,
			const struct est_request *request,
			struct est_answer *answer, struct err *err);
void est_answer_clear(struct est_answer *answer); /* a zeroed one is fine */

#endif
