#ifndef SLUICE_DOCUMENTS_LOG_LINE_H
#define SLUICE_DOCUMENTS_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "documents/field.h"

/*
 * Lines of logs against the forms of a document (engineering.c has them, and
 * what they look like). A line that fits no form does not leave.
 */
#define LOG_LINE_SLOTS_MAX 8

struct log_line_slot {
	enum field_class class; /* CLASS_MACHINE: sent as it is */
	const char *at;         /* into the line */
	size_t len;
};

struct log_line {
	const char *form;
	struct log_line_slot slots[LOG_LINE_SLOTS_MAX];
	size_t count;
};

/*
 * Finds the first form that the whole text fits. forms ends with NULL; text
 * is borrowed by *line. false: none fits, *line is not set.
 */
bool log_line_match(const char *const *forms, const char *text,
		    struct log_line *line);

/* What stands in place of a value that may not leave: "[personal]". */
const char *log_line_mark(enum field_class class);

/*
 * A form as engineering.c says: one line, the time first, known slots, text of
 * less than 128 bytes between them?
 */
bool log_line_form_ok(const char *form);

#endif
