#ifndef SLUICE_DOCUMENTS_FIELD_H
#define SLUICE_DOCUMENTS_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The catalogue's row: one field of one document. What stands in no row does
 * not leave the device.
 */
enum field_class {
	CLASS_UNSET = 0, /* refused by a lint test */
	CLASS_MACHINE,   /* sent under its service's grant */
	CLASS_NETWORK,  /* names, addresses: keyed pseudonym, see pseudonym.h */
	CLASS_PERSONAL, /* only with the personal gate */
	CLASS_JOB,      /* never in a document */
	CLASS_SECRET    /* never */
};

enum field_type {
	TYPE_UNSET = 0,
	TYPE_GROUP,   /* has children, no text of its own */
	TYPE_COUNTER, /* whole number >= 0, or "unknown" */
	TYPE_LEVEL,   /* as that, or "other" (-1), "some" (-3) */
	TYPE_INTEGER, /* whole number, 64 bit, or "unknown" */
	TYPE_TOKEN,   /* one line, 1 to 255 bytes, no space at its ends */
	TYPE_TEXT,    /* one line, 1 to 1023 bytes, no space at its ends */
	TYPE_TIME,    /* RFC 3339 UTC, or "unknown" */
	TYPE_KEYWORD, /* one of "choices" */
	TYPE_NUMBERS, /* 1 to 1023 bytes of decimal numbers, a space between */
	TYPE_DIGEST,  /* SHA-256, 64 hex digits of [0-9a-f] */
	TYPE_LINE     /* as TYPE_TEXT, in a form of the document's "forms" */
};

struct field {
	/* below the document, "Supply/Level"; parents stand before children */
	const char *path;
	enum field_type type;
	enum field_class class;
	bool repeats;  /* up to FIELD_REPEAT_MAX times under its parent */
	bool required; /* of its parent */
	/*
	 * TYPE_TIME: says when what its group tells of happened. What is older
	 * than the grant stays; "unknown" too, where it is required.
	 */
	bool moment;
	/* preset of the unit attribute; NULL = the field takes none */
	const char *unit;
	/* TYPE_KEYWORD: "idle processing"; NULL = any of [A-Za-z0-9._-] */
	const char *choices;
	/* words that the unit attribute may be; NULL = exactly "unit" */
	const char *units;
	/* where it is read: IPP attribute, Printer MIB object */
	const char *source;
	const char *purpose; /* one line for people: why the vendor wants it */
};

#define FIELD_REPEAT_MAX 256
#define FIELD_TOKEN_MAX 255
#define FIELD_TEXT_MAX 1023
#define FIELD_SOURCE_MAX 127
#define FIELD_DEPTH_MAX 4 /* steps of a path; a test holds the tables to it */

const char *field_class_name(enum field_class class); /* "machine", ... */
const char *field_type_name(enum field_type type);    /* "counter", ... */

/* Last step of the path: the element's name. */
const char *field_name(const struct field *field);

/* Is the row right below this path ("" = the document's root)? */
bool field_is_below(const struct field *field, const char *parent_path);

/* Is the word one of a list with single spaces between? */
bool field_word_in(const char *list, const char *word);

/*
 * Is the text a value of this field? unit NULL = it has none, which is wrong
 * for a field that takes one. Groups have no value.
 * Errors: INVALID, naming field and reason, never the value.
 */
MUST_USE bool field_check(const struct field *field, const char *text,
			  const char *unit, struct err *err);

/* May the source attribute be this: a name or OID, 1 to FIELD_SOURCE_MAX of [A-Za-z0-9._/[]-]? */
bool field_source_ok(const char *source);

/* Is the text one line of 1 to max bytes without spaces at its ends, as TYPE_TOKEN and TYPE_TEXT ask? */
bool field_is_line(const char *text, size_t max);

#endif
