#ifndef SLUICE_SERVER_SUPERVISOR_H
#define SLUICE_SERVER_SUPERVISOR_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/log.h"
#include "server/exchange.h"

/*
 * Starts workers and starts new ones for those that end. The listening
 * sockets are the supervisor's, so a worker that crashes takes nothing with
 * it but the one request it was at: what waits is served by the others.
 */
struct worker_kind {
	const char *name;   /* "api" */
	int listen_fd;      /* of fastcgi_listen() */
	int count;          /* workers */
	int wait_s;         /* longest wait for bytes of a body */
	const char *folder; /* the only one a worker may read and write */
	/*
	 * In the worker, still as the user that started the server: for what
	 * only that one can read. NULL = nothing.
	 */
	bool (*load)(void *ctx, struct err *err);
	/* In the worker, as its user, before the sandbox. */
	bool (*open)(void *ctx, struct err *err);
	/* In the worker: one request. */
	void (*serve)(void *ctx, const struct exchange *exchange);
	/*
	 * Instead of requests, when not NULL (then listen_fd, wait_s and serve
	 * are not looked at): called every period_s, first at once.
	 */
	void (*tick)(void *ctx);
	int period_s;
	void *ctx;
};

#define SUPERVISOR_WORKERS_MAX 128

/* Who workers are. uid 0 stands for "as we are". */
struct worker_user {
	uid_t uid;
	gid_t gid;
};

/*
 * Runs until SIGTERM or SIGINT, then ends the workers after their requests.
 * Workers that end right after they started are started again with a pause.
 * Errors: LIMIT (too many workers), IO.
 */
MUST_USE bool supervisor_run(const struct worker_kind *kinds, size_t count,
			     const struct worker_user *user,
			     const struct log *log, struct err *err);

#endif
