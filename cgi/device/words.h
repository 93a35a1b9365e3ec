#ifndef SLUICE_CGI_DEVICE_WORDS_H
#define SLUICE_CGI_DEVICE_WORDS_H

#include <jansson.h>

#include "base/buf.h"
#include "domain/consent.h"
#include "domain/outbox.h"

/* The same thing in the same words and colours on every page. */

/* The mark of a state, see cgi/people/marks.h. */
void words_outbox_tag(json_t *object, const char *name,
		      const struct outbox_item *item);
void words_consent_tag(json_t *object, const char *name,
		       enum consent_state state);
void words_class_tag(json_t *object, const char *name, enum field_class class);
void words_result_tag(json_t *object, const char *name, const char *result);

/* "Metering, Personal data" from SERVICE_BIT()s or from names with spaces. */
void words_services(json_t *object, const char *name, unsigned services);
void words_services_put(struct buf *out, unsigned services);
void words_service_names(json_t *object, const char *name, const char *names);

/* "TotalImpressions" as "Total impressions"; "Supply[2]" as "Supply 2". */
void words_put_field(struct buf *out, const char *name, size_t len);

/* "last sent 23 November 2026, 14:02:07 UTC" or "never sent". */
void words_last_sent(json_t *object, const char *name, int64_t at);

#endif
