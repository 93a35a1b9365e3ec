#ifndef SLUICE_CLIENT_COLLECTOR_H
#define SLUICE_CLIENT_COLLECTOR_H

#include "base/buf.h"
#include "base/err.h"
#include "base/spawn.h"
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

/*
 * Runs a job source to list its jobs: at most collect_timeout_s seconds and
 * JOB_LIST_BYTES_MAX of output, else as collector_run().
 */
MUST_USE bool collector_list_jobs(const struct device_config *config,
				  const struct device_job_source *source,
				  const struct collector_place *place,
				  int stop_fd, struct buf *out,
				  struct buf *said, struct err *err);

/*
 * Starts a job source to give one job, for jobs_timeout_s seconds at most.
 *
 * job     a valid id
 * out_fd  gets the bytes, as spawn_start() has it; taken, always
 *
 * Errors: as spawn_start(), and place->why.
 */
MUST_USE bool collector_start_job(const struct device_config *config,
				  const struct device_job_source *source,
				  const struct collector_place *place,
				  const char *job, int stop_fd, int out_fd,
				  struct spawn **spawn, struct err *err);

#endif
