/*
 * One collector or job source as a process: what it may use, and nothing else.
 * Which user and folder it has is collector_place.c's; collect.c, job_source.c
 * and launcher_process.c call.
 */
#include "client/collector.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "client/paths.h"
#include "formats/job_list.h"

#define WORDS_MAX 32
#define WORDS_MORE 3 /* "get", an id and the NULL at the end */
#define MEMORY_BYTES ((size_t)256 * 1024 * 1024)
#define FILE_BYTES ((size_t)16 * 1024 * 1024)
#define OPEN_FILES 64
#define PROCESSES 32 /* of a user of its own; else the person's own count */

static const char *const environment[] = {
	"LC_ALL=C.UTF-8",
	"PATH=/usr/bin:/bin",
	NULL,
};

/* What is run, and for how long. */
struct call {
	const struct device_collector *program;
	const char *verb, *job; /* words after its arguments; NULL = none */
	int timeout_s;
	size_t output_bytes; /* 0 = no limit */
};

/* All that spawn needs, of a call. */
struct prepared {
	char *arguments;
	const char *words[WORDS_MAX + WORDS_MORE];
	struct paths paths;
	struct spawn_limits limits;
	int root_fd;
};

/* Splits at spaces; words points into text. false: too many. */
static bool split(char *text, const char **words, size_t *count)
{
	char *rest = NULL;
	for (char *word = strtok_r(text, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		if (*count == WORDS_MAX) {
			return false;
		}
		words[(*count)++] = word;
	}
	return true;
}

static bool set_words(struct prepared *p, const struct call *call,
		      struct err *err)
{
	size_t count = 1;
	p->words[0] = call->program->program;
	p->arguments = mem_strdup(call->program->arguments);
	if (!split(p->arguments, p->words, &count)) {
		return err_set(err, ERR_LIMIT, "it has more than %d arguments",
			       WORDS_MAX - 1);
	}
	if (call->verb != NULL) {
		p->words[count++] = call->verb;
		p->words[count++] = call->job;
	}
	return true;
}

static void release(struct prepared *p)
{
	(void)close(p->root_fd);
	paths_clear(&p->paths);
	mem_free(p->arguments);
	mem_free(p);
}

/* NULL and err set = it cannot run. */
static struct prepared *prepare(const struct device_config *config,
				const struct call *call,
				const struct collector_place *place,
				int stop_fd, struct err *err)
{
	if (place->why.kind != ERR_NONE) {
		err_set(err, place->why.kind, "%s", place->why.text);
		return NULL;
	}
	struct prepared *p = mem_zalloc(sizeof(*p));
	/* Who has no folder works where it can write nothing. */
	p->root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	p->limits = (struct spawn_limits){
		.timeout_ms = call->timeout_s * 1000,
		.output_bytes = call->output_bytes,
		.memory_bytes = MEMORY_BYTES,
		.cpu_seconds = (unsigned)call->timeout_s,
		.open_files = OPEN_FILES,
		.processes = place->alone ? PROCESSES : 0,
		.file_bytes = FILE_BYTES,
		.stop_fd = stop_fd > 0 ? stop_fd : 0,
		.folder_fd = place->folder >= 0 ? place->folder : p->root_fd,
		.user = place->as_user ? &place->user : NULL,
		.user_alone = place->alone,
		.profile = SANDBOX_COLLECTOR_EXEC,
		.paths = p->paths.list,
	};
	paths_add_collector(&p->paths, config, call->program);
	if (place->folder >= 0) {
		paths_add(&p->paths, ".", true);
	}
	if (!set_words(p, call, err)) {
		release(p);
		return NULL;
	}
	return p;
}

static bool run(const struct device_config *config, const struct call *call,
		const struct collector_place *place, int stop_fd,
		struct buf *out, struct buf *said, struct err *err)
{
	struct prepared *p = prepare(config, call, place, stop_fd, err);
	if (p == NULL) {
		return false;
	}
	bool ok = spawn_run(p->words, environment, &p->limits, out, said, err);
	if (ok && out->len == 0) {
		ok = err_set(err, ERR_INVALID, "it printed nothing");
	}
	release(p);
	return ok;
}

bool collector_run(const struct device_config *config,
		   const struct device_collector *collector,
		   const struct collector_place *place, int stop_fd,
		   struct buf *out, struct buf *said, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	const struct call call = {
		.program = collector,
		.timeout_s = config->collect_timeout_s,
		.output_bytes = (size_t)config->collect_output_bytes,
	};
	bool ok = run(config, &call, place, stop_fd, out, said, &why);
	if (!ok && place->no_folder.kind != ERR_NONE &&
	    place->why.kind == ERR_NONE) {
		err_set(err, why.kind, "%s (it had no working folder: %s)",
			why.text, place->no_folder.text);
	} else if (!ok) {
		err_set(err, why.kind, "%s", why.text);
	}
	return ok;
}

bool collector_list_jobs(const struct device_config *config,
			 const struct device_job_source *source,
			 const struct collector_place *place, int stop_fd,
			 struct buf *out, struct buf *said, struct err *err)
{
	const struct call call = {
		.program = &source->run,
		.verb = "list",
		.timeout_s = config->collect_timeout_s,
		.output_bytes = JOB_LIST_BYTES_MAX,
	};
	return run(config, &call, place, stop_fd, out, said, err);
}

bool collector_start_job(const struct device_config *config,
			 const struct device_job_source *source,
			 const struct collector_place *place, const char *job,
			 int stop_fd, int out_fd, struct spawn **spawn,
			 struct err *err)
{
	const struct call call = {
		.program = &source->run,
		.verb = "get",
		.job = job,
		.timeout_s = config->jobs_timeout_s,
	};
	struct prepared *p = prepare(config, &call, place, stop_fd, err);
	if (p == NULL) {
		if (out_fd >= 0) {
			(void)close(out_fd);
		}
		return false;
	}
	bool ok = spawn_start(p->words, environment, &p->limits, out_fd, spawn,
			      err);
	release(p);
	return ok;
}
