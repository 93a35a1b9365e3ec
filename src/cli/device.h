#ifndef SLUICE_CLI_DEVICE_H
#define SLUICE_CLI_DEVICE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/log.h"
#include "client/launcher.h"
#include "domain/device_config.h"
#include "store/db.h"

/* What nearly every command of the device works on. */
struct cli_device {
	struct device_config config;
	struct db *db;
	struct launcher *launcher; /* NULL = none; see client/launcher.h */
};

#define CLI_DEVICE_INIT           \
	{                         \
		{ 0 }, NULL, NULL \
	}

/*
 * Reads the configuration, becomes the owner of the state folder when this is
 * root, and opens the database. On success release with cli_device_close(). Errors: NOT_FOUND (the text says to run "sluice init"),
 * INVALID, IO.
 */
MUST_USE bool cli_device_open(const char *conf, struct cli_device *device,
			      struct err *err);

/*
 * The same for commands that collect. Root leaves a launcher behind first, so
 * that collectors have users of their own; log is told which.
 */
MUST_USE bool cli_device_open_to_collect(const char *conf,
					 const struct log *log,
					 struct cli_device *device,
					 struct err *err);

/* The same without becoming anybody: for "sluice init", which writes keys. */
MUST_USE bool cli_device_open_as_root(const char *conf,
				      struct cli_device *device,
				      struct err *err);
/*
 * Is this the device's owner: root, or the user whom the state folder belongs
 * to, and not somebody of its group, as the pages are? Errors: DENIED, IO.
 */
MUST_USE bool cli_device_is_owner(const struct cli_device *device,
				  struct err *err);

void cli_device_close(struct cli_device *device); /* empty is fine */

/* Is a daemon there? It keeps the FIFO "wake" open for reading. */
bool cli_device_daemon_runs(const struct cli_device *device);
/* Does that daemon wait for a command that makes a round just now? */
bool cli_device_daemon_waits(const struct cli_device *device);

/*
 * Names of services, not of gates, in arguments to bits. Errors: INVALID (the
 * text lists the names).
 */
MUST_USE bool cli_device_services(const char *const *names, size_t count,
				  unsigned *services, struct err *err);

/* "metering supplies personal", for people; caller mem_free()s. */
char *cli_device_service_names(unsigned services, const char *between);

#endif
