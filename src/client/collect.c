/*
 * Runs the collectors. Each is a program of its own that prints one XML
 * document (docs/collectors.md): it has no key, no database and limits on
 * everything, because it talks to printers and whatever answers in their
 * place. documents/collected reads what it prints.
 */
#include "client/collect.h"

#include <string.h>

#include "base/mem.h"
#include "base/spawn.h"

#define WORDS_MAX 32
#define MEMORY_BYTES ((size_t)256 * 1024 * 1024)
#define OPEN_FILES 64

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

/* The collector's own words, when it failed and said something. */
static bool failed(const struct device_collector *collector,
		   const struct err *why, const struct buf *said,
		   struct err *err)
{
	size_t line = strcspn(buf_str(said), "\n");
	if (line == 0) {
		return err_set(err, why->kind, "Collector \"%s\": %s",
			       collector->name, why->text);
	}
	return err_set(err, why->kind, "Collector \"%s\": %s. It said: %.*s",
		       collector->name, why->text,
		       (int)(line < 200 ? line : 200), buf_str(said));
}

static bool run(const struct device_config *config, int stop_fd,
		const struct device_collector *collector,
		struct collected *collected, struct err *err)
{
	char *arguments = mem_strdup(collector->arguments);
	struct buf out = BUF_INIT, said = BUF_INIT;
	const char *words[WORDS_MAX + 2] = { collector->program };
	struct err why = { .kind = ERR_NONE };
	const struct spawn_limits limits = {
		.timeout_ms = config->collect_timeout_s * 1000,
		.output_bytes = (size_t)config->collect_output_bytes,
		.memory_bytes = MEMORY_BYTES,
		.cpu_seconds = (unsigned)config->collect_timeout_s,
		.open_files = OPEN_FILES,
		.stop_fd = stop_fd > 0 ? stop_fd : 0,
		.user = collector->user[0] != '\0' ? collector->user : NULL,
	};
	bool ok = split(arguments, words, 1) ||
		  err_set(&why, ERR_LIMIT, "it has more than %d arguments",
			  WORDS_MAX - 1);
	ok = ok && spawn_run(words, environment, &limits, &out, &said, &why);
	if (ok && out.len == 0) {
		ok = err_set(&why, ERR_INVALID, "it printed nothing");
	}
	ok = ok && collected_read(collected, out.data, out.len, &why);
	if (!ok) {
		failed(collector, &why, &said, err);
	}
	buf_clear(&said);
	buf_clear(&out);
	mem_free(arguments);
	return ok;
}

bool collect_all(const struct device_config *config, int stop_fd,
		 struct collected *collected, struct collect_report *report,
		 struct err *err)
{
	const struct err *first = NULL;
	memset(report, 0, sizeof(*report));
	if (config->collectors_count == 0) {
		return err_set(err, ERR_NOT_FOUND,
			       "No collector is configured. Name one in the "
			       "device's configuration.");
	}
	for (size_t i = 0; i < config->collectors_count; i++) {
		const struct device_collector *collector =
			&config->collectors[i];
		struct err *why = &report->of[i].why;
		report->of[i].name = collector->name;
		report->count++;
		if (run(config, stop_fd, collector, collected, why)) {
			report->good++;
		} else if (first == NULL) {
			first = why;
		}
	}
	return report->good > 0 || err_set(err, first->kind, "%s", first->text);
}
