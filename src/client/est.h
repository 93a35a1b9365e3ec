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
 * Enrolment over Secure Transport as a client (RFC 7030, RFC 8951): cacerts,
 * simpleenroll, simplereenroll. Knows requests and answers; when to enrol and
 * what becomes of the certificate is client/enrol.c's.
 */
struct est {
	struct ask_way *way; /* borrowed */
	const char *path;    /* "/.well-known/est", or with a label */
};

enum est_outcome {
	EST_UNSET = 0,
	EST_ISSUED,  /* certificate is there */
	EST_PENDING, /* 202: the same again after retry_after_s */
	EST_REFUSED  /* the authority said no for good */
};

struct est_answer {
	enum est_outcome outcome;
	struct buf chain; /* PEM, leaf first, the rest as far as it came */
	int64_t retry_after_s;
	int status;
};

/*
 * POSTs a request made with key for this name. user and password: HTTP Basic,
 * password NULL = the TLS certificate says who we are (simplereenroll when
 * renew). ISSUED: the leaf holds key's point; the names in it are the
 * authority's affair. Errors: RETRY (connection, 5xx, 429, an answer that
 * cannot be read), INVALID (name).
 */
struct est_request {
	const struct p256_key *key;
	const char *common_name;
	const char *serial_number; /* "" = none */
	const char *user, *password;
	bool renew;
};
MUST_USE bool est_enrol(const struct est *est,
			const struct est_request *request,
			struct est_answer *answer, struct err *err);
void est_answer_clear(struct est_answer *answer);

/*
 * The authority's own certificates in PEM, for people to see: nothing takes
 * them as roots by itself. Errors: RETRY, INVALID, NOT_FOUND.
 */
MUST_USE bool est_cacerts(const struct est *est, struct buf *pem,
			  struct err *err);

#endif
