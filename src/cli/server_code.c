/*
 * "sluice-server code ...": one-time codes with which devices enrol. What a
 * code is good for is server/codes; what a device does with it server/est.
 */
#include "cli/server_commands.h"

#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/print.h"
#include "server/codes.h"

#define DAY_S ((int64_t)24 * 60 * 60)

static const char *or_none(const char *value)
{
	return value == NULL ? "" : value;
}

int server_code_make_run(struct cli *cli, const struct cli_args *args,
			 struct err *err)
{
	struct server_cli_open open;
	char code[CODE_SIZE];
	char until[PRINT_TIME_SIZE];
	long long days = CODE_PRESET_S / DAY_S;
	int64_t now = clock_utc_now();
	if (!cli_number(args, "--days", 1, CODE_MOST_S / DAY_S, &days, err)) {
		return CLI_USAGE;
	}
	char device[FLEET_ID_SIZE];
	if (!server_cli_device(args->at[0], device, err)) {
		return CLI_USAGE;
	}
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	const struct code_order order = {
		.device = device,
		.title = or_none(cli_value(args, "--title")),
		.serial_number = or_none(cli_value(args, "--serial")),
		.expires_at = now + days * DAY_S,
	};
	int exit_code = CLI_DONE;
	if (codes_make(open.server.db, cli->actor, &order, now, code, err)) {
		/* Scripts take the first line. */
		print_line(cli->out, "%s", code);
		print_line(cli->out,
			   "For device %s, once, until %s. It is not shown "
			   "again. Type it on the device's page \"Network\", "
			   "or there: sluice enrol",
			   order.device, print_time(until, order.expires_at));
		mem_burn(code, sizeof(code));
	} else {
		exit_code = cli_exit_of_words(err);
	}
	server_cli_close(&open);
	return exit_code;
}

static const char *state_of(const struct code_row *row, int64_t now)
{
	if (row->ended_at != 0) {
		return row->certificate[0] != '\0' ? "used" : "withdrawn";
	}
	return now < row->expires_at ? "open" : "run out";
}

static void print_codes(FILE *out, const struct code_row *list, size_t count,
			int64_t now)
{
	static const char *const head[] = { "Code",    "Device", "Made by",
					    "Made at", "Until",  "State",
					    NULL };
	struct print_table table;
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		const struct code_row *row = &list[i];
		char id[24], made[PRINT_TIME_SIZE], until[PRINT_TIME_SIZE];
		snprintf(id, sizeof(id), "%" PRId64, row->id);
		const char *const cells[] = { id,
					      row->device,
					      row->made_by,
					      print_time(made, row->made_at),
					      print_time(until,
							 row->expires_at),
					      state_of(row, now),
					      NULL };
		print_table_row(&table, cells);
	}
	print_table_end(&table, out);
}

static void print_codes_json(FILE *out, const struct code_row *list,
			     size_t count, int64_t now)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct code_row *row = &list[i];
		json_array_append_new(
			array,
			json_pack("{s:I, s:s, s:s, s:s, s:o, s:s, s:o, s:o, "
				  "s:s, s:s}",
				  "id", (json_int_t)row->id, "device",
				  row->device, "title", row->title, "serial",
				  row->serial_number, "made_at",
				  print_json_time(row->made_at), "made_by",
				  row->made_by, "expires_at",
				  print_json_time(row->expires_at), "ended_at",
				  print_json_time(row->ended_at), "certificate",
				  row->certificate, "state",
				  state_of(row, now)));
	}
	print_json_block(out, array);
}

int server_code_list_run(struct cli *cli, const struct cli_args *args,
			 struct err *err)
{
	struct server_cli_open open;
	struct code_row *list = NULL;
	size_t count = 0;
	int64_t now = clock_utc_now();
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (codes_list(open.server.db, &list, &count, err)) {
		if (cli_flag(args, "--json")) {
			print_codes_json(cli->out, list, count, now);
		} else if (count == 0) {
			print_line(cli->out, "There is no code yet.");
		} else {
			print_codes(cli->out, list, count, now);
		}
	}
	mem_free(list);
	server_cli_close(&open);
	return CLI_DONE;
}

int server_code_withdraw_run(struct cli *cli, const struct cli_args *args,
			     struct err *err)
{
	struct server_cli_open open;
	int64_t id = 0;
	if (!text_parse_i64(args->at[0], 1, INT64_MAX, &id)) {
		return cli_misused(cli, "code withdraw",
				   "Name the code by its number, as \"code "
				   "list\" shows it.");
	}
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (codes_withdraw(open.server.db, cli->actor, id, clock_utc_now(),
			   err)) {
		print_line(cli->out, "Code %" PRId64 " is withdrawn.", id);
	}
	server_cli_close(&open);
	return CLI_DONE;
}
