#ifndef SLUICE_CLIENT_DOCTOR_H
#define SLUICE_CLIENT_DOCTOR_H

#include "client/client.h"
#include "domain/connection_test.h"

/*
 * Tests the connection step by step: link (interfaces that are up), address,
 * keys and certificate, name (DNS), TCP, TLS (with the issuer of the
 * certificate that was seen), mutual sign-in, time, echo, and which parts of
 * the sandbox hold. Each step says what was seen and what to do; after one
 * that failed, those that need it are skipped. Without permission for remote
 * services nothing leaves: the steps on the network are skipped, DNS included.
 * Changes nothing. Errors: those of the database alone.
 */
MUST_USE bool doctor_run(struct client *client, struct connection_test *test,
			 struct err *err);

/* The same, and keeps it as the last one, by actor. */
MUST_USE bool doctor_test(struct client *client, const char *actor,
			  struct err *err);

#endif
