/*
 * The list of documents. Each kind's fields stand in a file of its own; the
 * order here is the order of documents in a transmission.
 */
#include "documents/document.h"

#include <string.h>

static const struct document *const list[] = {
	&document_billing,         &document_status,
	&document_faults,          &document_events,
	&document_diagnostic_list, &document_dfe_errors,
	&document_diagnostic_data, &document_nvm,
	&document_configuration,   &document_supplies_usage,
	&document_engineering,     &document_customer_info,
};

#define COUNT (sizeof(list) / sizeof(list[0]))

const struct document *document_at(size_t n)
{
	return n < COUNT ? list[n] : NULL;
}

const struct document *document_of(enum document_kind kind)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (list[i]->kind == kind) {
			return list[i];
		}
	}
	return NULL;
}

const struct document *document_by_name(const char *name)
{
	for (size_t i = 0; name != NULL && i < COUNT; i++) {
		if (strcmp(list[i]->name, name) == 0) {
			return list[i];
		}
	}
	return NULL;
}

const struct field *document_field(const struct document *document,
				   const char *path)
{
	for (const struct field *f = document->fields; f->path != NULL; f++) {
		if (strcmp(f->path, path) == 0) {
			return f;
		}
	}
	return NULL;
}
