#ifndef SLUICE_FORMATS_NOTE_FIELDS_H
#define SLUICE_FORMATS_NOTE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The body of our signed notes and ledger entries: a first line that names
 * the kind, then "field value" lines in a fixed order:
 *
 *	sluice.receipt/v1
 *	device EX7-004211
 *	transaction 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1
 *
 * A field name has lower-case letters, digits and "_". A value is one line
 * of UTF-8 without control characters and not empty; one space stands
 * before it. Every line ends in LF.
 */
#define NOTE_FIELDS_MAX 32
#define NOTE_FIELDS_VALUE_MAX 4096 /* bytes */

enum note_field_rule {
	NOTE_FIELD_UNSET = 0,
	NOTE_FIELD_ONE,     /* must be there, once */
	NOTE_FIELD_OPTIONAL /* once or left out */
};

/* A kind of note. */
struct note_format {
	const char *kind; /* "sluice.receipt/v1" */
	struct {
		const char *name; /* NULL ends the list */
		enum note_field_rule rule;
	} fields[NOTE_FIELDS_MAX + 1];
};

/* Values in the order of the format's fields; NULL = left out. */
struct note_values {
	char *value[NOTE_FIELDS_MAX]; /* own memory */
};

#define NOTE_VALUES_INIT     \
	{                    \
		{            \
			NULL \
		}            \
	}

/*
 * Appends the body. values[i] belongs to fields[i]; NULL only for an
 * optional one. Nothing is appended on failure.
 * Errors: INVALID (a value that is missing, empty, too long or no line).
 */
MUST_USE bool note_fields_write(const struct note_format *format,
				const char *const *values, struct buf *out,
				struct err *err);

/*
 * Reads a body of exactly this kind. Refuses unknown, repeated, missing and
 * misplaced fields. On success release with note_values_clear().
 * Errors: INVALID (the text says which line or field).
 */
MUST_USE bool note_fields_read(const struct note_format *format,
			       const char *text, size_t len,
			       struct note_values *values, struct err *err);

void note_values_clear(struct note_values *values);

/* The value of a field by its name; NULL when it was left out. */
const char *note_values_get(const struct note_format *format,
			    const struct note_values *values, const char *name);

#endif
