#ifndef SLUICE_CLIENT_ALARM_H
#define SLUICE_CLIENT_ALARM_H

#include "client/client.h"

/*
 * Looks at the machine when it is time to ([collect] watch_s), and sends the
 * documents of what began: a fault, or a supply that became low. Only while a
 * service that has such an alarm sends by itself, and outside of the quiet
 * hours. What is staged, what is approved and that it was told stand in one
 * transaction. *next as in timer_round().
 *
 * A look that fails is logged, and the next one comes in time.
 * Errors: those of the database alone (IO, RETRY, INVALID).
 */
MUST_USE bool alarm_round(struct client *client, int64_t *next,
			  struct err *err);

#endif
