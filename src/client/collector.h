#ifndef SLUICE_CLIENT_COLLECTOR_H
#define SLUICE_CLIENT_COLLECTOR_H

#include "base/buf.h"
#include "base/err.h"
#include "client/collector_place.h"
#include "domain/device_config.h"

/*
 * Runs one collector in its place: sandbox, limits, empty environment.
 *
 * out      what it printed; only on success, and then something
 * said     first 4 KiB of its standard error, cleaned for people
 * stop_fd  readable = end it; -1 = none
 *
 * Errors: as spawn_run(), INVALID also for printing nothing, and place->why.
 */
MUST_USE bool collector_run(const struct device_config *config,
			    const struct device_collector *collector,
			    const struct collector_place *place, int stop_fd,
			    struct buf *out, struct buf *said, struct err *err);

#endif
