#ifndef SLUICE_FORMATS_NOTICES_H
#define SLUICE_FORMATS_NOTICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/note.h"
#include "formats/uuid.h"

/*
 * What the server tells a device of its job data, as a note signed with the
 * receipt key; after the head, one group a notice, numbers without a gap:
 *
 *	sluice.notices/v1
 *	device EX7-004211
 *	after 4
 *	last 5
 *	notice 5
 *	kind opened
 *	transaction 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1
 *	at 2026-11-25T22:00:00Z
 *	who desk
 *
 * who is left out when nobody did it. last is after when there is none.
 */
#define NOTICES_MAX 50
#define NOTICES_DEVICE_SIZE 65
#define NOTICES_WHO_SIZE 101

struct notice {
	uint64_t number; /* of this device's, from 1 */
	char kind[16];   /* "opened", "expired", "deleted" */
	char transaction[UUID_TEXT_SIZE];
	int64_t at;                 /* UTC seconds */
	char who[NOTICES_WHO_SIZE]; /* "" = nobody, by its date */
};

struct notices {
	char device[NOTICES_DEVICE_SIZE];
	uint64_t after; /* the number that was asked with; 0 = none is known */
	struct notice of[NOTICES_MAX];
	size_t count;
};

/*
 * Appends the text that is to be signed; nothing on failure. Errors: INVALID
 * (a value that is none, a gap).
 */
MUST_USE bool notices_put(struct buf *out, const struct notices *notices,
			  struct err *err);

/*
 * Checks signature and form. Errors: DENIED (signature), INVALID (form, gap),
 * LIMIT. What is in *notices stays on failure.
 */
MUST_USE bool notices_read(const char *note, size_t len,
			   const struct note_verifier *verifier,
			   struct notices *notices, struct err *err);

#endif
