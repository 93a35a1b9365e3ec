#ifndef SLUICE_CLIENT_DAEMON_H
#define SLUICE_CLIENT_DAEMON_H

#include <stdbool.h>

#include "client/client.h"
#include "client/deliver.h"

#define DAEMON_LOCK_FILE "daemon.lock" /* in the state folder */
#define DAEMON_WAKE_FILE "wake"        /* FIFO, in the state folder */
/* There while a daemon that runs waits for a command's round to end. */
#define DAEMON_WAITS_FILE "daemon.waits"

/* What one round did. */
struct client_done {
	bool by_daemon;    /* a daemon runs: it was woken, the rest is 0 */
	unsigned requests; /* requests that were handled, refused ones too */
	/* UTC: the daily send or a look is due then; INT64_MAX = never */
	int64_t next;
	struct deliver_report deliver;
};

/*
 * Does in this process what the daemon would do now: takes up what was left
 * by one that died, handles all open requests, sends all that is due, signs
 * the log; then returns. For the command line. When a daemon holds the
 * lock, wakes it instead and says so in *done; the caller then watches the
 * rows of requests and outbox. all: makes the daily send too if it is due,
 * and looks for alarms, as the daemon does.
 * Errors: IO, RETRY (database).
 */
MUST_USE bool client_work(struct client *client, bool all,
			  struct client_done *done, struct err *err);

/*
 * Runs until SIGTERM or SIGINT: waits first until a command that makes a round
 * just now has ended, and says so in the log and by DAEMON_WAITS_FILE; then
 * waits at the wake FIFO and for the next transmission, daily send, look or
 * piece of job data that is due. Enters the sandbox before it reads any input.
 * true = told to stop.
 * Errors: RETRY (another daemon runs), IO (its launcher ended, too).
 */
MUST_USE bool daemon_run(struct client *client, struct err *err);

#endif
