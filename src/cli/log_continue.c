/*
 * "sluice log continue": the owner's word on a log conflict. What it comes to
 * is domain/continuation's; the next check-in tells the server.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "cli/terminal.h"
#include "domain/continuation.h"
#include "domain/witnessed.h"

static bool confirm(const struct cli *cli, const struct cli_args *args,
		    struct db *db, struct err *err)
{
	struct witnessed w;
	struct buf what = BUF_INIT;
	if (!witnessed_read(db, &w, err)) {
		return false;
	}
	buf_printf(&what,
		   "The server keeps a head of %" PRIu64
		   " entries that this log did not grow out of. Entries that "
		   "only that one has are lost here for good. Both sides keep "
		   "the evidence.",
		   w.told);
	bool ok = terminal_confirm(cli, args, buf_str(&what), "continue", err);
	buf_clear(&what);
	return ok;
}

int log_continue_run(struct cli *cli, const struct cli_args *args,
		     struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	if (cli_device_open(args->conf, &device, err) &&
	    cli_device_is_owner(&device, err) &&
	    continuation_may(device.db, err) &&
	    confirm(cli, args, device.db, err) &&
	    continuation_acknowledge(device.db, cli->actor, clock_utc_now(),
				     err)) {
		print_line(cli->out, "The conflict is acknowledged, with an "
				     "entry of the log. The next check-in "
				     "tells the server (\"sluice checkin\"), "
				     "where the vendor has to accept it.");
	}
	cli_device_close(&device);
	return CLI_DONE;
}
