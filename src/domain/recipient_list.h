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
 * signed it. Table recipient_lists. It is checked again whenever it is read,
 * and what the vendor's key of now did not sign counts for nothing.
 */

/*
 * The vendor's key, [jobs] vendor_verifier.
 * Errors: NOT_FOUND (none configured or no file), INVALID, IO.
 */
MUST_USE bool recipient_list_vendor(const struct device_config *config,
				    struct note_verifier *vendor,
				    struct err *err);

/*
 * May a list that the vendor signed take the place of the one that stands
 * (NULL = there is none)? *same: it is that one. Also for servers.
 * Errors: DENIED (expired, not yet issued, older, or another one of the same
 * number).
 */
MUST_USE bool recipient_list_may_stand(const struct recipients *list,
				       const struct recipients *standing,
				       int64_t now, bool *same,
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
 * The entry of a list that came into force here: "list of recipients WHAT:
 * vendor, number, count, until". Inside the caller's transaction.
 */
MUST_USE bool recipient_list_log(struct db *db, const char *actor,
				 const char *what,
				 const struct recipients *list, int64_t now,
				 struct err *err);

/*
 * The list that stands; recipients that are over are left out.
 * Errors: NOT_FOUND (none was taken in), DENIED (the list or each of its
 * recipients has expired, or it is not the vendor's any more).
 */
MUST_USE bool recipient_list_load(struct db *db,
				  const struct note_verifier *vendor,
				  int64_t now, struct recipients *list,
				  struct err *err);

/* Number of the list that stands, expired or not; 0 = none. */
MUST_USE bool recipient_list_number(struct db *db,
				    const struct note_verifier *vendor,
				    uint64_t *number, struct err *err);

/* One of the list by its key; NULL = it is not on it. */
const struct recipient *recipient_list_find(const struct recipients *list,
					    const char *key);

#endif
