#ifndef SLUICE_FORMATS_PROBLEM_H
#define SLUICE_FORMATS_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Problem details of an HTTP API, in XML. Source: RFC 9457 (application/
 * problem+xml, namespace urn:ietf:rfc:7807).
 */
#define PROBLEM_MEDIA_TYPE "application/problem+xml"
#define PROBLEM_NAMESPACE "urn:ietf:rfc:7807"
#define PROBLEM_MAX_BYTES (16 * 1024)
#define PROBLEM_TYPE_SIZE 128
#define PROBLEM_TITLE_SIZE 128
#define PROBLEM_DETAIL_SIZE 512

/* Text is UTF-8; "" = not given. */
struct problem {
	int status;                       /* HTTP status, 100..599; 0 = none */
	char type[PROBLEM_TYPE_SIZE];     /* URI, "about:blank" when "" */
	char title[PROBLEM_TITLE_SIZE];   /* the same for every such problem */
	char detail[PROBLEM_DETAIL_SIZE]; /* what happened here, for people */
};

void problem_write(const struct problem *problem, struct buf *out);

/*
 * Reads one. Members that are unknown are passed over (RFC 9457, section
 * 3.2), text that is longer than its place is cut between characters, and
 * control characters are replaced. Errors: INVALID, LIMIT.
 */
MUST_USE bool problem_read(const void *data, size_t len,
			   struct problem *problem, struct err *err);

#endif
