#ifndef SLUICE_CLIENT_STAGE_H
#define SLUICE_CLIENT_STAGE_H

#include "client/client.h"
#include "documents/collected.h"
#include "formats/uuid.h"

/* What is to be prepared, for whom and why. */
struct stage_order {
	const char *actor;  /* as ledger_append() takes it */
	const char *reason; /* "button", "timer", "alarm", "instruction" */
	/*
	 * SERVICE_BIT()s. What the personal gate lets through is in whenever
	 * it is open. Its own bit asks for a sample with personal data, to
	 * decide by.
	 */
	unsigned services;
};

/*
 * Runs the collectors, keeps what they say of the machine for the pages, and
 * adds what they found to *collected, which is the caller's to clear always.
 * *whole (may be NULL): did all of them succeed? Else what was not found may
 * be there all the same.
 * Errors: as collect_all().
 */
MUST_USE bool stage_collect(struct client *client, struct collected *collected,
			    bool *whole, struct err *err);

/*
 * Stages one transmission of what was collected: the exact bytes that a
 * person will see and that may be sent. With a grant for every service in
 * the order it is STAGED; otherwise a SAMPLE, which shows what would be sent
 * and never is. What happened before a grant is left out.
 *
 * Errors: INVALID (no service, or an unknown one), NOT_FOUND (nothing was
 * collected for them), RETRY (what was collected is older than a grant, or
 * one changed meanwhile), LIMIT, IO (disk full: nothing was staged).
 */
MUST_USE bool stage_collected(struct client *client,
			      const struct stage_order *order,
			      const struct collected *collected,
			      char transaction[UUID_TEXT_SIZE],
			      struct err *err);

/* Both for a person who asks for a preview. Errors: those of both. */
MUST_USE bool stage_preview(struct client *client, const char *actor,
			    unsigned services, char transaction[UUID_TEXT_SIZE],
			    struct err *err);

#endif
