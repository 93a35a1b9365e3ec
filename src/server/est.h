#ifndef SLUICE_SERVER_EST_H
#define SLUICE_SERVER_EST_H

#include "base/err.h"
#include "server/api.h"
#include "server/ca.h"
#include "server/exchange.h"
#include "server/server.h"

/*
 * Enrolment (RFC 7030) under /.well-known/est/: cacerts for anybody,
 * simpleenroll with a one-time code (HTTP Basic: user = device id, password =
 * code), simplereenroll with a certificate of a device that stands. Runs in
 * workers of its own, the only ones that hold the devices' authority.
 */
struct est_server {
	struct server server; /* database; no receipt key */
	struct ca *ca;
};

#define EST_PATH "/.well-known/est/"
#define EST_BODY_MAX (16 * 1024)  /* bytes of a request */
#define EST_BODY_S 10             /* longest wait for all of them */
#define EST_CERTIFICATES_A_DAY 10 /* of one device, before it cannot renew */

/*
 * Loads the authority, which only the user that started the server can read.
 * Errors: those of ca_load().
 */
MUST_USE bool est_server_load(struct est_server *est, struct err *err);

/* Opens the database, as the worker's user. Errors: of server_open_db(). */
MUST_USE bool est_server_open(struct est_server *est, struct err *err);

void est_server_close(struct est_server *est);

/* Serves one request, its answer included; never fails. */
void est_serve(struct est_server *est, const struct exchange *exchange,
	       const struct api_clock *clock);

#endif
