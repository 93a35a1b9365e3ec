#ifndef SLUICE_CLIENT_JOB_SOURCE_H
#define SLUICE_CLIENT_JOB_SOURCE_H

#include <sys/types.h>

#include "client/client.h"
#include "formats/job_list.h"

/*
 * Job sources: programs of the configuration ("[jobs:NAME]"), run like
 * collectors, each as its own user in a sandbox. "PROGRAM ARGUMENTS list"
 * prints the jobs (formats/job_list.h), "PROGRAM ARGUMENTS get ID" the bytes
 * of one.
 */

/*
 * Asks every source. One that fails has its problem in the list and the others
 * still count. *list is the caller's to clear always; what it held before is
 * forgotten. While a stream is open through the launcher, each source has the
 * problem that a job is being read.
 * Errors: NOT_FOUND (none is configured), RETRY (stopped).
 */
MUST_USE bool job_source_list(struct client *client, struct job_list *list,
			      struct err *err);

/* Answers a page's REQUEST_JOBS with the list, see domain/job_answer.h. */
MUST_USE bool job_source_answer(struct client *client, const char *key,
				struct err *err);

struct job_stream; /* opaque: the content of one job as it comes */

/*
 * One stream at a time; end it with job_stream_close().
 * Errors: NOT_FOUND (no such source, no valid id), IO, RETRY (another stream
 * is open).
 */
MUST_USE bool job_source_open(struct client *client, const char *source,
			      const char *job, struct job_stream **stream,
			      struct err *err);

/* Up to len bytes; 0 = the end, -1 = failed. Straight into dst, no copy. */
ssize_t job_stream_read(struct job_stream *stream, void *dst, size_t len,
			struct err *err);

/*
 * The source's verdict: only after true was it the whole job, as it was
 * listed. Frees the stream; ends the program if it still runs, which is RETRY.
 * Errors: INVALID (the source says why: gone, changed, grew, unreadable),
 * RETRY (too slow, stopped), IO.
 */
MUST_USE bool job_stream_close(struct job_stream *stream, struct err *err);

#endif
