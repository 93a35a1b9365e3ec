#ifndef SLUICE_SERVER_VENDOR_LIST_H
#define SLUICE_SERVER_VENDOR_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/recipients.h"
#include "server/server.h"

/*
 * The vendor's list of recipients that this server gives its devices: the
 * note as it was signed, file SERVER_RECIPIENTS in the state folder. Devices
 * check it themselves; the server could not forge one.
 */

/*
 * Puts a list in place of the one before, with a ledger entry; one that is
 * there already changes nothing. *list (may be NULL) = what it says.
 * Errors: NOT_FOUND (the vendor's key is missing), INVALID, DENIED (not
 * signed by it, expired, not yet issued, older), LIMIT, IO.
 */
MUST_USE bool vendor_list_publish(struct server *server, const char *actor,
				  const char *note, size_t len, int64_t now,
				  struct recipients *list, struct err *err);

/*
 * Number of the list that devices are given, as it says itself; 0 = there is
 * none. Errors: IO.
 */
MUST_USE bool vendor_list_number(const struct server_config *config,
				 uint64_t *number, struct err *err);

#endif
