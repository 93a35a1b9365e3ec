#ifndef SLUICE_CLIENT_DOCTOR_H
#define SLUICE_CLIENT_DOCTOR_H

#include "client/client.h"
#include "domain/connection_test.h"

/*
 * Tests the connection step by step. On the device: permission, daemon, which
 * parts of the sandbox hold, free space, keys and roots, the certificate. Then
 * interfaces that are up, addresses, name (DNS), TCP, TLS (with the certificate
 * that was seen), sign-in with our own, a signed answer, the time in it. Each
 * step says what was seen and what to do; after one that failed, those that
 * need it are skipped. Without permission for remote services nothing leaves:
 * the steps from the interfaces on are skipped, DNS included.
 * Changes nothing but the month's count of bytes. Errors: those of the
 * database alone.
 */
MUST_USE bool doctor_run(struct client *client, struct connection_test *test,
			 struct err *err);

/*
 * Where not even the database can be opened: the step of the free space alone,
 * the others are skipped. Needs the configuration and the clock of client.
 */
void doctor_run_space(struct client *client, struct connection_test *test);

/* The same as doctor_run(), and keeps it as the last one, by actor. */
MUST_USE bool doctor_test(struct client *client, const char *actor,
			  struct err *err);

#endif
