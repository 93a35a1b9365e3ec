/*
 * One collector as a process: what it may use, and nothing else. Which user
 * and folder it has is collector_place.c's; collect.c and launcher.c call.
 */
#include "client/collector.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/spawn.h"
#include "client/paths.h"

#define WORDS_MAX 32
#define MEMORY_BYTES ((size_t)256 * 1024 * 1024)
#define FILE_BYTES ((size_t)16 * 1024 * 1024)
#define OPEN_FILES 64
#define PROCESSES 32 /* of a user of its own; else the person's own count */

static const char *const environment[] = {
	"LC_ALL=C.UTF-8",
	"PATH=/usr/bin:/bin",
	NULL,
};

/* Splits at spaces; words points into text. false: too many. */
static bool split(char *text, const char *words[WORDS_MAX + 2], size_t count)
{
	char *rest = NULL;
	for (char *word = strtok_r(text, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		if (count == WORDS_MAX) {
			return false;
		}
		words[count++] = word;
	}
	words[count] = NULL;
	return true;
}

static bool run(const struct device_config *config,
		const struct device_collector *collector,
		const struct collector_place *place, int stop_fd, int root_fd,
		struct buf *out, struct buf *said, struct err *err)
{
	char *arguments = mem_strdup(collector->arguments);
	const char *words[WORDS_MAX + 2] = { collector->program };
	struct paths *paths = mem_zalloc(sizeof(*paths));
	const struct spawn_limits limits = {
		.timeout_ms = config->collect_timeout_s * 1000,
		.output_bytes = (size_t)config->collect_output_bytes,
		.memory_bytes = MEMORY_BYTES,
		.cpu_seconds = (unsigned)config->collect_timeout_s,
		.open_files = OPEN_FILES,
		.processes = place->alone ? PROCESSES : 0,
		.file_bytes = FILE_BYTES,
		.stop_fd = stop_fd > 0 ? stop_fd : 0,
		.folder_fd = place->folder >= 0 ? place->folder : root_fd,
		.user = place->as_user ? &place->user : NULL,
		.user_alone = place->alone,
		.profile = SANDBOX_COLLECTOR_EXEC,
		.paths = paths->list,
	};
	paths_add_collector(paths, config, collector);
	if (place->folder >= 0) {
		paths_add(paths, ".", true);
	}
	bool ok = split(arguments, words, 1) ||
		  err_set(err, ERR_LIMIT, "it has more than %d arguments",
			  WORDS_MAX - 1);
	ok = ok && spawn_run(words, environment, &limits, out, said, err);
	if (ok && out->len == 0) {
		ok = err_set(err, ERR_INVALID, "it printed nothing");
	}
	paths_clear(paths);
	mem_free(paths);
	mem_free(arguments);
	return ok;
}

bool collector_run(const struct device_config *config,
		   const struct device_collector *collector,
		   const struct collector_place *place, int stop_fd,
		   struct buf *out, struct buf *said, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (place->why.kind != ERR_NONE) {
		return err_set(err, place->why.kind, "%s", place->why.text);
	}
	/* Who has no folder works where it can write nothing. */
	int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool ok = run(config, collector, place, stop_fd, root_fd, out, said,
		      &why);
	if (!ok && place->no_folder.kind != ERR_NONE) {
		err_set(err, why.kind, "%s (it had no working folder: %s)",
			why.text, place->no_folder.text);
	} else if (!ok) {
		err_set(err, why.kind, "%s", why.text);
	}
	(void)close(root_fd);
	return ok;
}
