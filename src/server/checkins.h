#ifndef SLUICE_SERVER_CHECKINS_H
#define SLUICE_SERVER_CHECKINS_H

#include "base/err.h"
#include "formats/checkin.h"
#include "server/fleet.h"
#include "server/refusal.h"
#include "server/server.h"

/*
 * A check-in on the server's side: keeps when and how the device is, what
 * became of instructions and the head of its log, in one transaction, and
 * makes the answer. One that tells nothing new writes one row and no entry.
 *
 * Errors: refusal FOREIGN (another device's), BUSY, STORAGE, BUG.
 */
MUST_USE bool checkins_answer(struct server *server,
			      const struct fleet_device *device,
			      const struct checkin_request *request,
			      int64_t now, struct buf *note,
			      struct refusal *refusal);

/* A device of which so many check-ins are missing counts as silent. */
#define CHECKINS_MISSED 3
/*
 * Check-ins that are missing (checkin_missing()); 0 = none, and for a device
 * that was revoked or never checked in.
 */
int64_t checkins_missed(const struct fleet_device *device, int64_t now);

#endif
