/*
 * "sluice job-source --check": runs a job source for whoever writes or
 * connects one: lists its jobs, reads the first to its end and asks for one
 * that is not there. It tells numbers and reasons, never a name or a byte of a
 * job. It opens no device, no database and no connection, so there is nothing
 * that it could send: that takes a person at the page.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/check_program.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "client/job_source.h"

#define CHECK "--check"
#define BUFFER_SIZE ((size_t)64 * 1024)
#define NO_JOB "no-such-job-0123456789"
#define KIB 1024

/* Reads one to its verdict and counts it. */
static bool count_job(struct client *client, const char *source, const char *id,
		      int64_t *bytes, struct err *err)
{
	struct job_stream *stream = NULL;
	struct err ended = { .kind = ERR_NONE };
	ssize_t got = 1;
	*bytes = 0;
	if (!job_source_open(client, source, id, &stream, err)) {
		return false;
	}
	uint8_t *buffer = mem_alloc(BUFFER_SIZE);
	while (got > 0) {
		got = job_stream_read(stream, buffer, BUFFER_SIZE, err);
		*bytes += got > 0 ? got : 0;
	}
	mem_burn_free(buffer, BUFFER_SIZE);
	if (!job_stream_close(stream, &ended)) {
		return err_set(err, ended.kind, "%s", ended.text);
	}
	return got == 0;
}

/* Some sources know KiB alone and round up. */
static bool is_size(int64_t listed, int64_t bytes)
{
	return listed == bytes ||
	       (listed % KIB == 0 && bytes <= listed && bytes > listed - KIB);
}

static bool check_first(struct cli *cli, struct client *client,
			const struct job_source_list *source)
{
	const struct job *job = &source->jobs[0];
	struct err why = { .kind = ERR_NONE };
	char size[PRINT_SIZE_SIZE], listed[PRINT_SIZE_SIZE];
	int64_t bytes = 0;
	int64_t began = clock_monotonic_ms();
	if (!count_job(client, source->name, job->id, &bytes, &why)) {
		print_line(cli->out, "Failed: the first job: %s", why.text);
		return false;
	}
	int64_t took = clock_monotonic_ms() - began;
	print_size(size, (uint64_t)bytes);
	if (job->bytes < 0) {
		print_line(cli->out,
			   "The first job: %s, %d.%d s; the list does not "
			   "tell its size",
			   size, (int)(took / 1000), (int)(took % 1000 / 100));
		return true;
	}
	print_size(listed, (uint64_t)job->bytes);
	if (!is_size(job->bytes, bytes)) {
		print_line(cli->out,
			   "Failed: the first job has %s, but the list says "
			   "%s",
			   size, listed);
		return false;
	}
	print_line(cli->out, "The first job: %s as listed, %d.%d s", size,
		   (int)(took / 1000), (int)(took % 1000 / 100));
	return true;
}

static bool check_missing(struct cli *cli, struct client *client,
			  const struct job_source_list *source)
{
	struct err why = { .kind = ERR_NONE };
	int64_t bytes = 0;
	if (count_job(client, source->name, NO_JOB, &bytes, &why)) {
		print_line(cli->out,
			   "Failed: \"get %s\" ended with status 0, but there "
			   "is no such job",
			   NO_JOB);
		return false;
	}
	print_line(cli->out, "A job that is not there is refused: %s",
		   why.text);
	return true;
}

static bool check_source(struct cli *cli, struct client *client,
			 struct job_list *list, struct err *err)
{
	if (!job_source_list(client, list, err)) {
		return false;
	}
	const struct job_source_list *source = &list->of[0];
	if (source->problem[0] != '\0') {
		print_line(cli->out, "%s: %s",
			   source->count == 0 ? "Failed" : "It says",
			   source->problem);
	}
	if (source->problem[0] != '\0' && source->count == 0) {
		return false;
	}
	print_line(cli->out, "Job source \"%s\": %zu %s", source->name,
		   source->count, source->count == 1 ? "job" : "jobs");
	if (source->count == 0) {
		print_line(cli->out,
			   "Put a job in, so that reading it is tested, too.");
	}
	bool fine = source->count == 0 || check_first(cli, client, source);
	return check_missing(cli, client, source) && fine;
}

/* Of the configuration that is named, else the presets. */
static bool read_limits(const struct cli_args *args,
			struct device_config *limits, struct err *err)
{
	struct device_config config = { 0 };
	limits->collect_timeout_s =
		(int)check_program_preset("collect", "timeout_s");
	limits->jobs_timeout_s = (int)check_program_preset("jobs", "timeout_s");
	if (cli_value(args, "--conf") == NULL) {
		return true;
	}
	if (!device_config_load(args->conf, &config, err)) {
		return false;
	}
	limits->collect_timeout_s = config.collect_timeout_s;
	limits->jobs_timeout_s = config.jobs_timeout_s;
	device_config_clear(&config);
	return true;
}

int jobs_check_run(struct cli *cli, const struct cli_args *args,
		   struct err *err)
{
	struct device_config config = { .job_sources_count = 1 };
	struct client client = { .config = &config, .stop_fd = -1 };
	struct check_program program = { .program = NULL };
	struct job_list list = JOB_LIST_INIT;
	if (cli_value(args, CHECK) == NULL) {
		return cli_misused(cli, "job-source",
				   "A program is named by " CHECK ".");
	}
	if (!check_program_read(cli_value(args, CHECK), args, "job source",
				&program, err)) {
		return cli_exit_of_words(err);
	}
	bool ok = read_limits(args, &config, err);
	if (ok) {
		config.job_sources[0] = (struct device_job_source){
			.run = program.run,
			.title = program.run.name,
		};
		ok = check_source(cli, &client, &list, err);
	}
	job_list_clear(&list);
	check_program_clear(&program);
	return ok ? CLI_DONE : CLI_FAILED;
}
