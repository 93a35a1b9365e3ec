#ifndef SLUICE_CLIENT_TIMER_H
#define SLUICE_CLIENT_TIMER_H

#include "client/client.h"
#include "formats/uuid.h"

/* Nothing to wait for. */
#define TIMER_NEVER INT64_MAX

/*
 * The daily send: if it is due, collects, and in one transaction stages one
 * transmission of all services that take part, approves it and marks the send
 * as done. deliver.c sends it as any other. Otherwise does next to nothing,
 * and with nothing allowed collects nothing. *next = when to ask again, UTC;
 * TIMER_NEVER if only a decision can change that.
 *
 * What cannot be collected or staged is logged and tried again after a pause
 * that grows; it is no error here.
 * Errors: those of the database alone (IO, RETRY, INVALID).
 */
MUST_USE bool timer_round(struct client *client, int64_t *next,
			  struct err *err);

/* The hours of this device; a zone is loaded (base/zone.h). */
struct automatic;
struct timetable timer_hours(const struct client *client,
			     const struct automatic *automatic);

/*
 * For timer, alarm and instructions: stages what was collected for these
 * services (those of which nothing was found are left out) and approves it as
 * this maker, in the caller's transaction. transaction: of what was staged;
 * NULL = nobody wants to know. Errors: as stage_collected().
 */
struct stage_order;
struct collected;
MUST_USE bool timer_send(struct client *client, const struct stage_order *order,
			 const struct collected *collected, const char *why,
			 char transaction[UUID_TEXT_SIZE], struct err *err);

#endif
