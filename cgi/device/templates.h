#ifndef SLUICE_CGI_DEVICE_TEMPLATES_H
#define SLUICE_CGI_DEVICE_TEMPLATES_H

#include "base/embedded.h"

/* The files of www/device and www/people, put in by the build. */
extern const struct embedded device_templates[];

#endif
