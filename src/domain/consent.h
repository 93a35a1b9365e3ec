#ifndef SLUICE_DOMAIN_CONSENT_H
#define SLUICE_DOMAIN_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "documents/service.h"
#include "formats/uuid.h"
#include "store/db.h"

/*
 * The customer's decisions. Table grants: one row a grant, its end is set
 * once and never changed. Remote services as a whole is a control of its own
 * beside the services: a service counts as allowed only while both stand.
 */
enum consent_state {
	CONSENT_UNSET = 0,
	CONSENT_NOT_ALLOWED,
	CONSENT_ALLOWED,
	CONSENT_SUSPENDED /* its words or its fields changed since: confirm again */
};

struct consent {
	/* NULL for remote services as a whole */
	const struct service *service;
	enum consent_state state;   /* of this control alone */
	char grant[UUID_TEXT_SIZE]; /* "" unless allowed or suspended */
	/* who decided last; "" = nobody ever */
	char actor[65];
	int64_t decided_at; /* 0 = never */
	/* last valid receipt that held this service; 0 = never */
	int64_t last_sent_at;
};

struct consents {
	struct consent remote;      /* remote services as a whole */
	struct consent services[8]; /* in the order of service_at() */
	size_t count;
	/* SERVICE_BIT()s that may be sent now: remote and service allowed */
	unsigned effective;
};

MUST_USE bool consent_read(struct db *db, struct consents *all,
			   struct err *err);

/* Quick question for the daemon and the pages: the effective bits. */
MUST_USE bool consent_effective(struct db *db, unsigned *services,
				struct err *err);

/*
 * Allow: writes the grant and its ledger entry. Allowing twice changes nothing
 * and is no error; a suspended grant is ended and a new one made. service 0 =
 * remote services as a whole (allows no service by itself).
 */
MUST_USE bool consent_allow(struct db *db, const char *actor,
			    enum service_id service, int64_t now,
			    struct err *err);

/*
 * Withdraw: ends the grant, cancels every staged or queued transmission that
 * holds the service (all of them for 0), writes the entries, in one
 * transaction. *purged (may be NULL) = transmissions cancelled.
 */
MUST_USE bool consent_withdraw(struct db *db, const char *actor,
			       enum service_id service, int64_t now,
			       size_t *purged, struct err *err);

/*
 * Fills the grant ids of these services; DENIED names the first that is not
 * allowed now.
 */
struct transmission_head;
MUST_USE bool consent_grants(struct db *db, unsigned services,
			     struct transmission_head *head, struct err *err);

/*
 * Do exactly these grants (ids, space between) cover these services now?
 * Errors: DENIED (names the first service that is not covered).
 */
MUST_USE bool consent_covers(struct db *db, unsigned services,
			     const char *grants, struct err *err);

/*
 * "metering supplies", in the order of service_at(); as ledger entries name
 * them.
 */
void consent_put_services(struct buf *out, unsigned services);

/* The services that exist. */
unsigned consent_services_known(void);

#endif
