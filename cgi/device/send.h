#ifndef SLUICE_CGI_DEVICE_SEND_H
#define SLUICE_CGI_DEVICE_SEND_H

#include "web/router.h"

/*
 * Puts "queue": all that waits to be sent in the order in which it goes, why
 * it waits, and when it is tried next.
 */
MUST_USE bool send_fill_queue(struct visit *visit, struct err *err);

#endif
