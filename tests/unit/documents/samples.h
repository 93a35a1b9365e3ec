#ifndef SLUICE_TESTS_DOCUMENTS_SAMPLES_H
#define SLUICE_TESTS_DOCUMENTS_SAMPLES_H

#include "documents/collected.h"
#include "documents/transmission.h"

/*
 * Samples made from the catalogue itself, so that a new field is in every
 * test from the day it has a row.
 */
#define SAMPLES_AT 1795442400 /* 2026-11-23T14:00:00Z */
#define SAMPLES_TRANSACTION "019ab0c2-1234-7abc-8def-0123456789ab"

/*
 * What a collector would print if it found every field of every document;
 * groups that repeat stand twice. Text values are "canary-CLASS-PATH".
 */
void samples_print(struct buf *out);
void samples_collect(struct collected *c);

/* A head with reason "button" and a grant for each service in the bits. */
void samples_head(struct transmission_head *head, unsigned services);

#define SAMPLES_ALL                                                      \
	(SERVICE_BIT(SERVICE_METERING) | SERVICE_BIT(SERVICE_SUPPLIES) | \
	 SERVICE_BIT(SERVICE_PARTS) | SERVICE_BIT(SERVICE_MAINTENANCE))

/* The whole transmission of samples_collect(); aborts if that fails. */
void samples_transmission(struct buf *out, unsigned services, bool personal,
			  struct withheld_list *withheld);

#endif
