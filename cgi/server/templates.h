#ifndef SLUICE_CGI_SERVER_TEMPLATES_H
#define SLUICE_CGI_SERVER_TEMPLATES_H

#include "base/embedded.h"

/* The files of www/server and the parts shared with the device's pages. */
extern const struct embedded console_templates[];

#endif
