#ifndef SLUICE_TESTS_DOCUMENTS_SAMPLES_H
#define SLUICE_TESTS_DOCUMENTS_SAMPLES_H

#include "documents/collected.h"
#include "documents/transmission.h"

/*
 * Samples made from the catalogue itself, so that a new field or form of log
 * lines is in every test from the day it has a row.
 */
#define SAMPLES_AT 1795442400 /* 2026-11-23T14:00:00Z */
#define SAMPLES_TRANSACTION "019ab0c2-1234-7abc-8def-0123456789ab"

/* When all that a moment tells of happened: an hour before. */
#define SAMPLES_MOMENT "2026-11-23T13:00:00Z"
#define SAMPLES_MOMENT_AT (SAMPLES_AT - 3600)

/* In each log: one for each form, and one that fits none. */
#define SAMPLES_STRAY_LINE "canary-personal-in-a-line-of-no-form"

extern const uint8_t samples_key[PSEUDONYM_KEY_SIZE];

/*
 * What a collector would print if it found every field of every document;
 * groups that repeat stand twice. Values that can hold it are
 * "canary-CLASS-DOCUMENT-PATH", in lines "canary-CLASS-DOCUMENT-line".
 */
void samples_print(struct buf *out);
void samples_collect(struct collected *c);

/* The same of these documents alone, in XML; aborts when it is none. */
void samples_collect_body(struct collected *c, const char *body);

/* A value that the field takes. nth: from 1. dst is used where it is needed. */
const char *samples_value(const struct document *d, const struct field *f,
			  unsigned nth, char *dst, size_t size);

/* A line of this form with a canary in each slot of a class. */
void samples_line(struct buf *out, const struct document *d, const char *form);

/*
 * A head with reason "button" and a grant for each service and gate in the
 * bits; for none, a sample's.
 */
void samples_head(struct transmission_head *head, unsigned services);

/* The services that send documents. */
#define SAMPLES_ALL                                                      \
	(SERVICE_BIT(SERVICE_METERING) | SERVICE_BIT(SERVICE_SUPPLIES) | \
	 SERVICE_BIT(SERVICE_PARTS) | SERVICE_BIT(SERVICE_MAINTENANCE) | \
	 SERVICE_BIT(SERVICE_ENGINEERING))

/*
 * The whole transmission of samples_collect() with the grants that it takes;
 * aborts if that fails. withheld may be NULL.
 */
void samples_write(struct buf *out, const struct redact_rules *rules,
		   struct withheld_list *withheld);

/* The same under the rules of a device, which has a key for pseudonyms. */
void samples_transmission(struct buf *out, unsigned services, bool personal,
			  struct withheld_list *withheld);

#endif
