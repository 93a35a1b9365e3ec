#ifndef SLUICE_CLI_PREVIEW_H
#define SLUICE_CLI_PREVIEW_H

#include "cli/command.h"
#include "cli/device.h"
#include "formats/uuid.h"

/*
 * Has a transmission collected and staged for the services. Errors: what the
 * client says (NOT_FOUND, LIMIT, ...), RETRY, IO.
 */
MUST_USE bool preview_stage(const struct cli *cli,
			    const struct cli_device *device, unsigned services,
			    char transaction[UUID_TEXT_SIZE], struct err *err);

#endif
