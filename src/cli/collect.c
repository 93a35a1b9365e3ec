/*
 * "sluice collect": runs collectors and tells what they found, for whoever
 * writes or connects one. Nothing is sent and nothing is kept; with --check
 * not even a device is needed. Running them is client/collect's, with the
 * limits and the sandbox that they have in the daemon.
 */
#include <errno.h>
#include <ftw.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
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
	bool any = collect_all_with(launcher, config, -1, &collected, &report,
				    &why);
	put_report(config, &report, cli->out);
	bool fine = any &&
		    collect_summary_put(&collected, clock_utc_now(), cli->out);
	if (report.count == 0) {
		err_set(err, why.kind, "%s", why.text);
	}
	collected_clear(&collected);
	return fine && report.good == report.count ? CLI_DONE : CLI_FAILED;
}

/* As sluice.conf would name it: an absolute path. Caller mem_free()s. */
static char *find_program(const char *word, struct err *err)
{
	char *known = strchr(word, '/') == NULL
			      ? files_join(PKGLIBEXECDIR, word)
			      : mem_strdup(word);
	char *path = realpath(known, NULL);
	char *found = NULL;
	if (path == NULL || access(path, X_OK) != 0) {
		err_set(err, ERR_NOT_FOUND,
			"The collector %s cannot be run: there is no such "
			"program. One of your own needs its path, like "
			"./%s.",
			known, word);
	} else {
		found = mem_strdup(path);
	}
	free(path);
	mem_free(known);
	return found;
}

/* Joined as in sluice.conf, where spaces part them. Caller mem_free()s. */
static char *join_arguments(const struct cli_args *args, struct err *err)
{
	struct buf line = BUF_INIT;
	buf_put_str(&line, "");
	for (size_t i = 0; i < args->count; i++) {
		if (args->at[i][0] == '\0' || strchr(args->at[i], ' ')) {
			err_set(err, ERR_INVALID,
				"An argument of a collector cannot be empty "
				"or hold a space: sluice.conf has no quoting.");
			buf_clear(&line);
			return NULL;
		}
		buf_printf(&line, "%s%s", i > 0 ? " " : "", args->at[i]);
	}
	return buf_take_str(&line);
}

static int preset(const char *key)
{
	int64_t value = 0;
	for (const struct config_setting *s = device_config_settings;
	     s->section != NULL; s++) {
		if (text_equal(s->section, "collect") &&
		    text_equal(s->key, key)) {
			(void)!text_parse_i64(s->preset, s->min, s->max,
					      &value);
		}
	}
	return (int)value;
}

/* Of the configuration that is named, else the presets. */
static bool read_limits(const struct cli_args *args,
			struct device_config *limits, struct err *err)
{
	struct device_config config = { 0 };
	limits->collect_timeout_s = preset("timeout_s");
	limits->collect_output_bytes = preset("output_bytes");
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
	char folder[] = "/tmp/sluice-check-XXXXXX";
	char *name = NULL;
	int code = CLI_FAILED;
	char *program = find_program(cli_value(args, CHECK), err);
	char *arguments = program != NULL ? join_arguments(args, err) : NULL;
	if (arguments == NULL || !read_limits(args, &config, err)) {
		goto out;
	}
	name = mem_strdup(program);
	config.collectors[0] = (struct device_collector){
		.name = basename(name),
		.program = program,
		.arguments = arguments,
		.user = "",
	};
	if (mkdtemp(folder) == NULL) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be made", folder);
		goto out;
	}
	config.state = folder;
	code = collect_and_tell(cli, NULL, &config, err);
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
out:
	mem_free(name);
	mem_free(arguments);
	mem_free(program);
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
