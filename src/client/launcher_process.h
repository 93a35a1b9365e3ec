#ifndef SLUICE_CLIENT_LAUNCHER_PROCESS_H
#define SLUICE_CLIENT_LAUNCHER_PROCESS_H

#include <stdbool.h>

#include "base/log.h"
#include "client/collector_place.h"
#include "domain/device_config.h"

/* As whom and where each program of the configuration runs. */
struct launcher_places {
	struct collector_place collectors[DEVICE_COLLECTORS_MAX];
	struct collector_place jobs[DEVICE_JOB_SOURCES_MAX];
};

/* Has this process the capabilities that a launcher keeps? */
bool launcher_process_can_be(void);

/*
 * Makes this process, just forked, the launcher: gives up the rest, greets,
 * serves, ends.
 */
_Noreturn void launcher_process(int fd, const struct device_config *config,
				const struct launcher_places *places,
				const struct log *log);

/*
 * The serving alone: until the other end of the socket is closed or says what
 * is no request.
 */
void launcher_serve(int fd, const struct device_config *config,
		    const struct launcher_places *places,
		    const struct log *log);

#endif
