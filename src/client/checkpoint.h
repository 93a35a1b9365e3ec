#ifndef SLUICE_CLIENT_CHECKPOINT_H
#define SLUICE_CLIENT_CHECKPOINT_H

#include "client/client.h"

/*
 * Signs the head of the device's transaction log with the ledger key and
 * keeps it, if the log has grown since the last one. Errors: IO, RETRY.
 */
MUST_USE bool checkpoint_sign(struct client *client, struct err *err);

#endif
