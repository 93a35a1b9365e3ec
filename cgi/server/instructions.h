#ifndef SLUICE_CGI_SERVER_INSTRUCTIONS_H
#define SLUICE_CGI_SERVER_INSTRUCTIONS_H

#include "base/err.h"
#include "server/fleet.h"
#include "web/router.h"

/*
 * Part of the page of a device: what it was asked, by whom and why, what it
 * answered, and the rows of its log that it reported. Making an instruction
 * is the command line's, which has the key.
 */
MUST_USE bool console_put_instructions(struct visit *visit,
				       const struct fleet_device *device,
				       struct err *err);

#endif
