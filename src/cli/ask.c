/*
 * The command line's way to the daemon. A round of "sluice run --once" takes
 * the daemon's lock, or, when somebody else has it, wakes him and ends at
 * once; so it is right to start one whenever no daemon is seen and the matter
 * is not settled.
 */
#include "cli/ask.h"

#include <errno.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "domain/requests.h"

/* The round that we started; pid 0 = none is on its way. */
struct round {
	pid_t pid;
	bool failed; /* the last one ended with another code than 0 */
};

static bool start_round(const struct ask *ask, struct round *round,
			struct err *err)
{
	const char *const argv[] = { ask->cli->self, "run",   "--once",
				     "--log-level",  "error", "--conf",
				     ask->conf,      NULL };
	pid_t pid = 0;
	int why = posix_spawn(&pid, ask->cli->self, NULL, NULL,
			      (char *const *)(uintptr_t)argv, environ);
	if (why != 0) {
		return err_set_errno(err, ERR_IO, why, "%s cannot be started",
				     ask->cli->self);
	}
	round->pid = pid;
	return true;
}

static void reap_round(struct round *round)
{
	int status = 0;
	if (round->pid == 0) {
		return;
	}
	pid_t got = waitpid(round->pid, &status, WNOHANG);
	if (got == round->pid || (got < 0 && errno == ECHILD)) {
		round->failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
		round->pid = 0;
	}
}

static void pause_ms(long ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000 };
	while (nanosleep(&left, &left) < 0 && errno == EINTR) {
	}
}

static bool watch(const struct ask *ask, struct round *round, struct err *err)
{
	int64_t end = clock_monotonic_ms() + ask->limit_ms;
	requests_wake(ask->device->config.state);
	while (clock_monotonic_ms() < end) {
		bool settled = false;
		reap_round(round);
		bool idle = round->pid == 0;
		if (!ask->look(ask->ctx, ask->device->db, &settled, err)) {
			return false;
		}
		if (settled) {
			return true;
		}
		if (round->failed) {
			return err_set(err, ERR_IO,
				       "The client could not do "
				       "its work; what it said stands above.");
		}
		if (idle && !cli_device_daemon_runs(ask->device) &&
		    !start_round(ask, round, err)) {
			return false;
		}
		pause_ms(ASK_POLL_MS);
	}
	return err_set(err, ERR_RETRY,
		       "It is not done after %lld seconds and "
		       "goes on without this command; \"sluice status\" shows "
		       "how it stands.",
		       (long long)(ask->limit_ms / 1000));
}

bool ask_and_watch(const struct ask *ask, struct err *err)
{
	struct round round = { 0, false };
	bool ok = watch(ask, &round, err);
	/*
	 * The round may still be signing the log; it is ours, so we do not
	 * leave before it.
	 */
	while (round.pid != 0 && ok) {
		reap_round(&round);
		if (round.pid != 0) {
			pause_ms(ASK_POLL_MS);
		}
	}
	return ok;
}
