#ifndef SLUICE_CGI_DEVICE_STATE_H
#define SLUICE_CGI_DEVICE_STATE_H

#include "domain/automatic.h"
#include "domain/consent.h"
#include "web/router.h"

/*
 * Puts "state" into the view: is anything sent, where to, when last, and what
 * is sent next by itself.
 */
MUST_USE bool state_fill(struct visit *visit, const struct consents *all,
			 struct err *err);

/*
 * The next automatic send in words, as automatic_put_next() says it on this
 * device; puts nothing while nothing is allowed.
 */
MUST_USE bool state_next_automatic(struct visit *visit,
				   const struct consents *all, struct buf *out,
				   struct err *err);

/* The hours of this device. */
struct timetable state_hours(const struct visit *visit,
			     const struct automatic *automatic);

#endif
