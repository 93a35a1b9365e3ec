/*
 * "sluice run": the client daemon in the foreground; a service manager puts
 * it into the background. With --once one round of its work.
 */
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "client/client.h"
#include "client/daemon.h"

static bool read_level(const struct cli_args *args, enum log_level *level,
		       struct err *err)
{
	static const struct {
		const char *name;
		enum log_level level;
	} known[] = {
		{ "debug", LOG_DEBUG_LEVEL },
		{ "info", LOG_INFO_LEVEL },
		{ "warn", LOG_WARN_LEVEL },
		{ "error", LOG_ERROR_LEVEL },
	};
	const char *name = cli_value(args, "--log-level");
	if (name == NULL) {
		*level = LOG_INFO_LEVEL;
		return true;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (text_equal(name, known[i].name)) {
			*level = known[i].level;
			return true;
		}
	}
	return err_set(err, ERR_INVALID,
		       "--log-level must be debug, info, warn or error.");
}

static bool work_once(struct client *client, struct err *err)
{
	struct client_done done = { 0 };
	return client_work(client, true, &done, err);
}

int run_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct client client = { .stop_fd = -1, .yield_fd = -1 };
	struct log log = { .fd = STDERR_FILENO, .program = cli->program };
	if (!read_level(args, &log.least, err)) {
		return CLI_USAGE;
	}
	if (cli_device_open_to_collect(args->conf, &log, &device, err) &&
	    client_open(&client, &device.config, device.db, &log, err)) {
		client.launcher = device.launcher;
		(void)!(cli_flag(args, "--once") ? work_once(&client, err)
						 : daemon_run(&client, err));
		client_close(&client);
	}
	cli_device_close(&device);
	return CLI_DONE;
}
