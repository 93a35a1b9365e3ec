#ifndef SLUICE_CGI_DEVICE_STATE_H
#define SLUICE_CGI_DEVICE_STATE_H

#include "domain/consent.h"
#include "web/router.h"

/* Puts "state" into the view: is anything sent, where to, when last. */
void state_fill(struct visit *visit, const struct consents *all);

#endif
