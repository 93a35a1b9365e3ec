#ifndef SLUICE_DOMAIN_CHECKINS_PARTS_H
#define SLUICE_DOMAIN_CHECKINS_PARTS_H

#include "domain/checkins.h"

/* What the files checkins*.c share. Nobody else includes this. */

/* The customer's limits, least_s and most_s. Errors: INVALID (damaged). */
MUST_USE bool checkins_limits(struct db *db, struct checkin_state *state,
			      struct err *err);

#endif
