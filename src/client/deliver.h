#ifndef SLUICE_CLIENT_DELIVER_H
#define SLUICE_CLIENT_DELIVER_H

#include "client/client.h"

/* What became of the transmissions that were due. */
struct deliver_report {
	unsigned sent;      /* valid receipt is stored */
	unsigned waiting;   /* could not be sent now; will be tried again */
	unsigned failed;    /* refused for good */
	unsigned cancelled; /* the grant is gone */
	unsigned dropped;   /* too old, or too many (queue_make_room()) */
};

/*
 * Sends every transmission that may go now (queue_next()), one after the
 * other, until none is left or the client is told to stop. This is the only place
 * that joins the outbox and the network: with nothing due, or without a
 * grant, it opens no socket and asks no name server.
 *
 * Trouble with a transmission is recorded in the outbox and the log, and is
 * no error here. Adds to *report.
 * Errors: those of the database alone (IO, RETRY).
 */
MUST_USE bool deliver_due(struct client *client, struct deliver_report *report,
			  struct err *err);

/*
 * When there is something to send again, UTC: now or before = at once,
 * INT64_MAX = only a change can tell. Errors: those of the database.
 */
MUST_USE bool deliver_next_time(struct client *client, int64_t *at,
				struct err *err);

#endif
