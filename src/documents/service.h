#ifndef SLUICE_DOCUMENTS_SERVICE_H
#define SLUICE_DOCUMENTS_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "documents/document.h"

/*
 * The services that a customer can authorize, with the words he reads before
 * he decides. The numbers stand in databases and are never used again for
 * something else. (5 = engineering and 6 = updates are kept free for those.)
 */
enum service_id {
	SERVICE_UNSET = 0,
	SERVICE_METERING = 1,
	SERVICE_SUPPLIES = 2,
	SERVICE_PARTS = 3,
	SERVICE_MAINTENANCE = 4
};

#define SERVICE_BIT(id) (1u << (unsigned)(id))

struct item;

struct service {
	enum service_id id;
	const char *name;    /* "metering": command line, XML, URLs */
	const char *title;   /* "Metering" */
	const char *purpose; /* one sentence */
	const char *sends;   /* "page and sheet counters, serial number" */
	const char *never_sends;
	const char *when;   /* "when an operator presses Send, about 2 kB" */
	const char *if_off; /* consequence of not allowing it */
	const enum document_kind *documents; /* ends with DOCUMENT_UNSET */
	/*
	 * Which repeated groups of a document belong to this service: NULL = all.
	 * Parts keeps the customer-replaceable units among the supplies only.
	 */
	bool (*keeps)(enum document_kind kind, const struct item *group);
};

/* In the order of the page; NULL after the last. */
const struct service *service_at(size_t n);
const struct service *service_of(enum service_id id);
const struct service *service_by_name(const char *name);

/* SHA-256 of the words above (title .. if_off) in a fixed form: what was agreed to. */
void service_text_hash(const struct service *service, uint8_t hash[32]);

/* SHA-256 of the catalogue rows of the service's documents: what it covers. */
void service_catalogue_hash(const struct service *service, uint8_t hash[32]);

#endif
