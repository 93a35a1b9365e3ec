#ifndef SLUICE_CLIENT_INSTRUCTIONS_H
#define SLUICE_CLIENT_INSTRUCTIONS_H

#include "base/buf.h"
#include "client/client.h"
#include "formats/instruction.h"
#include "net/ask.h"

/*
 * For checkin.c: fetches instructions over its connection, one after another
 * from the one after the last that was taken up to number, at most
 * INSTRUCTIONS_AT_ONCE and in 24 hours INSTRUCTIONS_A_DAY, checks each and
 * takes it (domain/instructions.h) or keeps it as refused. Each is kept for
 * ever and answered by a check-in of its own, so that without a limit a server
 * could fill this disk and set the pace, and needs no key for that. An answer
 * that says no is no error: that number is the next one to ask for again.
 * Errors: those of ask_do() and of the database.
 */
#define INSTRUCTIONS_AT_ONCE 8
#define INSTRUCTIONS_A_DAY 32
#define INSTRUCTIONS_TARGET "/v1/instructions/" /* and the number */
MUST_USE bool instructions_fetch(struct client *client, struct ask_way *way,
				 uint64_t number, struct err *err);

/*
 * For checkin.c, before that: the server says that it has outcomes up to
 * number, which is more than this database knows of, because it is an older
 * copy. They are passed over (domain/instructions.h) when the server shows that
 * the instruction of that number was made for this device: it takes the
 * vendor's key to use up numbers. If it shows something else, all stays as it
 * is, and they are fetched like others. Errors: those of ask_do() and of the
 * database, and a status other than 200: then nothing is to be fetched now, for
 * it could be done twice.
 */
MUST_USE bool instructions_catch_up(struct client *client, struct ask_way *way,
				    uint64_t number, struct err *err);

/*
 * Could it be carried out at all, if everybody said yes? One that could not
 * (limits, a log that is shorter) is refused as LIMITS when it comes. words
 * gets the sentence that says why not, for both sides. Errors: those of the
 * database.
 */
MUST_USE bool instruction_possible(struct client *client,
				   const struct instruction *is, bool *possible,
				   struct buf *words, struct err *err);

/*
 * One round: ends those that are over, carries out those that are approved.
 * Looks again at grants, policy and limits. What goes wrong with one is its
 * outcome. *ended (may be NULL): how many have an outcome now that had none.
 * Errors: those of the database.
 */
MUST_USE bool instructions_round(struct client *client, unsigned *ended,
				 struct err *err);

/*
 * For checkin.c: what the server has not been told yet goes into outcomes and
 * rows of the request, as much as there is room for; nothing else of it is
 * touched. Outcomes hold our own words, no name of a person and nothing that
 * was collected; rows hold what struct checkin_row says, and of job data the
 * leaf alone. *count (may be NULL) = outcomes.
 */
struct checkin_request;
MUST_USE bool instructions_report(struct client *client,
				  struct checkin_request *request,
				  size_t *count, struct err *err);

/* The server has these outcomes. In the caller's transaction or its own. */
MUST_USE bool instructions_told(struct client *client,
				const struct checkin_request *request,
				struct err *err);

#endif
