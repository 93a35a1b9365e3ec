#ifndef SLUICE_CLIENT_INSTRUCTIONS_H
#define SLUICE_CLIENT_INSTRUCTIONS_H

#include "client/client.h"
#include "net/ask.h"

/*
 * For checkin.c: fetches instructions over its connection, one after another
 * from the one after the last that was taken up to number, at most
 * INSTRUCTIONS_AT_ONCE, checks each and takes it (domain/instructions.h) or
 * keeps it as refused. Errors: RETRY (connection), those of the database.
 */
#define INSTRUCTIONS_AT_ONCE 8
#define INSTRUCTIONS_TARGET "/v1/instructions/" /* and the number */
MUST_USE bool instructions_fetch(struct client *client, struct ask_way *way,
				 uint64_t number, struct err *err);

/*
 * One round: ends those that are over, carries out those that are approved.
 * Looks again at grants, policy and limits. What goes wrong with one is its
 * outcome. Errors: those of the database.
 */
MUST_USE bool instructions_round(struct client *client, struct err *err);

#endif
