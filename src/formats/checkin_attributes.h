#ifndef SLUICE_FORMATS_CHECKIN_ATTRIBUTES_H
#define SLUICE_FORMATS_CHECKIN_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/note_fields.h"
#include "formats/note.h"
#include "formats/xml_writer.h"

/* What values of check-ins are. Private to formats/checkin_*.c. */
enum checkin_value {
	CHECKIN_VALUE_UNSET = 0,
	CHECKIN_LINE,  /* char[]: 1 and more bytes without control characters */
	CHECKIN_WORD,  /* char[]: a-z, then a-z 0-9 _ - */
	CHECKIN_NONCE, /* char[]: 32 hex digits */
	CHECKIN_HASH,  /* char[]: 64 hex digits, small letters */
	CHECKIN_UUID,  /* char[] */
	CHECKIN_NUMBER, /* (u)int64_t: decimal without a zero in front */
	CHECKIN_TIME    /* int64_t: UTC seconds, years 1970..9999 */
};

/* A value and its place in a struct. */
struct checkin_attribute {
	const char *name; /* NULL ends a table */
	enum checkin_value kind;
	size_t offset;
	size_t size;          /* of char[] */
	uint64_t least, most; /* of NUMBER; most 0 = INT64_MAX */
	bool optional;        /* "" or 0 is left out */
};

/* The start tag's attributes. Errors: INVALID (the text names the value). */
MUST_USE bool checkin_attributes_put(struct xml_writer *w,
				     const struct checkin_attribute *table,
				     const void *from, struct err *err);

/* As xml_callbacks gives them. Refuses unknown and missing ones. */
MUST_USE bool checkin_attributes_read(const char *const *attrs,
				      const struct checkin_attribute *table,
				      void *to, struct err *err);

/* The value as text; false when it is none. */
MUST_USE bool checkin_value_put(struct buf *out,
				const struct checkin_attribute *what,
				const void *from);
/* What it says into its place; false when it says no such value. */
MUST_USE bool checkin_value_read(const char *text,
				 const struct checkin_attribute *what,
				 void *to);

/*
 * A note whose fields are these attributes, in their order. put appends the
 * text that is to be signed, read checks signature and form; name is whose it
 * is, for errors: "The server's signed answer".
 */
struct checkin_note {
	const struct note_format *format;
	const struct checkin_attribute *values;
	const char *name;
};
MUST_USE bool checkin_note_put(const struct checkin_note *what,
			       const void *from, struct buf *out,
			       struct err *err);
MUST_USE bool checkin_note_read(const struct checkin_note *what,
				const char *note, size_t len,
				const struct note_verifier *verifier, void *to,
				struct err *err);

#endif
