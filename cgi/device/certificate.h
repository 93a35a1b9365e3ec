#ifndef SLUICE_CGI_DEVICE_CERTIFICATE_H
#define SLUICE_CGI_DEVICE_CERTIFICATE_H

#include <jansson.h>

#include "base/buf.h"
#include "domain/enrolment.h"

/*
 * The device's certificate in words. now is the best time known, not the
 * clock's: struct time_known.
 */

/* The countdown as a mark: none, valid, ends in DAYS, over. */
void certificate_tag(json_t *object, const char *name,
		     const struct enrolment *enrolment, int64_t now);

/*
 * "Valid until 3 March 2027, 97 days left. It is renewed by itself from 2
 * September 2026 on."
 */
void certificate_put(struct buf *out, const struct enrolment *enrolment,
		     int64_t now);

/*
 * Does somebody have to look? It is over, or runs out although a renewal was
 * due for a day.
 */
bool certificate_needs_person(const struct enrolment *enrolment, int64_t now);

#endif
