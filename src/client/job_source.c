/*
 * Runs job sources, in processes of ours or of the launcher. A list is small
 * and passes through buffers that are wiped. The bytes of a job go from the
 * program's pipe straight into the caller's own buffer: this file never sees
 * them. What becomes of them is domain/job_seal.c's; what a source may use,
 * collector.c's.
 */
#include "client/job_source.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/collector.h"
#include "domain/job_answer.h"
#include "formats/job_name.h"

#define SAID_MAX 400 /* bytes of a source's own words in an error */

struct job_stream {
	struct client *client;                  /* borrowed */
	const struct device_job_source *source; /* borrowed */
	struct spawn *spawn;                    /* NULL = in the launcher */
	int fd;              /* pipe from the launcher; -1 = none */
	int64_t deadline_ms; /* monotonic */
	bool at_end;         /* all of its output was read */
};

/* The first line of what it said: why it failed, for people. "" = nothing. */
static char *first_line(const struct buf *said)
{
	return job_name_new(buf_str(said), strcspn(buf_str(said), "\n"),
			    SAID_MAX);
}

/* Its own words if it ended by itself and has some, else ours. */
static bool failed(const struct device_job_source *source,
		   const struct err *why, const struct buf *said,
		   struct err *err)
{
	enum err_kind kind = why->kind == ERR_NOT_FOUND ? ERR_IO : why->kind;
	char *line = first_line(said);
	if (kind == ERR_INVALID && line[0] != '\0') {
		err_set(err, kind, "%s", line);
	} else {
		err_set(err, kind, "The job source \"%.100s\": %s.",
			source->title, why->text);
	}
	mem_burn_free(line, strlen(line));
	return false;
}

static bool run_list(struct client *client, size_t number, struct buf *out,
		     struct buf *said, struct err *err)
{
	const struct device_config *config = client->config;
	const struct device_job_source *source = &config->job_sources[number];
	struct collector_place place;
	if (client->launcher != NULL) {
		return launcher_list_jobs(client->launcher, config, number,
					  client->stop_fd, out, said, err);
	}
	collector_place_jobs(&source->run, NULL, &place);
	bool ok = collector_list_jobs(config, source, &place, client->stop_fd,
				      out, said, err);
	collector_place_clear(&place);
	return ok;
}

static bool read_list(const struct buf *out, struct job_list *found,
		      struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (!job_list_read(buf_str(out), out->len, found, &why)) {
		return err_set(err, why.kind, "it printed no list of jobs: %s",
			       why.text);
	}
	return found->count == 1 ||
	       err_set(err, ERR_INVALID, "it printed %zu sources and not one",
		       found->count);
}

/* Its jobs or its problem into the last source of the list. */
static void add_jobs(struct client *client, size_t number,
		     struct job_list *list)
{
	const struct device_job_source *source =
		&client->config->job_sources[number];
	struct job_source_list *to = &list->of[list->count - 1];
	struct job_list found = JOB_LIST_INIT;
	struct buf out = BUF_INIT, said = BUF_INIT;
	struct err why = { .kind = ERR_NONE }, err = { .kind = ERR_NONE };
	bool fits = true;
	if (run_list(client, number, &out, &said, &why) &&
	    read_list(&out, &found, &why)) {
		job_source_set_problem(to, found.of[0].problem);
		for (size_t i = 0; fits && i < found.of[0].count; i++) {
			fits = job_list_add(list, &found.of[0].jobs[i]);
		}
	} else {
		(void)failed(source, &why, &said, &err);
		job_source_set_problem(to, err.text);
	}
	if (!fits) {
		job_source_set_problem(to, "There are more jobs than can be "
					   "shown; only the first are.");
	}
	job_list_clear(&found);
	buf_burn(&out);
	buf_burn(&said);
}

bool job_source_list(struct client *client, struct job_list *list,
		     struct err *err)
{
	const struct device_config *config = client->config;
	memset(list, 0, sizeof(*list));
	if (config->job_sources_count == 0) {
		return err_set(err, ERR_NOT_FOUND,
			       "No job source is configured. Name one in the "
			       "device's configuration.");
	}
	for (size_t i = 0; i < config->job_sources_count; i++) {
		if (client_is_stopped(client)) {
			return err_set(err, ERR_RETRY, "It was stopped.");
		}
		(void)job_list_source(list, config->job_sources[i].run.name,
				      config->job_sources[i].title);
		add_jobs(client, i, list);
	}
	return true;
}

