/*
 * "sluice doctor": why is there no connection? The test itself is
 * client/doctor.c's, made by the daemon, or by this process where none runs;
 * here its steps are printed. Where nothing can be written, as on a full disk,
 * it is made here and not kept.
 *
 * Exit codes: 0 no step failed, 1 one did.
 */
#include <jansson.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "client/client.h"
#include "client/doctor.h"
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

static int print(struct cli *cli, const struct cli_args *args,
		 const struct connection_test *test)
{
	if (cli_flag(args, "--json")) {
		print_json(cli->out, test);
	} else {
		print_steps(cli->out, test);
	}
	return any_failed(test) ? CLI_FAILED : CLI_DONE;
}

/*
 * Nothing can be written, so nobody can be asked and no result be kept: the
 * test is made here all the same, and err stays to be told after it.
 */
static int test_unkept(struct cli *cli, const struct cli_args *args,
		       const struct cli_device *device, const struct log *log,
		       struct err *err)
{
	struct connection_test test;
	struct client client;
	if (!client_open(&client, &device->config, device->db, log, NULL)) {
		return CLI_FAILED;
	}
	if (doctor_run(&client, &test, NULL)) {
		(void)print(cli, args, &test);
		err_prefix(err, "The result is not kept");
	}
	client_close(&client);
	return CLI_FAILED;
}

/* Not even the database opens: if that is for want of space, it is told. */
static int test_space(struct cli *cli, const struct cli_args *args)
{
	struct device_config config = { 0 };
	struct connection_test test;
	if (device_config_load(args->conf, &config, NULL)) {
		struct client client = { .config = &config,
					 .now = clock_utc_now };
		doctor_run_space(&client, &test);
		if (any_failed(&test)) {
			(void)print(cli, args, &test);
		}
		device_config_clear(&config);
	}
	return CLI_FAILED;
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
		return err->kind == ERR_IO ? test_space(cli, args) : CLI_FAILED;
	}
	if (!ask_request(cli, &device, REQUEST_TEST, 0, TEST_LIMIT_MS, &row,
			 err)) {
		if (err->kind == ERR_IO) {
			code = test_unkept(cli, args, &device, &log, err);
		}
	} else if (connection_test_read(device.db, &test, err)) {
		code = print(cli, args, &test);
	}
	cli_device_close(&device);
	return code;
}
