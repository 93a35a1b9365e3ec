#ifndef SLUICE_FORMATS_INSTRUCTION_H
#define SLUICE_FORMATS_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/note.h"

/*
 * What the server may ask of a device: a closed list, one signed note each.
 * Nothing in it is ever run, and none of it can ask for job data. The note:
 *
 *	sluice.instruction/v1
 *	device ex7-004211
 *	number 7
 *	kind send
 *	issued 2026-11-26T07:00:00Z
 *	expires 2026-12-03T07:00:00Z
 *	by desk
 *	reason A fault was reported by telephone.
 *	services maintenance supplies
 *
 * The lines after reason are those of the kind, in this order: services,
 * interval (seconds), package, message, from, to.
 */
#define INSTRUCTION_MAX_BYTES 4096 /* of the note */
#define INSTRUCTION_REASON_SIZE 201
#define INSTRUCTION_MESSAGE_SIZE 501
#define INSTRUCTION_PACKAGE_SIZE 129
#define INSTRUCTION_SERVICES_SIZE 129
#define INSTRUCTION_LIFE_MAX_S ((int64_t)90 * 86400)
#define INSTRUCTION_LEDGER_MAX 100 /* entries of one report */

enum instruction_kind {
	INSTRUCTION_UNSET = 0,
	INSTRUCTION_SEND,     /* send the documents of services now */
	INSTRUCTION_INTERVAL, /* check in at another interval */
	INSTRUCTION_PACKAGE,  /* a new package is available */
	INSTRUCTION_MESSAGE,  /* show a message */
	INSTRUCTION_RENEW,    /* renew the device's certificate */
	INSTRUCTION_LEDGER,   /* report a range of the log */
	INSTRUCTION_KINDS
};

/* "send"; "" for none. */
const char *instruction_kind_name(enum instruction_kind kind);
/* "Send documents now", for people. */
const char *instruction_kind_title(enum instruction_kind kind);
enum instruction_kind instruction_kind_by_name(const char *name);

/* Why one is refused: words that both sides keep and show. */
enum instruction_refusal {
	INSTRUCTION_REFUSAL_NONE = 0,
	INSTRUCTION_REFUSAL_SIGNATURE, /* not signed by the known key */
	INSTRUCTION_REFUSAL_FORM,      /* cannot be read, or too long */
	INSTRUCTION_REFUSAL_UNKNOWN,   /* a kind that is not in the list */
	INSTRUCTION_REFUSAL_DEVICE,    /* for another device */
	INSTRUCTION_REFUSAL_REPLAY,    /* a number that was dealt with */
	INSTRUCTION_REFUSAL_ORDER,     /* not the number that was asked for */
	INSTRUCTION_REFUSAL_EXPIRED,
	INSTRUCTION_REFUSAL_JOB_DATA,    /* asks for job data */
	INSTRUCTION_REFUSAL_NOT_ALLOWED, /* no grant for what it asks */
	INSTRUCTION_REFUSAL_LIMITS,      /* outside the customer's limits */
	INSTRUCTION_REFUSAL_POLICY, /* the customer never allows the kind */
	INSTRUCTION_REFUSAL_PERSON, /* somebody said no */
	INSTRUCTION_REFUSAL_FAILED, /* it was tried and did not work */
	INSTRUCTION_REFUSALS
};

/* "signature", "form", ...; "" for none. */
const char *instruction_refusal_name(enum instruction_refusal refusal);
/* "It is not signed by the vendor's key.", for people. */
const char *instruction_refusal_title(enum instruction_refusal refusal);
enum instruction_refusal instruction_refusal_by_name(const char *name);

struct instruction {
	char device[65];
	uint64_t number; /* of this device's, from 1 without a gap */
	enum instruction_kind kind;
	int64_t issued_at, expires_at;        /* UTC seconds */
	char by[65];                          /* who asks, at the vendor */
	char reason[INSTRUCTION_REASON_SIZE]; /* why, one line */
	/* Those of the kind; the others are "" and 0. */
	char services[INSTRUCTION_SERVICES_SIZE]; /* names, space between */
	int64_t interval_s;
	char package[INSTRUCTION_PACKAGE_SIZE]; /* name and version */
	char message[INSTRUCTION_MESSAGE_SIZE];
	uint64_t from, to; /* sequences of the log, to included */
};

/*
 * Appends the text that is to be signed; nothing on failure. Errors: INVALID
 * (a value that is none, or is missing for the kind, or is another kind's).
 */
MUST_USE bool instruction_put(struct buf *out,
			      const struct instruction *instruction,
			      struct err *err);

/*
 * Checks signature and form, and nothing that only the device can know (whose
 * it is, number, time). *refusal says why it failed: SIGNATURE, FORM, UNKNOWN
 * or JOB_DATA ("services" names a gate, which no instruction may). For UNKNOWN
 * and JOB_DATA *instruction holds what was read all the same, for the log:
 * who asks and why; a kind that is unknown is UNSET.
 * Errors: DENIED (SIGNATURE, JOB_DATA), INVALID (FORM, UNKNOWN), LIMIT (FORM).
 */
MUST_USE bool instruction_read(const char *note, size_t len,
			       const struct note_verifier *verifier,
			       struct instruction *instruction,
			       enum instruction_refusal *refusal,
			       struct err *err);

/* The same for a note that was checked before and kept, without a key. */
MUST_USE bool instruction_read_kept(const char *note, size_t len,
				    struct instruction *instruction,
				    enum instruction_refusal *refusal,
				    struct err *err);

#endif
