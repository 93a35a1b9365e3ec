#ifndef SLUICE_CGI_SERVER_CONTACT_H
#define SLUICE_CGI_SERVER_CONTACT_H

#include "base/err.h"
#include "server/fleet.h"
#include "web/router.h"

/*
 * Part of the page of a device: when it was in contact, when it comes again,
 * how its clock goes, and what is witnessed of its log. device: of
 * fleet_get().
 */
MUST_USE bool console_put_contact(struct visit *visit,
				  const struct fleet_device *device,
				  struct err *err);

#endif
