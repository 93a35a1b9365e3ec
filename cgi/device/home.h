#ifndef SLUICE_CGI_DEVICE_HOME_H
#define SLUICE_CGI_DEVICE_HOME_H

#include "cgi/device/contact.h"
#include "web/router.h"

/*
 * One thing that needs a person: what, why, and the page for it. "name" of the
 * item is what the card of the state calls it, at first the title.
 */
json_t *home_add_task(json_t *list, const char *title, const char *text,
		      const char *path, const char *action);

/*
 * What of the connection needs a person: certificate, check-ins that were
 * missed, the clock, a month whose limit is used up, instructions that wait.
 */
MUST_USE bool home_add_connection(struct visit *visit,
				  const struct contact *contact, json_t *list,
				  struct err *err);

/* Puts "messages": the vendor's words that nobody has marked as read. */
MUST_USE bool home_fill_messages(struct visit *visit, struct err *err);

#endif
