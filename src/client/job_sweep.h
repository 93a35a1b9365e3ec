#ifndef SLUICE_CLIENT_JOB_SWEEP_H
#define SLUICE_CLIENT_JOB_SWEEP_H

#include "client/client.h"

/*
 * Removes sealed files that nothing needs any more: of jobs that were sent,
 * failed or cancelled, and halves that a crash left (a day old). Of a job that
 * was stopped on its way the server is asked first to forget its part, once,
 * if remote services are still allowed; else the server does so by itself
 * after its time.
 * Errors: those of the database alone.
 */
MUST_USE bool job_sweep(struct client *client, struct err *err);

#endif
