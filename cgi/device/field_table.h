#ifndef SLUICE_CGI_DEVICE_FIELD_TABLE_H
#define SLUICE_CGI_DEVICE_FIELD_TABLE_H

#include <jansson.h>

#include "documents/document.h"

#define FIELD_TABLE_ALL (~0u)
#define FIELD_TABLE_PRIVATE (1u << CLASS_PERSONAL | 1u << CLASS_NETWORK)

/*
 * Appends a document with its fields of these classes (bits 1 << class) to an
 * array for the partial field_tables.html: field, class, whether it leaves,
 * purpose; and the forms of its log lines. Nothing if it has none of them.
 */
void field_table_add(json_t *documents, const struct document *document,
		     unsigned classes);

/* "legend": what the marks of these classes mean. */
void field_table_legend(json_t *view, unsigned classes);

#endif
