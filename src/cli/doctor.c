/*
 * "sluice doctor": why is there no connection? The test itself is
 * client/doctor.c's, made by the daemon, or by this process where none runs;
 * here its steps are printed.
 *
 * Exit codes: 0 no step failed, 1 one did.
 */
#include <jansson.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "domain/connection_test.h"

/* Each step on the network ends by itself; this is more than all of them. */
#define TEST_LIMIT_MS ((int64_t)5 * 60 * 1000)

static bool any_failed(const struct connection_test *test)
{
	for (size_t i = 0; i < test->count; i++) {
		if (test->steps[i].result == CONNECTION_FAILED) {
			return true;
		}
	}
	return false;
}

static void print_steps(FILE *out, const struct connection_test *test)
{
	for (size_t i = 0; i < test->count; i++) {
		const struct connection_step *s = &test->steps[i];
		print_line(out, "%-8s %s: %s",
			   connection_result_name(s->result), s->title,
			   s->text);
		if (s->remedy[0] != '\0') {
			print_line(out, "         -> %s", s->remedy);
		}
	}
	print_line(out, "%s",
		   any_failed(test) ? "There is a problem; the first step "
				      "that failed says what to do."
				    : "No step failed.");
}

static void print_json(FILE *out, const struct connection_test *test)
{
	json_t *steps = json_array();
	for (size_t i = 0; i < test->count; i++) {
		const struct connection_step *s = &test->steps[i];
		json_array_append_new(
			steps, json_pack("{s:s, s:s, s:s, s:s, s:s}", "step",
					 s->name, "title", s->title, "result",
					 connection_result_name(s->result),
					 "text", s->text, "remedy", s->remedy));
	}
	print_json_block(out, json_pack("{s:o, s:b, s:o}", "at",
					print_json_time(test->at), "ok",
					!any_failed(test), "steps", steps));
}

int doctor_cli_run(struct cli *cli, const struct cli_args *args,
		   struct err *err)
{
	const struct log log = { .fd = STDERR_FILENO,
				 .least = LOG_ERROR_LEVEL,
				 .program = cli->program };
	struct cli_device device = CLI_DEVICE_INIT;
	struct connection_test test;
	struct request_row row;
	int code = CLI_FAILED;
	if (!cli_device_open_to_collect(args->conf, &log, &device, err)) {
		return CLI_FAILED;
	}
	if (ask_request(cli, &device, REQUEST_TEST, 0, TEST_LIMIT_MS, &row,
			err) &&
	    connection_test_read(device.db, &test, err)) {
		code = any_failed(&test) ? CLI_FAILED : CLI_DONE;
		if (cli_flag(args, "--json")) {
			print_json(cli->out, &test);
		} else {
			print_steps(cli->out, &test);
		}
	}
	cli_device_close(&device);
	return code;
}
