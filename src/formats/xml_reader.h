#ifndef SLUICE_FORMATS_XML_READER_H
#define SLUICE_FORMATS_XML_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Reads XML from strangers, in pieces of any size, in memory that the limits
 * bound. UTF-8 only. Refused: DOCTYPE (so no entities), processing
 * instructions, another encoding, elements of another namespace than the
 * expected one, attributes of any namespace (xml:lang and xml:space too).
 * The encoding name "UTF-8" in a declaration is compared without case.
 */
struct xml_limits {
	size_t bytes;        /* of the whole document */
	unsigned depth;      /* of nested elements */
	unsigned attributes; /* of one element */
	size_t text;         /* bytes of one run of text or attribute value */
	size_t elements;     /* of the whole document */
};

/*
 * Each returns false, with err set, to stop the reading; the text of err is
 * then given a "line N: " in front. Any may be NULL (nothing wanted).
 *
 * start  local name and attributes: name, value, name, value, ..., NULL;
 *        borrowed until return
 * text   the text that stands before a tag or the end tag, gathered: one
 *        call for each run between two tags, NUL-terminated, never empty;
 *        entities and CDATA resolved. A run of white space alone is given
 *        only when the element has no child element so far and its end tag
 *        follows (so that the indent between elements is not seen).
 * end    local name
 */
struct xml_callbacks {
	bool (*start)(void *ctx, const char *name, const char *const *attrs,
		      struct err *err);
	bool (*text)(void *ctx, const char *text, size_t len, struct err *err);
	bool (*end)(void *ctx, const char *name, struct err *err);
};

struct xml_reader; /* opaque */

/*
 * name_space  the only namespace that elements may have; "" = elements must
 *             have none. Copied, as limits and callbacks are. ctx is passed
 *             to the callbacks.
 */
struct xml_reader *xml_reader_new(const char *name_space,
				  const struct xml_limits *limits,
				  const struct xml_callbacks *callbacks,
				  void *ctx);

/*
 * The next bytes. After false every later call fails with the same error.
 * Errors: INVALID (not well-formed, or refused as said above), LIMIT, or
 * what a callback set. The text says the line.
 */
MUST_USE bool xml_reader_feed(struct xml_reader *r, const void *data,
			      size_t len, struct err *err);

/* No more bytes follow: the document must be complete. Errors as feed. */
MUST_USE bool xml_reader_finish(struct xml_reader *r, struct err *err);

/* Line of the input, from 1, where the parser stands; for own messages. */
unsigned long xml_reader_line(const struct xml_reader *r);

void xml_reader_free(struct xml_reader *r); /* NULL is fine */

/* The value of an attribute in a start callback's list, NULL if absent. */
const char *xml_attr_get(const char *const *attrs, const char *name);

#endif
