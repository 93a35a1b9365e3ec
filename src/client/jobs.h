#ifndef SLUICE_CLIENT_JOBS_H
#define SLUICE_CLIENT_JOBS_H

#include "client/client.h"

/*
 * Takes confirmed job data on: ends what may not go on any more, seals what
 * waits, uploads what is sealed, one job after the other. Gives up its turn
 * when the client is woken or something else falls due (client->yield_fd,
 * yield_at), and goes on where it was in the next round. Nothing here can
 * start anything: orders are confirmed by people, domain/jobs_confirm.c.
 *
 * *next: UTC, when it wants to be called again; INT64_MAX = not by itself.
 * Trouble with a job is recorded with it and is no error.
 * Errors: those of the database alone (IO, RETRY).
 */
MUST_USE bool jobs_round(struct client *client, int64_t *next, struct err *err);

#endif
