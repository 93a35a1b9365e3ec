#ifndef SLUICE_CLI_SERVER_BUNDLE_H
#define SLUICE_CLI_SERVER_BUNDLE_H

#include <stddef.h>

#include "base/err.h"
#include "server/server_config.h"

/*
 * Makes the folder and puts into it what a device trusts of this server:
 * server-anchor.pem, receipt.verifier, server.name and, where the server has
 * them, vendor.verifier and instruction.verifier. Nothing of it is secret.
 */
MUST_USE bool server_bundle_write(const struct server_config *config,
				  const char *dir, struct err *err);

/* One more file of the folder. */
MUST_USE bool server_bundle_put(const char *dir, const char *name,
				const void *data, size_t len, struct err *err);

#endif
