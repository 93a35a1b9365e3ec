/*
 * The first page after signing in is the list of devices, whose own page is
 * devices.c; for who may only take sealed job data it is jobdata.c.
 */
#include "cgi/server/pages.h"
#include "domain/roles.h"

bool console_home_show(struct visit *visit, struct err *err)
{
	(void)err;
	visit_redirect(visit,
		       people_may(visit, ROLE_STAFF) ? "/devices" : "/jobdata",
		       NULL, NULL);
	return true;
}