static bool find(const struct device_config *config, const char *name,
		 size_t *number, struct err *err)
{
	for (size_t i = 0; i < config->job_sources_count; i++) {
		if (text_equal(config->job_sources[i].run.name, name)) {
			*number = i;
			return true;
		}
	}
	return err_set(err, ERR_NOT_FOUND,
		       "This job source is not configured any more.");
}

/* In a process of ours. */
static bool open_own(struct job_stream *stream, const char *job,
		     struct err *err)
{
	struct collector_place place;
	collector_place_jobs(&stream->source->run, NULL, &place);
	bool ok = collector_start_job(stream->client->config, stream->source,
				      &place, job, stream->client->stop_fd, -1,
				      &stream->spawn, err);
	collector_place_clear(&place);
	return ok;
}

bool job_source_open(struct client *client, const char *source, const char *job,
		     struct job_stream **stream, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	const struct device_config *config = client->config;
	size_t number = 0;
	if (!find(config, source, &number, err)) {
		return false;
	}
	if (!job_id_valid(job)) {
		return err_set(err, ERR_NOT_FOUND, "There is no such job.");
	}
	struct job_stream made = {
		.client = client,
		.source = &config->job_sources[number],
		.fd = -1,
		.deadline_ms = clock_monotonic_ms() +
			       (int64_t)config->jobs_timeout_s * 1000,
	};
	bool ok = client->launcher != NULL
			  ? launcher_open_job(client->launcher, number, job,
					      &made.fd, &why)
			  : open_own(&made, job, &why);
	if (!ok) {
		return err_set(err, why.kind, "The job source \"%.100s\": %s.",
			       made.source->title, why.text);
	}
	*stream = mem_alloc(sizeof(**stream));
	**stream = made;
	return true;
}

/* Waits for bytes from the launcher; false: late or stopped. */
static bool wait_for_bytes(const struct job_stream *stream, struct err *err)
{
	struct pollfd fds[2] = {
		{ .fd = stream->fd, .events = POLLIN },
		{ .fd = stream->client->stop_fd, .events = POLLIN },
	};
	int64_t left = stream->deadline_ms - clock_monotonic_ms();
	int ready = poll(fds, 2, left > 0 ? (int)left : 0);
	if (ready > 0 && fds[1].revents != 0) {
		return err_set(err, ERR_RETRY, "Reading the job was stopped.");
	}
	return ready > 0 || (ready < 0 && errno == EINTR) ||
	       err_set(err, ERR_RETRY,
		       "The job source \"%.100s\" did not end in time.",
		       stream->source->title);
}

static ssize_t read_pipe(struct job_stream *stream, void *dst, size_t len,
			 struct err *err)
{
	while (wait_for_bytes(stream, err)) {
		ssize_t got = read(stream->fd, dst, len);
		if (got >= 0) {
			return got;
		}
		if (errno != EINTR && errno != EAGAIN) {
			err_set_errno(err, ERR_IO, errno,
				      "The job cannot be read");
			return -1;
		}
	}
	return -1;
}

ssize_t job_stream_read(struct job_stream *stream, void *dst, size_t len,
			struct err *err)
{
	ssize_t got = 0;
	if (!stream->at_end && stream->spawn != NULL) {
		got = spawn_read(stream->spawn, dst, len, err);
	} else if (!stream->at_end) {
		got = read_pipe(stream, dst, len, err);
	}
	stream->at_end = stream->at_end || got == 0;
	return got;
}

bool job_stream_close(struct job_stream *stream, struct err *err)
{
	struct buf said = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	bool ok;
	if (stream->spawn != NULL) {
		ok = spawn_end(stream->spawn, &said, &why);
	} else {
		(void)close(stream->fd);
		ok = launcher_end_job(stream->client->launcher,
				      stream->client->config, stream->at_end,
				      stream->client->stop_fd, &said, &why);
	}
	if (!ok) {
		(void)failed(stream->source, &why, &said, err);
	}
	buf_burn(&said);
	mem_free(stream);
	return ok;
}

bool job_source_answer(struct client *client, const char *key, struct err *err)
{
	struct job_list list = JOB_LIST_INIT;
	struct buf xml = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	bool ok = job_source_list(client, &list, &why) ||
		  why.kind == ERR_NOT_FOUND || /* none configured: empty */
		  err_set(err, why.kind, "%s", why.text);
	if (ok) {
		job_list_put(&xml, &list);
		ok = job_answer_give(client->config->state, key, xml.data,
				     xml.len, JOB_ANSWER_WAIT_MS, err);
	}
	buf_burn(&xml);
	job_list_clear(&list);
	return ok;
}
