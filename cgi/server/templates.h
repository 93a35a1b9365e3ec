#ifndef SLUICE_CGI_SERVER_TEMPLATES_H
#define SLUICE_CGI_SERVER_TEMPLATES_H

#include "base/embedded.h"

/* The files of www/server and www/people, put in by the build. */
extern const struct embedded console_templates[];

#endif
