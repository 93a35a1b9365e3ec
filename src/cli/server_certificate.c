/*
 * "sluice-server certificate ...": which certificates devices hold, when they
 * run out, and ending one of them. Tables and rules: server/certificates.
 */
#include "cli/server_commands.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/print.h"
#include "server/certificates.h"

#define DAY_S ((int64_t)24 * 60 * 60)

/* What holds of it, the gravest first. */
static const char *state_of(const struct certificate_row *row, int64_t now)
{
	return !row->device_stands     ? "device revoked"
	       : row->revoked_at != 0  ? "revoked"
	       : row->not_after <= now ? "over"
	       : row->newest           ? "stands"
				       : "stands, older";
}

/* "5 days", with a mark from CERTIFICATES_WARN_DAYS on. */
static void put_left(char *dst, size_t size, const struct certificate_row *row,
		     int64_t now)
{
	long long days = (long long)((row->not_after - now) / DAY_S);
	int step = certificates_step(row->not_after, now);
	if (step < 0) {
		snprintf(dst, size, "over");
	} else if (step > 0) {
		snprintf(dst, size, "%lld days (!%d)", days, step);
	} else {
		snprintf(dst, size, "%lld days", days);
	}
}

static void print_certificates(FILE *out, const struct certificate_row *list,
			       size_t count, int64_t now)
{
	static const char *const head[] = { "Device", "Until",   "Left", "Came",
					    "State",  "SHA-256", NULL };
	struct print_table table;
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		const struct certificate_row *row = &list[i];
		char until[PRINT_TIME_SIZE], left[40];
		put_left(left, sizeof(left), row, now);
		const char *const cells[] = { row->device,
					      print_time(until, row->not_after),
					      left,
					      row->origin,
					      state_of(row, now),
					      row->sha256,
					      NULL };
		print_table_row(&table, cells);
	}
	print_table_end(&table, out);
}

static void print_certificates_json(FILE *out,
				    const struct certificate_row *list,
				    size_t count, int64_t now)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct certificate_row *row = &list[i];
		json_array_append_new(
			array,
			json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, "
				  "s:s, s:s, s:b, s:i, s:s}",
				  "sha256", row->sha256, "device", row->device,
				  "serial", row->serial, "origin", row->origin,
				  "not_before",
				  print_json_time(row->not_before), "not_after",
				  print_json_time(row->not_after), "issued_at",
				  print_json_time(row->issued_at), "revoked_at",
				  print_json_time(row->revoked_at),
				  "revoked_by", row->revoked_by, "reason",
				  row->reason, "newest", row->newest, "step",
				  certificates_step(row->not_after, now),
				  "state", state_of(row, now)));
	}
	print_json_block(out, array);
}

int server_certificate_list_run(struct cli *cli, const struct cli_args *args,
				struct err *err)
{
	struct server_cli_open open;
	struct server_cli_only only;
	struct certificate_row *list = NULL;
	size_t count = 0;
	int64_t now = clock_utc_now();
	if (!server_cli_only_device(args, &only, err)) {
		return CLI_USAGE;
	}
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (certificates_list(open.server.db, only.device, &list, &count,
			      err)) {
		if (cli_flag(args, "--json")) {
			print_certificates_json(cli->out, list, count, now);
		} else if (count == 0) {
			print_line(cli->out, "There is no certificate.");
		} else {
			print_certificates(cli->out, list, count, now);
		}
	}
	mem_free(list);
	server_cli_close(&open);
	return CLI_DONE;
}

int server_certificate_revoke_run(struct cli *cli, const struct cli_args *args,
				  struct err *err)
{
	struct server_cli_open open;
	const char *reason = cli_value(args, "--reason");
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (certificates_revoke(open.server.db, cli->actor, args->at[0],
				reason == NULL ? "" : reason, clock_utc_now(),
				err)) {
		print_line(cli->out,
			   "The certificate is revoked. Its device can be "
			   "enrolled again with a new code.");
	}
	server_cli_close(&open);
	return CLI_DONE;
}
