/*
 * Runs the collectors. Each is a program of its own that prints one XML
 * document (docs/collectors.md): it has no key, no database and limits on
 * everything, because it talks to printers and whatever answers in their
 * place. documents/collected reads what it prints, collector.c runs it, here
 * or in the launcher.
 */
#include "client/collect.h"

#include <string.h>

#include "base/clock.h"
#include "client/collector.h"
#include "client/collector_place.h"

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

/* In a process of ours, or of the launcher. */
static bool run_somewhere(struct launcher *launcher,
			  const struct device_config *config, size_t n,
			  int stop_fd, struct buf *out, struct buf *said,
			  struct err *err)
{
	if (launcher != NULL) {
		return launcher_collect(launcher, config, n, stop_fd, out, said,
					err);
	}
	struct collector_place place;
	const struct device_collector *collector = &config->collectors[n];
	collector_place_own(config, collector, &place);
	bool ok = collector_run(config, collector, &place, stop_fd, out, said,
				err);
	collector_place_clear(&place);
	return ok;
}

static bool run(struct launcher *launcher, const struct device_config *config,
		size_t n, int stop_fd, struct collected *collected,
		size_t *bytes, struct err *err)
{
	struct buf out = BUF_INIT, said = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	bool ok = run_somewhere(launcher, config, n, stop_fd, &out, &said,
				&why) &&
		  collected_read(collected, out.data, out.len, &why);
	if (!ok) {
		failed(&config->collectors[n], &why, &said, err);
	}
	*bytes = ok ? out.len : 0;
	buf_clear(&said);
	buf_clear(&out);
	return ok;
}

bool collect_all(struct launcher *launcher, const struct device_config *config,
		 int stop_fd, struct collected *collected,
		 struct collect_report *report, struct err *err)
{
	const struct err *first = NULL;
	memset(report, 0, sizeof(*report));
	if (config->collectors_count == 0) {
		return err_set(err, ERR_NOT_FOUND,
			       "No collector is configured. Name one in the "
			       "device's configuration.");
	}
	for (size_t i = 0; i < config->collectors_count; i++) {
		struct err *why = &report->of[i].why;
		report->of[i].name = config->collectors[i].name;
		report->count++;
		int64_t began = clock_monotonic_ms();
		bool ok = run(launcher, config, i, stop_fd, collected,
			      &report->of[i].bytes, why);
		report->of[i].took_ms = clock_monotonic_ms() - began;
		if (ok) {
			report->good++;
		} else if (first == NULL) {
			first = why;
		}
	}
	return report->good > 0 || err_set(err, first->kind, "%s", first->text);
}
