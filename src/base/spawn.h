#ifndef SLUICE_BASE_SPAWN_H
#define SLUICE_BASE_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* What a child may use. 0 = that limit is not set. */
struct spawn_limits {
	int timeout_ms;      /* wall clock; then SIGKILL to its process group */
	size_t output_bytes; /* most bytes on its standard output */
	size_t memory_bytes; /* RLIMIT_AS */
	unsigned cpu_seconds; /* RLIMIT_CPU */
	unsigned open_files;  /* RLIMIT_NOFILE */
	unsigned processes;   /* RLIMIT_NPROC (not applied for root) */
	int stop_fd;          /* readable = end it at once */
	const char *user;     /* run as (only root can); NULL = as we are */
};

/*
 * Runs a program (no shell, argv[0] is its path, PATH is not searched) in its
 * own process group with empty standard input, a clean environment (envp) and
 * only descriptors 0, 1, 2 open; waits for it.
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

#endif
