#ifndef SLUICE_FORMATS_URLENCODED_H
#define SLUICE_FORMATS_URLENCODED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Forms (application/x-www-form-urlencoded) and query strings, which have
 * the same syntax: pairs "name=value" between "&", "+" for a space, %XX for
 * bytes. Source: WHATWG URL, section 5, but strict: a bad escape, bytes that
 * are no UTF-8, a NUL or an empty name is an error.
 */
#define URLENCODED_NAME_MAX 64 /* bytes, decoded */

struct urlencoded_limits {
	size_t bytes; /* of the whole input */
	size_t pairs;
	size_t value; /* bytes of one value, decoded */
};

/* One pair, decoded. A pair without "=" has the value "". */
struct urlencoded_pair {
	char *name;
	char *value; /* may hold any UTF-8 but NUL; line breaks as they came */
};

/* Pairs in the order of the input; own memory. */
struct urlencoded {
	struct urlencoded_pair *pairs;
	size_t count;
};

#define URLENCODED_INIT \
	{               \
		NULL, 0 \
	}

/*
 * Decodes the whole input. Empty input is no pairs. Repeated names are kept,
 * see urlencoded_next(). On success release with urlencoded_clear().
 * Errors: INVALID, LIMIT.
 */
MUST_USE bool urlencoded_parse(const char *text, size_t len,
			       const struct urlencoded_limits *limits,
			       struct urlencoded *form, struct err *err);
void urlencoded_clear(struct urlencoded *form); /* wipes the values */

/* Value of the first pair of this name, NULL if there is none. */
const char *urlencoded_get(const struct urlencoded *form, const char *name);

/*
 * Iterates over the values of one name: start with *at = 0. NULL after the
 * last one.
 */
const char *urlencoded_next(const struct urlencoded *form, const char *name,
			    size_t *at);

/* Appends "name=value", with "&" in front when out is not empty. */
void urlencoded_put(struct buf *out, const char *name, const char *value);

#endif
