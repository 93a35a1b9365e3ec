#ifndef SLUICE_CLIENT_RECEIPT_H
#define SLUICE_CLIENT_RECEIPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/note.h"

/* What a receipt must be about. */
struct receipt_expected {
	const char *device;
	const char *transaction;
	const char *sha256; /* hex */
	uint64_t bytes;
};

/* What a good one says. */
struct receipt {
	int64_t received_at; /* UTC, the server's clock */
	uint64_t index;      /* in the server's log */
	uint64_t size;       /* of that log with this entry; > index */
};

/*
 * Checks a receipt note: signed by the server's receipt key, and about
 * exactly this transmission of this device.
 * Errors: DENIED (signature), INVALID (form, or it is about something else;
 * the text says what).
 */
MUST_USE bool receipt_check(const char *note, size_t len,
			    const struct note_verifier *verifier,
			    const struct receipt_expected *expected,
			    struct receipt *receipt, struct err *err);

/* Reads a verifier key file. Errors: NOT_FOUND, INVALID, IO. */
MUST_USE bool receipt_verifier_load(const char *path,
				    struct note_verifier *verifier,
				    struct err *err);

#endif
