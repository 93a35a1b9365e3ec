/*
 * "sluice pseudonyms": which code in a transmission stands for which name or
 * address of the customer's network. It is told here and on the page Privacy,
 * and nowhere else.
 */
#include "domain/pseudonyms.h"

#include <jansson.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"

static bool put_row(void *ctx, const char *token, const char *value,
		    int64_t last_at, struct err *err)
{
	char last[PRINT_TIME_SIZE];
	const char *const cells[] = { token, value, print_time(last, last_at) };
	(void)err;
	print_table_row(ctx, cells);
	return true;
}

static bool put_json(void *ctx, const char *token, const char *value,
		     int64_t last_at, struct err *err)
{
	char last[CLOCK_TEXT_SIZE];
	(void)err;
	clock_format(last, last_at);
	print_json_line(ctx, json_pack("{s:s, s:s, s:s}", "code", token,
				       "value", value, "last_used_at", last));
	return true;
}

static bool print_all(FILE *out, struct db *db, struct err *err)
{
	struct print_table table;
	const char *const head[] = { "CODE", "STANDS FOR", "LAST USED", NULL };
	print_table_init(&table, head);
	bool ok = pseudonyms_each(db, put_row, &table, err);
	bool none = table.rows == 1;
	print_table_end(&table, out);
	if (ok && none) {
		print_line(out, "No name of your network was replaced yet.");
	}
	return ok;
}

int pseudonyms_run(struct cli *cli, const struct cli_args *args,
		   struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	bool ok = cli_device_open(args->conf, &device, err) &&
		  (cli_flag(args, "--json")
			   ? pseudonyms_each(device.db, put_json, cli->out, err)
			   : print_all(cli->out, device.db, err));
	cli_device_close(&device);
	return ok ? CLI_DONE : CLI_FAILED;
}
