#ifndef SLUICE_DOMAIN_CONSENT_RECORD_PARTS_H
#define SLUICE_DOMAIN_CONSENT_RECORD_PARTS_H

#include "domain/consent.h"
#include "domain/consent_record.h"

/* What the files consent_record*.c share. Nobody else includes this. */

/* One grant as it stands in the record; texts are borrowed while it is put. */
struct consent_record_row {
	const struct service *service; /* NULL = remote services, or gone */
	const char *control;           /* "metering", "remote" */
	const char *grant;
	int64_t granted_at;
	const char *granted_by;
	const char *language;
	int64_t since, until;
	const char *text_sha256, *catalogue_sha256; /* "" = none */
	const char *words, *fields; /* as agreed to; "" = not kept */
	const char *begin;          /* "given", "renewed", "confirmed" */
	const char *replaces;       /* the grant before it; "" = none */
	const char *state; /* "allowed", "suspended", or that of the end */
	/* "withdrawn", "expired", "replaced"; "" = stands */
	const char *end;
	int64_t ended_at;
	const char *ended_by;
	const char *replaced_by; /* the grant after it; "" = none */
	int64_t now;
};

/* The line of the words that begins so ("purpose"); appended. */
void consent_record_put_word(struct buf *out,
			     const struct consent_record_row *row,
			     const char *key);

/* A field of class personal or network among those agreed to. */
struct consent_record_field {
	const char *class;     /* "personal" */
	const char *attribute; /* "Events/Event/UserName" */
};

/* Calls take for each such field, and each form of log lines with such. */
void consent_record_each_field(
	const struct consent_record_row *row,
	void (*take)(void *ctx, const struct consent_record_field *field),
	void *ctx);

/* What stands before all records, one record, what stands after. */
void consent_record_json_begin(struct buf *out,
			       const struct consent_record_about *about,
			       int64_t now);
void consent_record_json_row(struct buf *out,
			     const struct consent_record_about *about,
			     const struct consent_record_row *row, bool first);
void consent_record_json_end(struct buf *out);

#endif
