#ifndef SLUICE_DOMAIN_JOB_ANSWER_H
#define SLUICE_DOMAIN_JOB_ANSWER_H

#include "base/buf.h"
#include "base/err.h"

/*
 * How the daemon hands the list of jobs to the page that asked: through a
 * FIFO "jobs-KEY" in the state folder, so that no name of a job is written to
 * a disk. The page makes it, leaves a REQUEST_JOBS with the same key, waits,
 * and removes it. The daemon removes those that were left behind, at its start.
 */
#define JOB_ANSWER_WAIT_MS 20000

struct job_answer; /* the page's end */

/* key: the request's. Errors: INVALID (no key), IO. */
MUST_USE bool job_answer_open(const char *state, const char *key,
			      struct job_answer **answer, struct err *err);
/*
 * Waits for the whole answer; it is appended, caller buf_burn()s. Errors:
 * RETRY (none came, or not all of it in time), LIMIT, IO.
 */
MUST_USE bool job_answer_wait(struct job_answer *answer, int timeout_ms,
			      struct buf *out, struct err *err);
void job_answer_close(struct job_answer *answer); /* removes it */

/*
 * The daemon's end: writes it all, as long as somebody reads. Nobody there
 * (any more) is no error; SIGPIPE has to be ignored. Errors: INVALID (no key),
 * RETRY (there is a reader, and it does not read), IO (no FIFO).
 */
MUST_USE bool job_answer_give(const char *state, const char *key,
			      const void *data, size_t len, int timeout_ms,
			      struct err *err);
void job_answer_sweep(const char *state);

#endif
