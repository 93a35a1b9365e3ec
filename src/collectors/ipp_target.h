#ifndef SLUICE_COLLECTORS_IPP_TARGET_H
#define SLUICE_COLLECTORS_IPP_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include <cups/cups.h>

#include "base/err.h"

/* One printer, and how it is talked to. */
struct ipp_target {
	const char *uri;    /* borrowed */
	uint64_t timeout_s; /* of the whole, or of each answer: see connect */
	char host[256];
	char resource[256];
	int port;
	bool tls;
};

/*
 * Reads "ipp://HOST..." or "ipps://HOST..." without a user name.
 *
 * what     what people call the address in a command line, "--uri"
 * timeout  1 to 600 seconds as text; NULL = 20
 *
 * Errors: INVALID.
 */
MUST_USE bool ipp_target_read(struct ipp_target *target, const char *what,
			      const char *uri, const char *timeout,
			      struct err *err);

/*
 * Connects; httpClose() it. No user name or password is ever asked for. Each
 * wait ends after timeout_s. From then on SIGPIPE is ignored.
 *
 * socket  a path to connect to instead, as local print services have one;
 *         NULL = the host of the address
 *
 * NULL and err set: RETRY.
 */
http_t *ipp_target_connect(const struct ipp_target *target, const char *socket,
			   struct err *err);

/* A request with its address and who asks. ippDelete() or send it. */
ipp_t *ipp_target_request(const struct ipp_target *target, ipp_op_t operation,
			  const char *user);

/* The answer to it, which it takes. NULL and err set: RETRY, NOT_FOUND. */
ipp_t *ipp_target_ask(const struct ipp_target *target, http_t *http,
		      ipp_t *request, struct err *err);

#endif
