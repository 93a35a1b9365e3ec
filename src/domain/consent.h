#ifndef SLUICE_DOMAIN_CONSENT_H
#define SLUICE_DOMAIN_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "documents/difference.h"
#include "documents/service.h"
#include "formats/uuid.h"
#include "store/db.h"

/*
 * The customer's decisions. Tables grants (one row a grant, its end is set
 * once and never changed) and agreed (the words and fields agreed to). Remote
 * services as a whole is a control of its own beside the services and the two
 * gates: each of these counts as allowed only while both stand.
 */
enum consent_state {
	CONSENT_UNSET = 0,
	CONSENT_NOT_ALLOWED,
	CONSENT_ALLOWED,
	/* its words or its fields changed since: confirm again */
	CONSENT_SUSPENDED,
	CONSENT_EXPIRED /* its end date passed */
};

/* A grant ends by itself after this, if nobody chooses otherwise. */
#define CONSENT_PRESET_S ((int64_t)365 * 86400)
/* People are warned this long before. */
#define CONSENT_WARN_S ((int64_t)30 * 86400)

#define CONSENT_LANGUAGE_SIZE 36 /* BCP 47 tag, "en" */

struct consent {
	/* NULL for remote services as a whole */
	const struct service *service;
	enum consent_state state;   /* of this control alone */
	char grant[UUID_TEXT_SIZE]; /* "" unless allowed or suspended */
	/* who decided last; "" = nobody ever */
	char actor[65];
	int64_t decided_at; /* 0 = never */
	/* what happened from here on is covered; 0 unless allowed */
	int64_t since;
	int64_t until;       /* of a standing grant, 0 = no end */
	bool ends_with_send; /* job data: "ask each time"; also when it ended */
	bool ends_soon;      /* within CONSENT_WARN_S */
	/* last valid receipt that held this service; 0 = never */
	int64_t last_sent_at;
};

#define CONSENT_GATES 2

struct consents {
	struct consent remote;      /* remote services as a whole */
	struct consent services[8]; /* in the order of service_at() */
	size_t count;
	struct consent gates[CONSENT_GATES]; /* personal, job data */
	/* SERVICE_BIT()s that may be sent now: remote and service allowed */
	unsigned effective;
	unsigned effective_gates; /* the same of the gates */
};

/*
 * now is what the clock says, here and below. Whether a grant's end has come
 * is judged by what is known of the time (domain/time_known.h), so that a
 * clock that is set back lengthens no grant and one that is set ahead ends
 * none.
 */
MUST_USE bool consent_read(struct db *db, int64_t now, struct consents *all,
			   struct err *err);

/*
 * The same of remote services as a whole alone, without last_sent_at: for
 * those who only have to know whether the server may be asked.
 */
MUST_USE bool consent_read_remote(struct db *db, int64_t now,
				  struct consent *remote, struct err *err);

/*
 * Quick question for the daemon and the pages: the effective bits of services
 * and gates.
 */
MUST_USE bool consent_effective(struct db *db, int64_t now, unsigned *services,
				struct err *err);

/* One of *all; id 0 = remote services; NULL for one that does not exist. */
const struct consent *consent_of(const struct consents *all,
				 enum service_id id);

/* "remote", "metering", "personal": as ledger, command line and forms say. */
const char *consent_name(const struct service *service);
const char *consent_title(const struct service *service);

/* The words that are shown and agreed to; of NULL those of remote services. */
const struct service *consent_words(const struct service *service);

struct consent_choice {
	const char *actor;
	enum service_id service; /* 0 = remote services as a whole */
	const char *language;    /* of the words that were read, "en" */
	int64_t until;           /* end; 0 = never; CONSENT_UNTIL_PRESET */
	int64_t now;
};

#define CONSENT_UNTIL_PRESET INT64_C(-1) /* a year from now */
/*
 * Job data only, and its preset: ends with the next send, at the latest a year
 * from now.
 */
#define CONSENT_UNTIL_SENT INT64_C(-2)

/*
 * Allow: writes the grant, what was agreed to, and its ledger entry. Allowing
 * twice changes nothing and is no error, unless another end is chosen or the
 * end is near: then the grant is renewed and covers what the old one did. A
 * suspended or expired grant is ended and a new one made, which covers from
 * now on. Remote services as a whole allow no service by themselves, nor does
 * a service open a gate.
 * Errors: INVALID (no person, no such service, an end that is past or more
 * than ten years ahead, no language tag).
 */
MUST_USE bool consent_choose(struct db *db, const struct consent_choice *choice,
			     struct err *err);

/* The same with the preset end, in English. */
MUST_USE bool consent_allow(struct db *db, const char *actor,
			    enum service_id service, int64_t now,
			    struct err *err);

/*
 * Withdraw: ends the grant, cancels every staged or queued transmission that
 * holds the service or gate (all of them for 0) and, for job data and 0, every
 * open order of job data, writes the entries, in one transaction. *waited (may
 * be NULL) = those of them that waited to be sent: what is only shown as a
 * preview, or chosen and not confirmed, is cancelled too but not counted.
 */
MUST_USE bool consent_withdraw(struct db *db, const char *actor,
			       enum service_id service, int64_t now,
			       size_t *waited, struct err *err);

/*
 * Job data went out under this grant: ends it, by the daemon, if it is the one
 * that stands and ends with its send. Inside the caller's transaction.
 */
MUST_USE bool consent_job_data_sent(struct db *db, const char *grant,
				    int64_t now, struct err *err);

/*
 * Ends every grant whose date is proved to have come, as consent_withdraw()
 * does, by the daemon. One whose date has come by the clock alone is not
 * effective either, but stands, in case the clock is wrong. *ended may be
 * NULL.
 */
MUST_USE bool consent_expire(struct db *db, int64_t now, size_t *ended,
			     struct err *err);

/*
 * What changed since a suspended grant was given; appended, to be cleared. An
 * empty list: nothing changed, or what was agreed to was not kept.
 */
MUST_USE bool consent_difference(struct db *db, const struct consent *consent,
				 struct difference_list *list, struct err *err);

/*
 * Fills the grant ids of these services and of the personal gate, if its bit
 * is among them; DENIED names the first that is not allowed now.
 */
struct transmission_head;
MUST_USE bool consent_grants(struct db *db, unsigned services, int64_t now,
			     struct transmission_head *head, struct err *err);

/*
 * Do exactly these grants (ids, space between) cover these services now?
 * Errors: DENIED (names the first service that is not covered).
 */
MUST_USE bool consent_covers(struct db *db, unsigned services,
			     const char *grants, int64_t now, struct err *err);

/*
 * "metering supplies personal", in the order of control_at(); as ledger
 * entries name them.
 */
void consent_put_services(struct buf *out, unsigned services);

/* The services that send documents. */
unsigned consent_services_known(void);

#endif
