#ifndef SLUICE_DOMAIN_JOB_SETTINGS_H
#define SLUICE_DOMAIN_JOB_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "domain/setting_rows.h"
#include "store/db.h"

/* What an administrator decides about job data. */
struct job_settings {
	bool two_people; /* a second person has to agree to each send */
	uint64_t rate;   /* most bytes a second of an upload; 0 = no limit */
};

MUST_USE bool job_settings_get(struct db *db, struct job_settings *settings,
			       struct err *err);

/* The settings by name, for forms and the command line; NULL ends it. */
const struct setting *job_setting_at(size_t n);

/* The value as it is typed: "off", "none", "250". Errors: NOT_FOUND. */
MUST_USE bool job_setting_value(struct db *db, const char *name,
				struct buf *value, struct err *err);

/*
 * Changes one, with an entry. The value that stands changes nothing.
 * Errors: NOT_FOUND (no such setting), INVALID (the text says what is valid).
 */
MUST_USE bool job_setting_set(struct db *db, const char *actor,
			      const char *name, const char *value, int64_t now,
			      struct err *err);

#endif
