#ifndef SLUICE_DOMAIN_RETRY_BUDGET_H
#define SLUICE_DOMAIN_RETRY_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

/*
 * How often this device may knock in vain in 24 hours, all that it starts by
 * itself together: deliveries, check-ins, renewals, questions about job data.
 * Counted in the database, so that a device that restarts again and again
 * counts on. What a person starts is counted and never held back.
 */
#define RETRY_BUDGET_TRIES 60
#define RETRY_BUDGET_WINDOW_S ((int64_t)86400)

struct retry_budget {
	unsigned left;
	int64_t renewed_at; /* UTC: when the window that runs is over */
};

MUST_USE bool retry_budget_read(struct db *db, int64_t now,
				struct retry_budget *budget, struct err *err);

/* A try that failed. In the caller's transaction or its own. */
MUST_USE bool retry_budget_spend(struct db *db, int64_t now, struct err *err);

#endif
