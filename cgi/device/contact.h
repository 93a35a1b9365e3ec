#ifndef SLUICE_CGI_DEVICE_CONTACT_H
#define SLUICE_CGI_DEVICE_CONTACT_H

#include "domain/checkins.h"
#include "domain/consent.h"
#include "domain/enrolment.h"
#include "domain/time_known.h"
#include "web/router.h"

/* How the connection to the server stands. */
enum contact_state {
	CONTACT_UNSET = 0,
	CONTACT_OFF,          /* remote services as a whole are not allowed */
	CONTACT_NOT_ENROLLED, /* no certificate */
	CONTACT_OVER,         /* the certificate is over */
	CONTACT_REFUSED,      /* the server said no for good */
	CONTACT_MISSED,       /* CHECKINS_MISSED_WARN or more */
	CONTACT_FAILING,      /* the last check-in did not work */
	CONTACT_NEVER,        /* none yet */
	CONTACT_GOOD,
	CONTACT_STATES
};

struct contact {
	enum contact_state state;
	struct checkin_state checkin;
	struct enrolment enrolment;
	struct time_known time;
	size_t waiting;      /* transmissions that wait or are on their way */
	size_t instructions; /* that wait for a person */
};

MUST_USE bool contact_read(struct visit *visit, const struct consents *all,
			   struct contact *contact, struct err *err);

/*
 * Puts the card "contact" (template contact.html): tone, tag, headline, text
 * and what happens next.
 */
void contact_fill(struct visit *visit, const struct contact *contact);

/* "Connected; last check-in today 09:12; nothing waiting." */
void contact_put(struct visit *visit, const struct contact *contact,
		 struct buf *out);

/* "ok", "warn", "bad", or "" for neither. */
const char *contact_tone(enum contact_state state);

/* The mark of the state alone. */
void contact_tag(json_t *object, const char *name, enum contact_state state);

/* "today 18:04", in the hours of this device. */
void contact_put_when(const struct visit *visit, struct buf *out, int64_t at);

#endif
