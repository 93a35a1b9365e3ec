#ifndef SLUICE_BASE_SANDBOX_FILTER_H
#define SLUICE_BASE_SANDBOX_FILTER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/sandbox.h"

/*
 * The seccomp half of sandbox_enter(); only base/sandbox calls it.
 * no_new_privs must be set.
 *
 * held   is the filter in place? false on kernels and processors without
 *
 * Errors: IO (the kernel has seccomp and refuses the filter).
 */
MUST_USE bool sandbox_filter_enter(enum sandbox_profile profile, bool *held,
				   struct err *err);

#endif
