#ifndef SLUICE_CLIENT_METER_H
#define SLUICE_CLIENT_METER_H

#include "client/client.h"

/*
 * Counts what one exchange with the server lets out, towards the month
 * (domain/queue.h). Give &meter.left to the exchange as upload_watch.count,
 * book what is about to leave, and settle when it is over, however it ended.
 */
struct meter {
	struct client *client;
	uint64_t left;   /* bytes that have left */
	uint64_t booked; /* bytes of the month that are booked for it */
};

#define METER_INIT(client)     \
	{                      \
		(client), 0, 0 \
	}

/*
 * So many bytes may leave, whatever has left by now. In the caller's
 * transaction or its own: after a rollback call meter_unbook() with what
 * meter_book() was given. Errors: LIMIT (this month's limit), the database's.
 */
MUST_USE bool meter_book(struct meter *meter, uint64_t bytes, struct err *err);
void meter_unbook(struct meter *meter, uint64_t bytes);

/*
 * For what is long: is so much booked ahead of what has left? Books more, in
 * large pieces, rest at the most (rest: what is still to leave), when not.
 * Errors: as meter_book().
 */
MUST_USE bool meter_ahead(struct meter *meter, uint64_t rest, struct err *err);

/* Once, at the end. In the caller's transaction or its own. */
MUST_USE bool meter_settle(struct meter *meter, struct err *err);

#endif
