#ifndef SLUICE_CLIENT_COLLECTOR_PLACE_H
#define SLUICE_CLIENT_COLLECTOR_PLACE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/unix_user.h"
#include "domain/device_config.h"

/* The user of collectors for which none is configured, if there is one. */
#define COLLECTOR_USER "sluice-collect"
/* In the state folder; in it one a collector, by its name. */
#define COLLECTOR_FOLDERS "collectors"

/* As whom and where one collector runs. */
struct collector_place {
	struct unix_user user;
	bool as_user; /* false = as we are */
	bool alone;   /* nothing of the client runs as this user */
	/* Its working folder, the only one that it can write; O_PATH, closed
	 * on exec. -1 = none, and no_folder says why. */
	int folder;
	struct err no_folder;
	struct err why; /* set = it cannot run at all */
};

/* As this process runs. On release collector_place_clear(). */
void collector_place_own(const struct device_config *config,
			 const struct device_collector *collector,
			 struct collector_place *place);

/*
 * For root, who runs collectors for the client's own user: as the configured
 * user, else COLLECTOR_USER, else the client's own. Makes the folder as the
 * client's user does, and gives it to the collector's.
 */
void collector_place_for(const struct device_config *config,
			 const struct device_collector *collector,
			 const struct unix_user *client,
			 struct collector_place *place);

/*
 * For a job source: as collector_place_for() chooses the user, client NULL =
 * as this process runs. It has no working folder: it can write nothing.
 */
void collector_place_jobs(const struct device_collector *program,
			  const struct unix_user *client,
			  struct collector_place *place);

void collector_place_clear(struct collector_place *place);

#endif
