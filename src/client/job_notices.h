#ifndef SLUICE_CLIENT_JOB_NOTICES_H
#define SLUICE_CLIENT_JOB_NOTICES_H

#include "client/client.h"
#include "formats/note.h"
#include "net/ask.h"

/*
 * A person asks the server what became of job data, and for the vendor's
 * newest list of recipients. By itself the client asks when a check-in told
 * that there is something. Without remote services there is no packet.
 * Errors: DENIED (remote services are not allowed), what went wrong.
 */
MUST_USE bool job_notices_ask(struct client *client, struct err *err);

/*
 * The parts of it, for checkin.c and over its connection. verifier: of the
 * server's receipts. Errors: RETRY (connection, server), DENIED and INVALID
 * (what came is not believed), those of the database.
 */
MUST_USE bool job_notices_fetch(struct client *client, struct ask_way *way,
				const struct note_verifier *verifier,
				struct err *err);
/* A server without a list, or a device without the vendor's key, is fine. */
MUST_USE bool job_notices_recipients(struct client *client, struct ask_way *way,
				     struct err *err);

#endif
