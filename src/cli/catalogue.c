/*
 * "sluice catalogue": what may leave at all, printed from the field tables.
 * Needs neither a configuration nor a device.
 */
#include "base/buf.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "documents/catalogue.h"

int catalogue_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	if (cli_flag(args, "--table") + cli_flag(args, "--xsd") +
		    cli_flag(args, "--html") >
	    1) {
		(void)err;
		return cli_misused(cli, "catalogue",
				   "Give one of --table, "
				   "--xsd, --html.");
	}
	struct buf out = BUF_INIT;
	if (cli_flag(args, "--xsd")) {
		catalogue_put_xsd(&out);
	} else if (cli_flag(args, "--html")) {
		catalogue_put_html(&out);
	} else {
		catalogue_put_table(&out);
	}
	print_bytes(cli->out, out.data, out.len);
	buf_clear(&out);
	return CLI_DONE;
}
