#ifndef SLUICE_BASE_SPAWN_H
#define SLUICE_BASE_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/sandbox.h"
#include "base/unix_user.h"

/* What a child may use. 0 = that limit is not set. */
struct spawn_limits {
	int timeout_ms;      /* wall clock; then SIGKILL to its process group */
	size_t output_bytes; /* most on its standard output; spawn_run() alone */
	size_t memory_bytes;  /* RLIMIT_AS */
	unsigned cpu_seconds; /* RLIMIT_CPU */
	unsigned open_files;  /* RLIMIT_NOFILE */
	unsigned processes;   /* RLIMIT_NPROC: all of its user; not for root */
	size_t file_bytes;    /* RLIMIT_FSIZE */
	int stop_fd;          /* readable = end it at once */
	int folder_fd;        /* its working folder; 0 = ours */
	const struct unix_user *user; /* run as (only root can); NULL = as we */
	bool user_alone; /* end all that runs as this user, at the end */
	/* Entered before it is run, without any capability; 0 = none. Paths
	 * are seen from its working folder and by its user. */
	enum sandbox_profile profile;
	const struct sandbox_path *paths;
};

/*
 * Runs a program (no shell, argv[0] is its path, PATH is not searched) in its
 * own process group with empty standard input, a clean environment (envp) and
 * only descriptors 0, 1, 2 open; waits for it. Its process group is killed
 * when it ended, and with user_alone whatever else runs as its user, in other
 * groups and sessions too.
 *
 * out      its standard output, appended; only on success
 * err_out  first 4 KiB of its standard error, cleaned for people; may be NULL
 *
 * Errors: NOT_FOUND (no such program), RETRY (timed out or stopped), LIMIT
 * (output too long), INVALID (ended with another status than 0, or by a
 * signal), IO.
 */
MUST_USE bool spawn_run(const char *const argv[], const char *const envp[],
			const struct spawn_limits *limits, struct buf *out,
			struct buf *err_out, struct err *err);

/*
 * The same with an output that is not kept here. spawn_start() starts the
 * program; spawn_end() must follow and gives its end, with the errors of
 * spawn_run() but LIMIT.
 *
 * out_fd  its standard output; taken: closed here, always. -1 = a pipe of
 *         which spawn_read() gives the bytes
 */
struct spawn; /* opaque: a program that runs */

MUST_USE bool spawn_start(const char *const argv[], const char *const envp[],
			  const struct spawn_limits *limits, int out_fd,
			  struct spawn **spawn, struct err *err);

/*
 * Waits for the next bytes and reads up to len of them straight into dst; what
 * it says on its standard error is taken meanwhile. 0 = the end of its output,
 * -1 = it is late or was stopped (RETRY). Either says nothing yet of how it
 * ended.
 */
ssize_t spawn_read(struct spawn *spawn, void *dst, size_t len, struct err *err);

/*
 * Waits for it to end, within its time, and frees. A pipe that was not read
 * to its end is closed and the program killed: RETRY. spawn NULL is a bug.
 */
MUST_USE bool spawn_end(struct spawn *spawn, struct buf *err_out,
			struct err *err);

#endif
