/*
 * The first page after signing in is the list of devices; its own page is
 * devices.c.
 */
#include "cgi/server/pages.h"

bool console_home_show(struct visit *visit, struct err *err)
{
	(void)err;
	visit_redirect(visit, "/devices", NULL, NULL);
	return true;
}
