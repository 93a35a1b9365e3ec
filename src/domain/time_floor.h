#ifndef SLUICE_DOMAIN_TIME_FLOOR_H
#define SLUICE_DOMAIN_TIME_FLOOR_H

#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

/*
 * The owner's way back for a device whose time floor was led ahead
 * (time_known.h): it takes the real server's certificates as expired and its
 * answers as too old, for good. Only a person at the machine may say so:
 * cli/time.c alone includes this (tests/lint/layers.sh), so that no page, no
 * server and no instruction reaches it. Nothing of how certificates are
 * judged changes, but the earliest moment at which they are.
 */

/*
 * Lowers the floor to to, and forgets what signed answers said of the clock,
 * which is as it is after a start. An entry says who, from when and to when.
 * *from: where it was. In one transaction.
 * Errors: INVALID (before the build of this program, or not lower than it is).
 */
MUST_USE bool time_floor_lower(struct db *db, const char *actor, int64_t to,
			       int64_t now, int64_t *from, struct err *err);

#endif
