#ifndef SLUICE_CLI_ASK_H
#define SLUICE_CLI_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/command.h"
#include "cli/device.h"
#include "domain/requests.h"

/*
 * Has the daemon do what a command needs, and watches the database until it
 * is done. Without a daemon this process does the daemon's round itself, by
 * the same way through the client layer.
 */
struct ask {
	const struct cli *cli;
	const struct cli_device *device;
	/*
	 * Looks at the database: *settled = it is over. Called every
	 * ASK_POLL_MS, and whenever a round in this process got further (err
	 * is NULL then). Errors end the watch.
	 */
	bool (*look)(void *ctx, struct db *db, bool *settled, struct err *err);
	void *ctx;
	int64_t limit_ms; /* give up watching after this long */
};

#define ASK_POLL_MS 50

/*
 * Wakes whoever works and watches. true: look() said that it is settled.
 * Errors: RETRY (still not done after limit_ms: it goes on without us),
 * those of look(), IO (the work failed).
 */
MUST_USE bool ask_and_watch(const struct ask *ask, struct err *err);

/*
 * Leaves a request, and has it done as above. *row = how it stands then.
 * Errors: also what it was refused for.
 */
MUST_USE bool ask_request(const struct cli *cli,
			  const struct cli_device *device,
			  enum request_kind kind, unsigned services,
			  int64_t limit_ms, struct request_row *row,
			  struct err *err);

#endif
