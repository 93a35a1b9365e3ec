#ifndef SLUICE_CLIENT_STAGE_H
#define SLUICE_CLIENT_STAGE_H

#include "client/client.h"
#include "formats/uuid.h"

/*
 * Collects and stages one transmission for the services (SERVICE_BIT()s): the
 * exact bytes that a person will see and that may be sent. With a grant for
 * every one of them it is STAGED; otherwise a SAMPLE, which shows what would
 * be sent and never is. actor as ledger_append() takes it.
 *
 * Errors: INVALID (no service, or an unknown one), NOT_FOUND (nothing was
 * collected for them), RETRY (a grant changed while collecting; or a
 * collector was late), LIMIT, IO (disk full: nothing was staged).
 */
MUST_USE bool stage_preview(struct client *client, const char *actor,
			    unsigned services, char transaction[UUID_TEXT_SIZE],
			    struct err *err);

#endif
