/*
 * Which device a command line means. Devices have their ids in one spelling,
 * people type them from labels and out of letters; what may differ is
 * fleet_id_typed()'s to say.
 */
#include "cli/server_commands.h"

#include "server/fleet.h"

bool server_cli_device(const char *typed, char id[FLEET_ID_SIZE],
		       struct err *err)
{
	return fleet_id_typed(typed, id) ||
	       err_set(err, ERR_INVALID,
		       "\"%.64s\" is no device's id: that has 1 to 64 small "
		       "letters, digits, dots or dashes. \"sluice-server "
		       "device list\" shows those that there are.",
		       typed);
}

bool server_cli_only_device(const struct cli_args *args,
			    struct server_cli_only *only, struct err *err)
{
	const char *typed = cli_value(args, "--device");
	only->device = NULL;
	if (typed == NULL) {
		return true;
	}
	if (!server_cli_device(typed, only->id, err)) {
		return false;
	}
	only->device = only->id;
	return true;
}
