#ifndef SLUICE_SERVER_API_H
#define SLUICE_SERVER_API_H

#include "server/exchange.h"
#include "server/server.h"

/*
 * What devices talk to:
 *
 *	OPTIONS /v1/uploads              what the server speaks
 *	POST    /v1/uploads              a whole transmission, or a sealed file
 *	                                 that pieces follow for
 *	HEAD    /v1/uploads/ID           how much of it is here
 *	PATCH   /v1/uploads/ID           the next piece of a sealed file
 *	DELETE  /v1/uploads/ID           forget one that is not complete
 *	GET     /v1/uploads/ID/receipt   its receipt
 *	GET     /v1/instructions/N       one instruction for the device
 *	POST    /v1/checkin              a check-in
 *	POST    /v1/echo                 a nonce, for a signed answer
 *	GET     /v1/notices?after=N      what became of the sealed files
 *	GET     /v1/recipients           the vendor's list of recipients
 *
 * Every one needs a client certificate that belongs to a device; a device
 * sees its own transactions only. Errors are problem details in XML.
 */

/* Seconds since 1970 (UTC), and a clock for waiting that never jumps. */
struct api_clock {
	int64_t (*utc)(void);
	int64_t (*monotonic_ms)(void);
};

/*
 * Serves one request, its answer included. Never fails: what goes wrong is
 * the answer, and a line of the running log.
 */
void api_serve(struct server *server, const struct exchange *exchange,
	       const struct api_clock *clock);

#endif
