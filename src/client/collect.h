#ifndef SLUICE_CLIENT_COLLECT_H
#define SLUICE_CLIENT_COLLECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "client/launcher.h"
#include "documents/collected.h"
#include "domain/device_config.h"

/* How each collector did. */
struct collect_report {
	size_t count; /* collectors that were run */
	size_t good;  /* of these, how many told something */
	struct {
		const char *name; /* borrowed from config */
		struct err why;   /* kind ERR_NONE = good */
		size_t bytes;     /* that it printed; 0 if it failed */
		int64_t took_ms;
	} of[DEVICE_COLLECTORS_MAX];
};

/*
 * Runs the configured collectors one after the other, each in a process of
 * its own under the configured limits, made by the launcher (NULL: by this
 * process), and adds what they print to *collected. stop_fd: readable = end
 * the one that runs; -1 = none. One that fails is in the report and the others
 * still count.
 * Errors: NOT_FOUND (none is configured), and when all failed the kind and
 * text of the first failure. *collected is the caller's to clear always.
 */
MUST_USE bool collect_all(struct launcher *launcher,
			  const struct device_config *config, int stop_fd,
			  struct collected *collected,
			  struct collect_report *report, struct err *err);

#endif
