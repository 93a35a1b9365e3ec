#ifndef SLUICE_CLIENT_DAEMON_SANDBOX_H
#define SLUICE_CLIENT_DAEMON_SANDBOX_H

#include "client/client.h"

/*
 * Enters SANDBOX_DAEMON with what the configuration names: state to write;
 * keys, trust, the configuration's folder, collectors and job sources to read. Says in
 * the running log and in client->sandbox what held. Errors: IO.
 */
MUST_USE bool daemon_sandbox(struct client *client, struct err *err);

#endif
