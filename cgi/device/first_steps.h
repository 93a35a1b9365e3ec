#ifndef SLUICE_CGI_DEVICE_FIRST_STEPS_H
#define SLUICE_CGI_DEVICE_FIRST_STEPS_H

#include "domain/consent.h"
#include "web/router.h"

/*
 * The first-run task list on Home: "steps", until all are done or somebody
 * hides it. What can be seen is found out; the rest a person marks as done.
 */
MUST_USE bool first_steps_fill(struct visit *visit, const struct consents *all,
			       struct err *err);

/*
 * Marks a step, by name, as done; "hide" and "show" are for the whole list.
 * Errors: INVALID (no such step).
 */
MUST_USE bool first_steps_mark(struct visit *visit, const char *name,
			       struct err *err);

#endif
