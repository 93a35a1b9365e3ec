#ifndef SLUICE_DOCUMENTS_SERVICE_H
#define SLUICE_DOCUMENTS_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "documents/document.h"

/*
 * What a customer decides on, with the words he reads before: the services,
 * and the two gates beside them, personal data and job data, which are asked
 * for apart. The numbers stand in databases and are never used again for
 * something else.
 */
enum service_id {
	SERVICE_UNSET = 0,
	SERVICE_METERING = 1,
	SERVICE_SUPPLIES = 2,
	SERVICE_PARTS = 3,
	SERVICE_MAINTENANCE = 4,
	SERVICE_ENGINEERING = 5,
	SERVICE_UPDATES = 6,
	SERVICES_END = 7, /* one more than the last service */
	GATE_PERSONAL = 16,
	GATE_JOB_DATA = 17
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
	const char *when; /* "when an operator presses Send, about 2 kB" */
	/* consequence of allowing it; NULL = it sends that, no more */
	const char *if_on;
	const char *if_off; /* consequence of not allowing it */
	/* ends with DOCUMENT_UNSET; gates and updates have none */
	const enum document_kind *documents;
	/*
	 * Which repeated groups of a document belong to this service: NULL = all.
	 * Parts keeps the customer-replaceable units among the supplies only.
	 */
	bool (*keeps)(enum document_kind kind, const struct item *group);
};

/*
 * Remote services as a whole, "remote": the switch over all services, with the
 * words that are agreed to. It has no number and no documents, and is in none
 * of the lists below.
 */
const struct service *service_remote(void);

/* The services in the order of the page; NULL after the last. */
const struct service *service_at(size_t n);
/* Services and gates. */
const struct service *service_of(enum service_id id);
const struct service *service_by_name(const char *name);

/* All that is decided on: the services, then the gates; NULL after the last. */
const struct service *control_at(size_t n);
bool service_is_gate(const struct service *service);
bool service_has(const struct service *service, enum document_kind kind);

/* SERVICE_BIT()s of the services that send documents. */
unsigned services_with_documents(void);

/*
 * What is agreed to, in a fixed form: the words above (title .. if_off), and
 * the catalogue rows that it covers: those of the service's documents; for
 * personal data all rows of class personal and network.
 */
void service_put_text(struct buf *out, const struct service *service);
void service_put_catalogue(struct buf *out, const struct service *service);

/* SHA-256 of these. */
void service_text_hash(const struct service *service, uint8_t hash[32]);
void service_catalogue_hash(const struct service *service, uint8_t hash[32]);

#endif
