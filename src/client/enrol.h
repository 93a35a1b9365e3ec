#ifndef SLUICE_CLIENT_ENROL_H
#define SLUICE_CLIENT_ENROL_H

#include "client/client.h"

/* A certificate that is new and not yet proved, beside the one in use. */
#define ENROL_NEXT_FILE "identity.next.pem"

/*
 * Gets and keeps the device's certificate. A code that a person left is tried,
 * again and again after pauses that grow until the authority decides on it;
 * from half of a certificate's lifetime on it is renewed, tried every hour and
 * up to a quarter of that later by chance. A new certificate is used only
 * after the server has accepted it in a handshake and answered an echo over
 * it; until then the old one stays. One that has run out can be replaced with
 * a new code. The key stays the same.
 *
 * renew_now: an instruction or a person wants a renewal without waiting for
 * half of the lifetime, or what waits at once. Only while remote services as a
 * whole are allowed. *next: UTC, when it is due again; INT64_MAX = only a
 * decision can change that. What an exchange comes to is in the database and no
 * error here. Errors: those of the database, IO; with renew_now also DENIED
 * (not allowed), NOT_FOUND (no certificate that could be renewed).
 */
MUST_USE bool enrol_round(struct client *client, bool renew_now, int64_t *next,
			  struct err *err);

/*
 * At start: removes what a process that died left half written, and takes in a
 * certificate that it had put in place. The rest is the next round's.
 */
MUST_USE bool enrol_recover(struct client *client, struct err *err);

#endif
