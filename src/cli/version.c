/*
 * "sluice version": which program this is, and which catalogue it carries.
 */
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "documents/catalogue.h"

int version_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	(void)args;
	(void)err;
	uint8_t hash[32];
	char hex[65];
	catalogue_hash(hash);
	hex_encode(hex, hash, sizeof(hash));
	print_line(cli->out, "sluice %s", PACKAGE_VERSION);
	print_line(cli->out, "catalogue %s", hex);
	return CLI_DONE;
}
