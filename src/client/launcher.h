#ifndef SLUICE_CLIENT_LAUNCHER_H
#define SLUICE_CLIENT_LAUNCHER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/device_config.h"

/*
 * A small process that root leaves behind before becoming the client's user.
 * It can run the collectors and job sources of the configuration that it got
 * at its start, each as its own user, and nothing else: what it is told is a
 * number, and the id of a job. It does one thing at a time.
 */
struct launcher;

/*
 * Starts it. *launcher is NULL, and that is no error, when this process is
 * not root or lacks a capability for it (told in log): programs then run as
 * this process. Call it before any key, database or socket is open and while
 * there is one thread. From then on SIGPIPE is ignored. config and log are
 * borrowed for this call alone. End with launcher_end().
 * Errors: IO.
 */
MUST_USE bool launcher_start(const struct device_config *config,
			     const struct log *log, struct launcher **launcher,
			     struct err *err);

/*
 * Has it run the collector config->collectors[number].
 *
 * out, said, stop_fd  as collector_run() has them
 *
 * Errors: as collector_run(); IO (it is gone, or does not answer).
 */
MUST_USE bool launcher_collect(struct launcher *launcher,
			       const struct device_config *config,
			       size_t number, int stop_fd, struct buf *out,
			       struct buf *said, struct err *err);

/*
 * The same for "list" of config->job_sources[number], as
 * collector_list_jobs() has it. Errors: also RETRY (a job is open).
 */
MUST_USE bool launcher_list_jobs(struct launcher *launcher,
				 const struct device_config *config,
				 size_t number, int stop_fd, struct buf *out,
				 struct buf *said, struct err *err);

/*
 * Has it run "get" for one job, whose bytes then come from *fd, a pipe that
 * does not block; close() it. launcher_end_job() must follow.
 * Errors: RETRY (a job is open), NOT_FOUND (no valid id), IO.
 */
MUST_USE bool launcher_open_job(struct launcher *launcher, size_t number,
				const char *job, int *fd, struct err *err);

/*
 * How it ended.
 *
 * whole   its pipe was read to the end; false = the program is ended first
 *
 * Errors: as spawn_end(); IO (the launcher is gone, or does not answer).
 */
MUST_USE bool launcher_end_job(struct launcher *launcher,
			       const struct device_config *config, bool whole,
			       int stop_fd, struct buf *said, struct err *err);

/* Readable = it has ended, or must be taken for ended. -1 = there is none. */
int launcher_fd(const struct launcher *launcher);
bool launcher_has_ended(const struct launcher *launcher); /* NULL: no */

/* Ends it and waits: no collector runs any more. NULL is fine. */
void launcher_end(struct launcher *launcher);

#endif
