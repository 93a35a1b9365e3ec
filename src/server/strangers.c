/*
 * Limits on what strangers can make this server write. Who is one is decided
 * by peer.c and est_issue.c.
 */
#include "server/strangers.h"

#include <inttypes.h>
#include <stdio.h>

#include "domain/throttle.h"
#include "server/fleet.h"

#define MINUTE_MS 60000
#define DEVICE "device." /* before the id, where accounts have names */

void strangers_log(struct strangers *strangers, const struct log *log,
		   const char *address, const char *why, int64_t monotonic_ms)
{
	int64_t minute = monotonic_ms / MINUTE_MS;
	char more[64] = "";
	if (minute != strangers->minute) {
		strangers->minute = minute;
		strangers->lines = 0;
	}
	if (strangers->lines >= STRANGERS_LINES) {
		strangers->more++;
		return;
	}
	strangers->lines++;
	if (strangers->more > 0) {
		snprintf(more, sizeof(more),
			 " (and %" PRIu64 " more, from anywhere, before)",
			 strangers->more);
		strangers->more = 0;
	}
	log_warn(log, "stranger at %s: refused: %s%s", address, why, more);
}

bool strangers_count(struct db *db, const char *name, const char *address,
		     int64_t now, bool *entry, struct err *err)
{
	/*
	 * Apart from staff, who sign in by the same table: nobody at the
	 * devices' port can keep them out. No account has such an address,
	 * and one name in 64 letters counts for all longer ones.
	 */
	struct throttle_try attempt;
	struct err why = { 0 };
	char subject[FLEET_ID_SIZE + sizeof(DEVICE)];
	char place[64];
	snprintf(subject, sizeof(subject), DEVICE "%s", name);
	snprintf(place, sizeof(place), "device port %.45s", address);
	bool counts = throttle_begin(db, subject, place, now, &attempt, &why);
	if (!counts && why.kind != ERR_LIMIT) {
		return err_set(err, why.kind, "%s", why.text);
	}
	*entry = counts;
	return true;
}
