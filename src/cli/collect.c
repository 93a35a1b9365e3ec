/*
 * "sluice collect": runs collectors and tells what they found, for whoever
 * writes or connects one. Nothing is sent and nothing is kept; with --check
 * not even a device is needed. Running them is client/collect's, with the
 * limits and the sandbox that they have in the daemon.
 */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/check_program.h"
#include "cli/collect_summary.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "client/collect.h"

#define CHECK "--check"

static void put_report(const struct device_config *config,
		       const struct collect_report *report, FILE *out)
{
	for (size_t i = 0; i < report->count; i++) {
		char printed[PRINT_SIZE_SIZE], most[PRINT_SIZE_SIZE];
		if (report->of[i].why.kind != ERR_NONE) {
			print_line(out, "Failed: %s", report->of[i].why.text);
			continue;
		}
		print_size(printed, report->of[i].bytes);
		print_size(most, (uint64_t)config->collect_output_bytes);
		print_line(out,
			   "Collector \"%s\": %s of at most %s, %d.%d s of at "
			   "most %d s",
			   report->of[i].name, printed, most,
			   (int)(report->of[i].took_ms / 1000),
			   (int)(report->of[i].took_ms % 1000 / 100),
			   config->collect_timeout_s);
	}
}

/* CLI_FAILED also when something is not in the catalogue. */
static int collect_and_tell(struct cli *cli, struct launcher *launcher,
			    const struct device_config *config, struct err *err)
{
	struct collected collected = { 0 };
	struct collect_report report;
	struct err why = { .kind = ERR_NONE };
	bool any = collect_all(launcher, config, -1, &collected, &report, &why);
	put_report(config, &report, cli->out);
	bool fine = any &&
		    collect_summary_put(&collected, clock_utc_now(), cli->out);
	if (report.count == 0) {
		err_set(err, why.kind, "%s", why.text);
	}
	collected_clear(&collected);
	return fine && report.good == report.count ? CLI_DONE : CLI_FAILED;
}

/* Of the configuration that is named, else the presets. */
static bool read_limits(const struct cli_args *args,
			struct device_config *limits, struct err *err)
{
	struct device_config config = { 0 };
	limits->collect_timeout_s =
		(int)check_program_preset("collect", "timeout_s");
	limits->collect_output_bytes =
		(int)check_program_preset("collect", "output_bytes");
	if (cli_value(args, "--conf") == NULL) {
		return true;
	}
	if (!device_config_load(args->conf, &config, err)) {
		return false;
	}
	limits->collect_timeout_s = config.collect_timeout_s;
	limits->collect_output_bytes = config.collect_output_bytes;
	device_config_clear(&config);
	return true;
}

static int remove_one(const char *path, const struct stat *about, int type,
		      struct FTW *where)
{
	(void)about;
	(void)type;
	(void)where;
	return remove(path);
}

/*
 * A configuration of nothing but this collector: no keys, and for its working
 * folder a state folder that is gone afterwards.
 */
static int check(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct device_config config = { .collectors_count = 1 };
	struct check_program program = { .program = NULL };
	char folder[] = "/tmp/sluice-check-XXXXXX";
	int code = CLI_FAILED;
	if (!check_program_read(cli_value(args, CHECK), args, "collector",
				&program, err)) {
		return cli_exit_of_words(err);
	}
	if (!read_limits(args, &config, err)) {
		goto out;
	}
	config.collectors[0] = program.run;
	if (mkdtemp(folder) == NULL) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be made", folder);
		goto out;
	}
	config.state = folder;
	code = collect_and_tell(cli, NULL, &config, err);
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
out:
	check_program_clear(&program);
	return code;
}

int collect_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	const struct log log = { .fd = STDERR_FILENO,
				 .program = cli->program,
				 .least = LOG_WARN_LEVEL };
	if (cli_value(args, CHECK) != NULL) {
		return check(cli, args, err);
	}
	if (args->count > 0) {
		return cli_misused(cli, "collect",
				   "A program is named by " CHECK ".");
	}
	if (!cli_device_open_to_collect(args->conf, &log, &device, err)) {
		return CLI_FAILED;
	}
	int code = collect_and_tell(cli, device.launcher, &device.config, err);
	cli_device_close(&device);
	return code;
}
