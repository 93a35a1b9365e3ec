/*
 * "sluice checkin": checks in now and waits for the outcome; lists the last
 * ones, and shows the exact bytes of one. Making them is client/checkin.c's,
 * in the daemon or, where none runs, in this process.
 *
 * Exit codes: 0 the server answered, 1 it refused for good, 3 remote services
 * are not allowed, 4 it could not be reached and is tried again.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "cli/status_contact.h"
#include "domain/consent.h"

/* A connection, an answer, and what is newer: each ends by itself. */
#define CHECKIN_LIMIT_MS ((int64_t)5 * 60 * 1000)

/* ---- now ---- */

static bool is_allowed(struct db *db)
{
	struct consent remote;
	return consent_read_remote(db, clock_utc_now(), &remote, NULL) &&
	       remote.state == CONSENT_ALLOWED;
}

static void say_done(const struct cli_device *device, FILE *out,
		     struct err *err)
{
	struct status_contact contact;
	struct checkin_done *last = NULL;
	size_t count = 0;
	if (checkins_list(device->db, 1, &last, &count, err) && count > 0 &&
	    status_contact_read(device->db, clock_utc_now(), &contact, err)) {
		print_line(out,
			   "Checked in: %" PRIu64 " bytes out, %" PRIu64
			   " bytes in.",
			   last[0].bytes_out, last[0].bytes_in);
		status_contact_put(&contact, true, out);
	}
	mem_free(last);
}

/* A try that was written down has a next one. */
static void say_again(const struct cli_device *device, FILE *out)
{
	struct checkin_state state;
	char at[PRINT_TIME_SIZE];
	if (checkins_read(device->db, clock_utc_now(), &state, NULL) &&
	    state.failures > 0 && state.next_at != 0) {
		print_line(out, "It is tried again by itself at %s.",
			   print_time(at, state.next_at));
	}
}

static int check_in(const struct cli *cli, const struct cli_device *device,
		    struct err *err)
{
	struct request_row row;
	if (!is_allowed(device->db)) {
		err_set(err, ERR_DENIED,
			"Remote services are not allowed, so this device does "
			"not check in. Allow them first: \"sluice allow "
			"remote\", or the page Services.");
		return CLI_NO_GRANT;
	}
	if (ask_request(cli, device, REQUEST_CHECKIN, 0, CHECKIN_LIMIT_MS, &row,
			err)) {
		say_done(device, cli->out, err);
		return CLI_DONE;
	}
	if (err->kind != ERR_RETRY) {
		return CLI_FAILED;
	}
	say_again(device, cli->out);
	return CLI_UNREACHABLE;
}

static int run_now(struct cli *cli, const struct cli_args *args,
		   struct err *err)
{
	const struct log log = { .fd = STDERR_FILENO,
				 .least = LOG_ERROR_LEVEL,
				 .program = cli->program };
	struct cli_device device = CLI_DEVICE_INIT;
	int code = CLI_FAILED;
	if (cli_device_open_to_collect(args->conf, &log, &device, err)) {
		code = check_in(cli, &device, err);
	}
	cli_device_close(&device);
	return code;
}

/* ---- the last ones ---- */

static const char *reason_of(const struct checkin_done *d)
{
	static const char *const names[] = {
		[CHECKIN_REASON_UNSET] = "",
		[CHECKIN_SLOT] = "due",
		[CHECKIN_PERSON] = "asked for",
		[CHECKIN_OUTCOME] = "outcome",
	};
	return names[d->reason];
}

static void print_all(FILE *out, const struct checkin_done *list, size_t count)
{
	static const char *const head[] = { "No.",    "Began", "Why",
					    "Result", "Bytes", NULL };
	struct print_table table;
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		const struct checkin_done *d = &list[i];
		char at[PRINT_TIME_SIZE], number[24], bytes[24];
		(void)snprintf(number, sizeof(number), "%" PRId64, d->number);
		(void)snprintf(bytes, sizeof(bytes), "%" PRIu64,
			       d->bytes_out + d->bytes_in);
		const char *const cells[] = { number,
					      print_time(at, d->at),
					      reason_of(d),
					      d->problem[0] != '\0' ? d->problem
								    : d->result,
					      d->bytes_in > 0 ? bytes : NULL,
					      NULL };
		print_table_row(&table, cells);
	}
	print_table_end(&table, out);
}

static void print_all_json(FILE *out, const struct checkin_done *list,
			   size_t count)
{
	json_t *all = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct checkin_done *d = &list[i];
		char at[CLOCK_TEXT_SIZE];
		clock_format(at, d->at);
		json_array_append_new(
			all, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I}",
				       "number", (json_int_t)d->number, "at",
				       at, "why", reason_of(d), "result",
				       d->result, "problem", d->problem,
				       "bytes_out", (json_int_t)d->bytes_out,
				       "bytes_in", (json_int_t)d->bytes_in));
	}
	print_json_block(out, all);
}

static bool list(const struct cli *cli, const struct cli_args *args,
		 const struct cli_device *device, struct err *err)
{
	struct checkin_done *all = NULL;
	size_t count = 0;
	if (!checkins_list(device->db, CHECKINS_KEPT, &all, &count, err)) {
		return false;
	}
	if (cli_flag(args, "--json")) {
		print_all_json(cli->out, all, count);
	} else if (count == 0) {
		print_line(cli->out, "This device has not checked in yet.");
	} else {
		print_all(cli->out, all, count);
	}
	mem_free(all);
	return true;
}

/* Both ways as they went; the answer is not there when none came. */
static bool show(const struct cli *cli, int64_t number,
		 const struct cli_device *device, struct err *err)
{
	struct buf request = BUF_INIT, answer = BUF_INIT;
	bool ok = checkins_bytes(device->db, number, &request, &answer, err);
	if (ok) {
		print_bytes(cli->out, request.data, request.len);
		print_text(cli->out, "\n");
		print_bytes(cli->out, answer.data, answer.len);
	}
	buf_clear(&answer);
	buf_clear(&request);
	return ok;
}

int checkin_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	const char *text = cli_value(args, "--show");
	int64_t number = 0;
	if (text != NULL && !text_parse_i64(text, 1, INT64_MAX, &number)) {
		err_set(err, ERR_INVALID,
			"\"%.40s\" is no number of a check-in.", text);
		return CLI_USAGE;
	}
	if (!cli_flag(args, "--list") && text == NULL) {
		return cli_flag(args, "--json")
			       ? cli_misused(cli, "checkin",
					     "--json goes with --list.")
			       : run_now(cli, args, err);
	}
	if (cli_device_open(args->conf, &device, err)) {
		(void)!(text != NULL ? show(cli, number, &device, err)
				     : list(cli, args, &device, err));
	}
	cli_device_close(&device);
	return CLI_DONE;
}
