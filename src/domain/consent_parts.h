#ifndef SLUICE_DOMAIN_CONSENT_PARTS_H
#define SLUICE_DOMAIN_CONSENT_PARTS_H

#include "crypto/sha256.h"
#include "domain/consent.h"

/* What the files consent*.c share; jobs.c asks the same questions. */

#define CONSENT_HASH_SIZE (2 * SHA256_SIZE + 1)
#define CONSENT_EVERY_SERVICE 0x7fffffffu

/* What a grant made now would cover; remote services have no catalogue: "". */
struct consent_cover {
	char text[CONSENT_HASH_SIZE];
	char catalogue[CONSENT_HASH_SIZE];
};

void consent_cover_of(const struct service *service,
		      struct consent_cover *cover);

/*
 * Would a grant made now cover what one with these hashes does? One for remote
 * services from before their words were kept ("") stands.
 */
bool consent_is_covered(const struct service *service, const char *text,
			const char *catalogue);

/*
 * consent_read() without last_sent_at. now is what the clock says; ends are
 * judged by what is known of the time (time_known_judge()). Only these controls
 * (SERVICE_BIT()s) and remote services are read, the others stay as never
 * decided: to compare what was agreed to with what it would be now costs more
 * than all the rest.
 */
MUST_USE bool consent_read_decisions(struct db *db, int64_t now,
				     unsigned controls, struct consents *all,
				     struct err *err);

/* Says why a service or gate may not be sent now. Returns false. */
bool consent_refuse(const struct consents *all, const struct consent *c,
		    struct err *err);

#endif
