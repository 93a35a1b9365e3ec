#ifndef SLUICE_DOMAIN_CONSENT_RECORD_H
#define SLUICE_DOMAIN_CONSENT_RECORD_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "domain/device_config.h"
#include "domain/machines.h"
#include "store/db.h"

/*
 * The consent record: every grant that was ever given on this device, oldest
 * first, with who, when, the words and the fields that were agreed to, and
 * how it ended. For the customer to keep, and for a data protection officer.
 *
 *	CSV    a head row and one row a grant (consent_record.c)
 *	JSON   one object; its "records" have the fields of ISO/IEC TS
 *	       27560:2023, one record a grant (consent_record_json.c)
 */
enum consent_record_format {
	CONSENT_RECORD_UNSET = 0,
	CONSENT_RECORD_CSV,
	CONSENT_RECORD_JSON
};

/* "csv", "json"; CONSENT_RECORD_UNSET if none of these. */
enum consent_record_format consent_record_format_by_name(const char *name);
const char *consent_record_format_type(enum consent_record_format format);

/* Of whom and towards whom; NULL or "" = not known. */
struct consent_record_about {
	const char *device;     /* id at the server */
	const char *serial;     /* serial number */
	const char *model;      /* make and model */
	const char *controller; /* name of the Communication Server */
};

/*
 * Fills *about for this device. The texts stay those of config and of
 * *machine. Errors: IO.
 */
MUST_USE bool consent_record_of_device(struct db *db,
				       const struct device_config *config,
				       struct machine *machine,
				       struct consent_record_about *about,
				       struct err *err);

#define CONSENT_RECORD_MAX (16u * 1024u * 1024u) /* bytes of a record */

/*
 * Appends the whole record. now decides what is over and stands in it as the
 * time it was made. Errors: INVALID (no such format), LIMIT (longer than
 * CONSENT_RECORD_MAX: nothing is appended), IO.
 */
MUST_USE bool consent_record_put(struct db *db,
				 enum consent_record_format format,
				 const struct consent_record_about *about,
				 int64_t now, struct buf *out, struct err *err);

#endif
