#ifndef SLUICE_DOCUMENTS_DOCUMENT_H
#define SLUICE_DOCUMENTS_DOCUMENT_H

#include <stddef.h>

#include "documents/field.h"

/* The kinds of document. One file each; document.c holds the list. */
enum document_kind {
	DOCUMENT_UNSET = 0,
	DOCUMENT_BILLING,
	DOCUMENT_STATUS,
	DOCUMENT_CONFIGURATION,
	DOCUMENT_SUPPLIES_USAGE,
	DOCUMENT_CUSTOMER_INFO,
	DOCUMENT_FAULTS,
	DOCUMENT_EVENTS,
	DOCUMENT_DIAGNOSTIC_LIST,
	DOCUMENT_DFE_ERRORS,
	DOCUMENT_DIAGNOSTIC_DATA,
	DOCUMENT_NVM,
	DOCUMENT_ENGINEERING,
	DOCUMENT_KINDS /* one more than the last */
};

struct item;

struct document {
	enum document_kind kind;
	const char *name;           /* element name, "SuppliesUsage" */
	const char *title;          /* for people, "Supplies Usage" */
	const char *purpose;        /* one sentence for people */
	const struct field *fields; /* ends with a row whose path is NULL */
	/*
	 * Looks at a whole document after the fields were checked one by one;
	 * NULL = nothing more to say. Errors: INVALID.
	 */
	bool (*check)(const struct item *root, struct err *err);
	/* Forms of its TYPE_LINE values, see log_line.h; ends with NULL */
	const char *const *forms;
};

/* The list, in the order in which documents stand in a transmission. */
const struct document *document_at(size_t n); /* NULL after the last */
const struct document *document_of(enum document_kind kind);
const struct document *document_by_name(const char *name); /* NULL if none */

/* The row of a path; NULL = not in the catalogue. */
const struct field *document_field(const struct document *document,
				   const char *path);

/* One per kind, each in a file of its own. */
extern const struct document document_billing;
extern const struct document document_status;
extern const struct document document_configuration;
extern const struct document document_supplies_usage;
extern const struct document document_customer_info;
extern const struct document document_faults;
extern const struct document document_events;
extern const struct document document_diagnostic_list;
extern const struct document document_dfe_errors;
extern const struct document document_diagnostic_data;
extern const struct document document_nvm;
extern const struct document document_engineering;

#endif
