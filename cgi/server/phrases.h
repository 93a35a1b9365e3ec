#ifndef SLUICE_CGI_SERVER_PHRASES_H
#define SLUICE_CGI_SERVER_PHRASES_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "server/certificates.h"
#include "server/fleet.h"

/* The same thing in the same words and colours on every page. */

/* One that makes no check-ins is called silent after so long. */
#define PHRASES_SILENT_S (7 * 24 * 60 * 60)

/* No sign of life when one was due; never of a device that was revoked. */
bool phrases_is_silent(const struct fleet_device *device, int64_t now);

/*
 * "Seen", "Overdue: 5 check-ins missing", "Silent for 9 days", "Never seen",
 * "Revoked".
 */
void phrases_device_tag(json_t *object, const char *name,
			const struct fleet_device *device, int64_t now);

/*
 * What every list shows of a certificate: sha256, short, device, origin,
 * issued, until and its tag.
 */
void phrases_certificate(json_t *object, const struct certificate_row *row,
			 int64_t now);

/*
 * "Ends within 30 days", "Run out"; nothing while it is further off than the
 * first step of the countdown.
 */
void phrases_countdown_tag(json_t *object, const char *name, int64_t not_after,
			   int64_t now);

/* Names with spaces between ("metering supplies") as "Metering, Supplies". */
void phrases_services(json_t *object, const char *name, const char *names);

/* Is the word one of those with spaces between? */
bool phrases_has(const char *names, const char *word);

/* Bits of document kinds as "Billing, Supplies Usage". */
void phrases_documents(json_t *object, const char *name, unsigned documents);

/* Title if there is one, else the id. */
const char *phrases_device_title(const struct fleet_device *device);

/* "TotalImpressions" as "Total impressions"; "Supply[2]" as "Supply 2". */
void phrases_put_field(struct buf *out, const char *name, size_t len);

#endif
