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

/* Loads authority and database. Errors: those of ca_load(), server_open_db(). */
MUST_USE bool est_server_open(struct est_server *est, struct err *err);

/* Serves one request, its answer included; never fails. */
void est_serve(struct est_server *est, const struct exchange *exchange,
	       const struct api_clock *clock);

#endif
