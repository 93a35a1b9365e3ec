#ifndef SLUICE_CLIENT_DOCTOR_PARTS_H
#define SLUICE_CLIENT_DOCTOR_PARTS_H

#include "client/doctor.h"
#include "client/link.h"

/* What the files doctor*.c share. */

/* In the order in which they are told. */
enum doctor_step {
	DOCTOR_PERMISSION,
	DOCTOR_DAEMON,
	DOCTOR_SANDBOX,
	DOCTOR_SPACE,
	DOCTOR_KEYS,
	DOCTOR_CERTIFICATE,
	DOCTOR_LINK,
	DOCTOR_ADDRESS,
	DOCTOR_DNS,
	DOCTOR_TCP,
	DOCTOR_TLS,
	DOCTOR_SIGN_IN,
	DOCTOR_ECHO,
	DOCTOR_TIME,
	DOCTOR_STEPS
};

_Static_assert(DOCTOR_STEPS <= CONNECTION_STEPS_MAX, "steps");

/* One test on its way. */
struct doctor {
	struct client *client;
	struct connection_test *test;
	struct link link; /* zero when it cannot be loaded */
	/* Roots without a certificate of our own; NULL = not needed, or none */
	struct trust *anonymous;
};

/* Sets a step; remedy "" = nothing to do. What is too long is cut. */
void doctor_say(struct doctor *d, enum doctor_step step,
		enum connection_result result, const char *remedy,
		const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Are remote services allowed? Errors: those of the database. */
MUST_USE bool doctor_allowed(const struct doctor *d, bool *allowed,
			     struct err *err);

void doctor_look_at_space(struct doctor *d);
void doctor_look_here(struct doctor *d);
void doctor_look_out(struct doctor *d);

#endif
