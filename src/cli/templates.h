#ifndef SLUICE_CLI_TEMPLATES_H
#define SLUICE_CLI_TEMPLATES_H

#include "base/embedded.h"

/* Files of www/lighttpd that "init" fills in; made by the build. */
extern const struct embedded cli_templates[];

#endif
