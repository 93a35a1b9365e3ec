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
#define HOUR_MS (60 * MINUTE_MS)
#define DEVICE "device " /* before the id, where accounts have names */

void strangers_log(struct strangers *strangers, const struct log *log,
		   const struct stranger_words *words, int64_t monotonic_ms)
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
	log_warn(log, "%s%s: refused: %s%s", words->what, words->who,
		 words->why, more);
}

/* Is there room for one more in this hour? */
static bool count_hour(struct strangers *strangers, int64_t monotonic_ms)
{
	int64_t hour = monotonic_ms / HOUR_MS;
	if (hour != strangers->hour) {
		strangers->hour = hour;
		strangers->counted = 0;
	}
	if (strangers->counted >= STRANGERS_COUNTED) {
		return false;
	}
	strangers->counted++;
	return true;
}

bool strangers_count(struct strangers *strangers, struct db *db,
		     const struct stranger *who, bool *entry, struct err *err)
{
	/*
	 * Apart from staff, who sign in by the same table: nobody at the
	 * devices' port can keep them out. Neither an account nor an address
	 * has a space in its name. Devices whose ids have 58 and more letters
	 * in common count as one.
	 */
	struct throttle_try attempt;
	struct err why = { 0 };
	char subject[sizeof(DEVICE) + FLEET_ID_SIZE];
	char place[64];
	if (!count_hour(strangers, who->monotonic_ms)) {
		*entry = false;
		return true;
	}
	snprintf(subject, sizeof(subject), DEVICE "%s", who->name);
	snprintf(place, sizeof(place), DEVICE "port %.45s", who->address);
	bool counts = throttle_begin_other(db, subject, place, who->now,
					   &attempt, &why);
	if (!counts && why.kind != ERR_LIMIT) {
		return err_set(err, why.kind, "%s", why.text);
	}
	*entry = counts;
	return true;
}
