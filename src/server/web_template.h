#ifndef SLUICE_SERVER_WEB_TEMPLATE_H
#define SLUICE_SERVER_WEB_TEMPLATE_H

#include "base/embedded.h"

/* www/lighttpd/server.conf.in, put into the program by the build. */
extern const struct embedded server_web_template[];

#endif
