#ifndef SLUICE_DOMAIN_RECIPIENT_LIST_H
#define SLUICE_DOMAIN_RECIPIENT_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "domain/device_config.h"
#include "formats/recipients.h"
#include "store/db.h"

/*
 * The newest list of recipients that this device has taken in, as the vendor
 * signed it. Table recipient_lists. It is checked again whenever it is read.
 */

/*
 * The vendor's key, [jobs] vendor_verifier.
 * Errors: NOT_FOUND (none configured or no file), INVALID, IO.
 */
MUST_USE bool recipient_list_vendor(const struct device_config *config,
				    struct note_verifier *vendor,
				    struct err *err);

/*
 * Takes a list in, with a ledger entry. The one that stands already changes
 * nothing (*taken false, may be NULL). What is refused is an entry, too.
 * Errors: INVALID, DENIED (not signed, expired, not yet issued, older than
 * the one that stands, or another one of the same number), LIMIT.
 */
MUST_USE bool recipient_list_take(struct db *db, const char *actor,
				  const char *note, size_t len,
				  const struct note_verifier *vendor,
				  int64_t now, bool *taken, struct err *err);

/*
 * The list that stands; recipients that are over are left out.
 * Errors: NOT_FOUND (none was taken in), DENIED (the list has expired, or is
 * not the vendor's any more), those of recipients_read().
 */
MUST_USE bool recipient_list_load(struct db *db,
				  const struct note_verifier *vendor,
				  int64_t now, struct recipients *list,
				  struct err *err);

/* One of the list by its key; NULL = it is not on it. */
const struct recipient *recipient_list_find(const struct recipients *list,
					    const char *key);

#endif
