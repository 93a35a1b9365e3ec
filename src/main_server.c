/*
 * sluice-server, the Communication Server: puts the commands (cli), the
 * workers (server) and the console's pages (cgi/server) together. What each
 * does stands there.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cgi/server/console.h"
#include "cli/server_commands.h"

static const char about[] =
	"The Communication Server of Sluice: takes what customers allowed "
	"their devices to send, and signs for it.";

/* "command line: root", for the ledger. */
static void name_actor(char *dst, size_t size)
{
	const struct passwd *user = getpwuid(getuid());
	if (user != NULL) {
		snprintf(dst, size, "command line: %.32s", user->pw_name);
	} else {
		snprintf(dst, size, "command line: %ld", (long)getuid());
	}
}

int main(int argc, char *argv[])
{
	static const struct server_console console = { console_open,
						       console_serve };
	char actor[64];
	const char *conf = getenv("SLUICE_SERVER_CONF");
	name_actor(actor, sizeof(actor));
	struct server_cli server = {
		.cli = {
			.program = "sluice-server",
			.default_conf = conf != NULL && conf[0] != '\0' ?
				conf : LOCALSTATEDIR "/lib/sluice-server/server.conf",
			.out = stdout,
			.problems = stderr,
			.in_fd = 0,
			.self = argv[0],
			.actor = actor,
		},
		.console = &console,
	};
	return cli_run(&server.cli, server_commands, about, argc - 1, argv + 1);
}
