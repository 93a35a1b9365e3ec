#ifndef SLUICE_BASE_PRIVILEGES_H
#define SLUICE_BASE_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Capabilities of this process, by their numbers in <linux/capability.h>. */

/* Does it have all of these in effect? */
bool privileges_held(const int *capabilities, size_t count);

/*
 * Gives up all capabilities but these for good: permitted, effective,
 * inheritable, ambient, and, where the process may, the bounding set. count
 * 0 = all, also those of root. That a program does not get them back when it
 * is run takes no_new_privs as well (sandbox.h).
 * Errors: IO (one to be kept is not there).
 */
MUST_USE bool privileges_keep(const int *capabilities, size_t count,
			      struct err *err);

#endif
