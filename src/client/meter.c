/*
 * What leaves towards the server, counted for the month. The count itself is
 * domain/queue_month's; net/ adds each byte to the meter as the socket takes
 * it.
 */
#include "client/meter.h"

#include "domain/queue.h"

/* Booked at once of a long upload: a commit now and then is no burden. */
#define PIECE_BYTES ((uint64_t)16 * 1024 * 1024)
/* What may leave until meter_ahead() is asked again: 64 KiB, and TLS's own. */
#define STEP_BYTES ((uint64_t)128 * 1024)

bool meter_book(struct meter *meter, uint64_t bytes, struct err *err)
{
	const struct client *client = meter->client;
	if (!queue_book(client->db, bytes, client->now(), err)) {
		return false;
	}
	meter->booked += bytes;
	return true;
}

void meter_unbook(struct meter *meter, uint64_t bytes)
{
	meter->booked -= bytes;
}

bool meter_ahead(struct meter *meter, uint64_t rest, struct err *err)
{
	uint64_t step = rest < STEP_BYTES ? rest : STEP_BYTES;
	uint64_t piece = rest < PIECE_BYTES ? rest : PIECE_BYTES;
	return (meter->booked >= meter->left &&
		meter->booked - meter->left >= step) ||
	       meter_book(meter, piece, err);
}

bool meter_settle(struct meter *meter, struct err *err)
{
	const struct client *client = meter->client;
	return queue_settle(client->db, meter->booked, meter->left,
			    client->now(), err);
}
