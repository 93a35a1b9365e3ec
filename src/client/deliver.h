#ifndef SLUICE_CLIENT_DELIVER_H
#define SLUICE_CLIENT_DELIVER_H

#include "client/client.h"

/* What became of the transmissions that were due. */
struct deliver_report {
	unsigned sent;      /* valid receipt is stored */
	unsigned waiting;   /* tried, and will be tried again */
	unsigned put_off;   /* not tried: the way to the server failed */
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
 * When not a transmission fails but the way to the server (name, TCP, TLS, no
 * answer within the time), that is one try in vain for all that is due: the
 * others are put off with it, and client_lost() says so to what comes after.
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
