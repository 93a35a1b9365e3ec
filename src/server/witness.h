#ifndef SLUICE_SERVER_WITNESS_H
#define SLUICE_SERVER_WITNESS_H

#include "base/err.h"
#include "formats/checkin.h"
#include "server/fleet.h"
#include "server/server.h"

/*
 * The server as witness of a device's log, with the rules of
 * c2sp.org/tlog-witness: a head is taken when the device's ledger key signed
 * it and it is proved to have grown out of the one that is kept; it is kept
 * before the countersignature leaves. The ledger key is learned with the
 * first head and pinned; another one is taken only after a new enrolment. What
 * the device says of a conflict, and how it ends, is server/log_breaks.h's.
 *
 * In the caller's transaction. Fills witnessed, cosignature, witness_problem
 * of the answer. A head that is not taken is no error: "proof", when its proof
 * begins elsewhere or its key was not told, so that the device tries again; or
 * "conflict", of which the first after a good head is kept, with an entry;
 * where no head is kept yet an entry a day is written.
 * Errors: those of the database.
 */
MUST_USE bool witness_take(struct server *server,
			   const struct fleet_device *device,
			   const struct checkin_request *request, int64_t now,
			   struct checkin_answer *answer, struct err *err);

/* What is kept of a device's log. NOT_FOUND. */
MUST_USE bool witness_get(struct db *db, const char *device,
			  struct witness_row *row, struct err *err);

/* Did the last head that the device showed not fit the one that is kept? */
bool witness_conflict_stands(const struct witness_row *kept);

#endif
