#ifndef SLUICE_DOCUMENTS_TRANSMISSION_H
#define SLUICE_DOCUMENTS_TRANSMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "documents/collected.h"
#include "documents/pseudonym.h"
#include "documents/service.h"
#include "formats/uuid.h"

#define TRANSMISSION_NAMESPACE "urn:sluice:transmission:1"
#define TRANSMISSION_TYPE "application/vnd.sluice.transmission+xml"
#define TRANSMISSION_MAX (1024u * 1024u) /* bytes of one transmission */

/* The grant that covers one service, as the envelope names it. */
struct transmission_grant {
	enum service_id service;
	char id[UUID_TEXT_SIZE];
};

#define TRANSMISSION_GRANTS_MAX 8

struct transmission_head {
	char transaction[UUID_TEXT_SIZE];
	char machine_id[65];        /* device id, [a-z0-9.-] */
	const char *make_and_model; /* borrowed; NULL = unknown */
	const char *serial_number;
	const char *
		reason; /* "button", "timer", "alarm", "instruction", "sample" */
	int64_t collected_at;
	struct transmission_grant grants[TRANSMISSION_GRANTS_MAX];
	size_t grants_count; /* 0 only for a sample, which is never sent */
};

/* What the person allowed; redact.c is the only reader. */
struct redact_rules {
	unsigned services; /* SERVICE_BIT()s that the transmission is for */
	bool personal;     /* the personal gate is open */
	/* PSEUDONYM_KEY_SIZE bytes; NULL = network values are withheld */
	const uint8_t *pseudonym_key;
	/*
	 * By service: UTC seconds from which on its grant covers what happens
	 * (field.h, moment); 0 = no limit.
	 */
	int64_t since[SERVICES_END];
	/*
	 * The same for the personal gate: of what happened before, personal
	 * data stays, whatever the service's grant covers.
	 */
	int64_t personal_since;
};

/* Something that was found and does not leave. */
struct withheld {
	char document[40];
	char path[256];         /* field path, or "" for the whole document */
	enum field_class class; /* CLASS_UNSET = not in the catalogue */
	char reason[160];       /* for people: "personal data is not allowed" */
	unsigned count;
};

struct withheld_list {
	struct withheld *at; /* mem_array; withheld_clear() frees */
	size_t count;
	struct pseudonym_list pseudonyms; /* what was replaced, and by what */
};
void withheld_clear(struct withheld_list *list);

/*
 * Redacts and writes the one XML transmission: envelope and the documents of
 * the services in rules, in catalogue order. The same input gives the same
 * bytes. withheld (zeroed or with an older list) gets every field that was
 * found and is left out. head names a grant for each service in rules, and
 * for personal data when the gate is open, and no other; except a sample,
 * which needs none.
 * Errors: LIMIT (over TRANSMISSION_MAX), NOT_FOUND (nothing collected for any
 * of the services; the text names them), DENIED (a service without a grant),
 * INVALID (head).
 */
MUST_USE bool transmission_write(const struct transmission_head *head,
				 const struct collected *collected,
				 const struct redact_rules *rules,
				 struct buf *out,
				 struct withheld_list *withheld,
				 struct err *err);

/*
 * Reads a transmission in pieces and checks it against the catalogue: unknown
 * elements, wrong values, missing or repeated parts, DOCTYPE, another order
 * are INVALID; limits are LIMIT. So is a document of no service that a grant
 * of the envelope covers, and personal data or a name of the network without
 * a grant for that, except in a sample. field() is called for each
 * value as it comes: what it took counts only after finish said true.
 */
struct transmission_seen {
	/* path: "SuppliesUsage/Supply[2]/Level", a number at each field that repeats; all borrowed during the call */
	bool (*field)(void *ctx, const struct document *document,
		      const char *path, const char *text, const char *unit,
		      const char *source, struct err *err);
	void *ctx;
};

struct transmission_reader; /* opaque */

/* seen NULL = only check; copied. */
struct transmission_reader *
transmission_reader_new(const struct transmission_seen *seen);
MUST_USE bool transmission_reader_feed(struct transmission_reader *r,
				       const void *data, size_t len,
				       struct err *err);
/* On success head is filled; its pointers are borrowed from r. documents: bit (1 << kind) of each seen. */
MUST_USE bool transmission_reader_finish(struct transmission_reader *r,
					 struct transmission_head *head,
					 unsigned *documents, struct err *err);
void transmission_reader_free(struct transmission_reader *r);

/*
 * The plain view of a transmission for people: one row a value, in order.
 * Used by the preview and by the server's page. Same checks as above.
 */
struct transmission_row {
	const struct document *document;
	char *path; /* "Supply[2]/Level" */
	const struct field *field;
	char *text, *unit, *source; /* unit, source may be NULL */
};
struct transmission_rows {
	struct transmission_row *at;
	size_t count;
};
void transmission_rows_clear(struct transmission_rows *rows);
MUST_USE bool transmission_rows_read(const void *xml, size_t len,
				     struct transmission_rows *rows,
				     struct err *err);

#endif
