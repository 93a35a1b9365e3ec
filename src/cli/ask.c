/*
 * The command line's way to the daemon. Where no daemon is seen, this process
 * does the daemon's round itself, under the daemon's lock; when somebody else
 * has that, the round wakes him and ends at once. So it is right to begin one
 * whenever the matter is not settled.
 */
#include "cli/ask.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "client/client.h"
#include "client/daemon.h"
#include "formats/uuid.h"

static void pause_ms(long ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000 };
	while (nanosleep(&left, &left) < 0 && errno == EINTR) {
	}
}

/* For the person who waits; trouble shows at the next look. */
static void look_on(void *ctx)
{
	const struct ask *ask = ctx;
	bool settled;
	(void)!ask->look(ask->ctx, ask->device->db, &settled, NULL);
}

/* *mine: it was done here, and not by somebody who has the lock. */
static bool do_round(const struct ask *ask, bool *mine, struct err *err)
{
	const struct log log = { .fd = STDERR_FILENO,
				 .least = LOG_ERROR_LEVEL,
				 .program = ask->cli->program };
	const struct cli_device *device = ask->device;
	struct ask watcher = *ask;
	struct client client;
	struct client_done done = { .by_daemon = false };
	struct err why = { .kind = ERR_NONE };
	bool ok = client_open(&client, &device->config, device->db, &log, &why);
	if (ok) {
		client.launcher = device->launcher;
		client.moved = look_on;
		client.moved_ctx = &watcher;
		ok = client_work(&client, false, &done, &why);
		client_close(&client);
	}
	*mine = !done.by_daemon;
	return ok || err_set(err, ERR_IO,
			     "The client could not do its work. %s", why.text);
}

/* One look, and a round where nobody else is there for it. */
static bool step(const struct ask *ask, bool *settled, struct err *err)
{
	struct db *db = ask->device->db;
	bool mine = false;
	if (!ask->look(ask->ctx, db, settled, err)) {
		return false;
	}
	if (*settled || cli_device_daemon_runs(ask->device)) {
		return true;
	}
	return do_round(ask, &mine, err) &&
	       (!mine || ask->look(ask->ctx, db, settled, err));
}

bool ask_and_watch(const struct ask *ask, struct err *err)
{
	int64_t end = clock_monotonic_ms() + ask->limit_ms;
	requests_wake(ask->device->config.state);
	while (clock_monotonic_ms() < end) {
		bool settled = false;
		if (!step(ask, &settled, err)) {
			return false;
		}
		if (settled) {
			return true;
		}
		pause_ms(ASK_POLL_MS);
	}
	return err_set(err, ERR_RETRY,
		       "It is not done after %lld seconds and "
		       "goes on without this command; \"sluice status\" shows "
		       "how it stands.",
		       (long long)(ask->limit_ms / 1000));
}

static bool look_at_request(void *ctx, struct db *db, bool *settled,
			    struct err *err)
{
	struct request_row *row = ctx;
	if (!requests_get(db, row->id, row, err)) {
		return false;
	}
	*settled = row->state == REQUEST_DONE || row->state == REQUEST_REFUSED;
	return true;
}

bool ask_request(const struct cli *cli, const struct cli_device *device,
		 enum request_kind kind, unsigned services, int64_t limit_ms,
		 struct request_row *row, struct err *err)
{
	char key[UUID_TEXT_SIZE];
	struct request_row asked = { .id = 0 };
	const struct ask ask = { .cli = cli,
				 .device = device,
				 .look = look_at_request,
				 .ctx = &asked,
				 .limit_ms = limit_ms };
	uuid_v7(key, clock_utc_now_ms());
	if (!requests_add(device->db, kind, services, cli->actor, key,
			  clock_utc_now(), &asked.id, err) ||
	    !ask_and_watch(&ask, err)) {
		return false;
	}
	if (asked.state == REQUEST_REFUSED) {
		return err_set(err, (enum err_kind)asked.problem_kind, "%s",
			       asked.problem);
	}
	*row = asked;
	return true;
}
