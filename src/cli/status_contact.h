#ifndef SLUICE_CLI_STATUS_CONTACT_H
#define SLUICE_CLI_STATUS_CONTACT_H

#include <stdio.h>

#include <jansson.h>

#include "base/err.h"
#include "domain/checkins.h"
#include "domain/continuation.h"
#include "domain/time_known.h"
#include "domain/witnessed.h"

/* What "sluice status" says of the contact with the server. */
struct status_contact {
	struct checkin_state checkin;
	struct witnessed witnessed;
	struct time_known time;
	struct continuation continuation; /* what was said of a conflict */
	uint64_t log_size;
	int64_t clock; /* what it says */
};

MUST_USE bool status_contact_read(struct db *db, int64_t now,
				  struct status_contact *contact,
				  struct err *err);

/*
 * Lines for people: last contact, next check-in, what is wrong. certified:
 * there is a certificate, without which there is no check-in.
 */
void status_contact_put(const struct status_contact *contact, bool certified,
			FILE *out);

/* "contact": an object of the same. */
void status_contact_add_json(const struct status_contact *contact, json_t *all);

#endif
