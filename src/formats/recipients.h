#ifndef SLUICE_FORMATS_RECIPIENTS_H
#define SLUICE_FORMATS_RECIPIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/age.h"
#include "formats/note.h"

/*
 * The people and desks at the vendor to whom job data can be sealed: a note
 * signed by the vendor's offline key. After the head, one group a recipient.
 * The order of lines is fixed; texts have 1 to 100 bytes of UTF-8 without
 * control characters, invisible ones and marks of the reading direction.
 *
 *	sluice.recipients/v1
 *	vendor Example Printers
 *	number 7
 *	issued 2026-11-01T00:00:00Z
 *	until 2027-11-01T00:00:00Z
 *	recipient age1...
 *	kind desk
 *	name Colour desk
 *	role image quality
 *	valid_until 2027-05-01T00:00:00Z
 */
#define RECIPIENTS_MAX 64
#define RECIPIENTS_TEXT_SIZE 101 /* of vendor, name, role, with NUL */

struct recipient {
	char key[AGE_RECIPIENT_TEXT_SIZE];
	bool is_desk; /* false = one person */
	char name[RECIPIENTS_TEXT_SIZE];
	char role[RECIPIENTS_TEXT_SIZE];
	int64_t until; /* UTC seconds, exclusive */
};

struct recipients {
	char vendor[RECIPIENTS_TEXT_SIZE];
	uint64_t number; /* grows with each list of this vendor, from 1 */
	int64_t issued;
	int64_t until; /* exclusive */
	struct recipient of[RECIPIENTS_MAX];
	size_t count; /* 1.. */
};

/*
 * Reads and checks the whole: signature of the vendor's key, fields, each key
 * (bech32, low-order points), no key or name twice. What is wrong anywhere
 * rejects all of it. Says nothing about dates.
 * Errors: INVALID, DENIED (not signed by this key), LIMIT.
 */
MUST_USE bool recipients_read(const char *note, size_t len,
			      const struct note_verifier *vendor,
			      struct recipients *list, struct err *err);

/*
 * The same for the text alone, before somebody signs it; errors name the
 * line. Errors: INVALID, LIMIT.
 */
MUST_USE bool recipients_parse(const char *text, size_t len,
			       struct recipients *list, struct err *err);

/*
 * Appends the text that is to be signed; nothing unless recipients_parse()
 * reads all of it again. Errors: INVALID.
 */
MUST_USE bool recipients_put(struct buf *out, const struct recipients *list,
			     struct err *err);

#endif
