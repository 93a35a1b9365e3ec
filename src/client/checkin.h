#ifndef SLUICE_CLIENT_CHECKIN_H
#define SLUICE_CLIENT_CHECKIN_H

#include "client/client.h"
#include "domain/checkins.h"

/*
 * Checks in when it is due, or at once when a person asks: tells the server
 * that this device is there, learns time and interval, and how far
 * instructions, notices and the list of recipients are; what is new is fetched
 * over the same connection, and outcomes of instructions are reported by one
 * more check-in. Only while remote services as a whole are allowed.
 *
 * asked_by: who pressed the button; NULL = nobody. *next: UTC, when it is due
 * again; TIMER_NEVER = only a decision can change that, or a person asked, for
 * whom it is not reckoned.
 * A check-in that fails is written down and no error here, unless a person
 * asked. Errors: those of the database; for a person also DENIED (not allowed,
 * or the server said no for good), LIMIT (this month's limit) and RETRY.
 */
MUST_USE bool checkin_round(struct client *client, const char *asked_by,
			    int64_t *next, struct err *err);

#endif
