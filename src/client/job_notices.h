#ifndef SLUICE_CLIENT_JOB_NOTICES_H
#define SLUICE_CLIENT_JOB_NOTICES_H

#include "client/client.h"

#define JOB_NOTICES_EVERY_S ((int64_t)86400)

/*
 * Asks the server what became of job data, and for the vendor's newest list
 * of recipients. asked: a person wants it now; otherwise at most once a day,
 * and only while something of this device is at the server. Without remote
 * services there is no packet: DENIED when a person asked, else nothing.
 *
 * *next: UTC, when it is due again; INT64_MAX = not by itself.
 * Errors: those of the database; when a person asked, also what went wrong.
 */
MUST_USE bool job_notices_round(struct client *client, bool asked,
				int64_t *next, struct err *err);

#endif
