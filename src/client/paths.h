#ifndef SLUICE_CLIENT_PATHS_H
#define SLUICE_CLIENT_PATHS_H

#include <stddef.h>

#include "base/sandbox.h"
#include "domain/device_config.h"

#define PATHS_MAX 640

/* Paths for a sandbox. A zeroed one has none. */
struct paths {
	struct sandbox_path list[PATHS_MAX + 1]; /* ends with NULL */
	char *own[PATHS_MAX];                    /* the texts of the list */
	size_t count;
};

/* A path; "" is none. What does not fit is left out: less is allowed. */
void paths_add(struct paths *paths, const char *path, bool write);
void paths_add_folder_of(struct paths *paths, const char *path);

/*
 * What a collector or job source needs of the file system beside the system's own folders:
 * that of its program, and the absolute paths among its arguments to read, or
 * if it is the file of a device to write, too. Never the device's keys or
 * database: a path that is their folder, lies in it or above it is left out.
 */
void paths_add_collector(struct paths *paths,
			 const struct device_config *config,
			 const struct device_collector *collector);

void paths_clear(struct paths *paths);

#endif
