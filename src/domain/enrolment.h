#ifndef SLUICE_DOMAIN_ENROLMENT_H
#define SLUICE_DOMAIN_ENROLMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/db.h"

/*
 * What people see of the device's certificate, and what is under way to get
 * one. Table enrolment. client/enrol.c does the work; pages and commands leave
 * the code here and wake it. Each step is a ledger entry.
 */
enum enrolment_state {
	ENROLMENT_UNSET = 0,
	ENROLMENT_NONE,     /* no certificate, nothing asked for */
	ENROLMENT_ASKED,    /* a code waits to be tried */
	ENROLMENT_PENDING,  /* the authority wants to be asked again later */
	ENROLMENT_ENROLLED, /* there is a certificate (it may be over) */
	ENROLMENT_REFUSED   /* the code was refused; problem says why */
};

#define ENROLMENT_CODE_MAX 64 /* bytes as typed */

/* "asked", for scripts. */
const char *enrolment_state_name(enum enrolment_state state);

struct enrolment {
	enum enrolment_state state;
	char asked_by[65];
	int64_t asked_at;
	unsigned attempts; /* that began, since the code or the last success */
	int64_t next_try_at; /* 0 = at once */
	char problem[256];   /* "" = none */
	/* The certificate in use; "" and 0 without one. */
	char sha256[65];
	char subject[257], issuer[257];
	int64_t not_before, not_after;
	int countdown; /* step that the last warning told; 0 = none */
};

/* NONE when there is no row. */
MUST_USE bool enrolment_read(struct db *db, struct enrolment *enrolment,
			     struct err *err);

/* Remote services are allowed. Errors: DENIED, with what to do. */
MUST_USE bool enrolment_may_ask(struct db *db, int64_t now, struct err *err);

/*
 * A person typed a code: NONE, ENROLLED (rescue), REFUSED, PENDING or ASKED ->
 * ASKED. Spaces at its ends do not count; what else does not is for the
 * authority to say. Errors: INVALID (no code, or more than one line), DENIED
 * (remote services are not allowed: nothing may leave).
 */
MUST_USE bool enrolment_ask(struct db *db, const char *actor, const char *code,
			    int64_t now, struct err *err);

/*
 * Takes the code back, or forgets what became of it; what was there before
 * holds. Errors: NOT_FOUND (there is none).
 */
MUST_USE bool enrolment_cancel(struct db *db, const char *actor, int64_t now,
			       struct err *err);

/* The code that waits; NOT_FOUND. Secret: buf_burn() it. */
MUST_USE bool enrolment_code(struct db *db, struct buf *code, struct err *err);

/* ---- for client/enrol.c ---- */

/*
 * The certificate in use, from its bytes (DER). One that is not the one known
 * is an entry, ends what was under way and forgets the code, unless that was
 * not tried yet: ENROLLED. actor brought it. Errors: INVALID (no certificate),
 * LIMIT (too big to be one).
 */
MUST_USE bool enrolment_certificate(struct db *db, const char *actor,
				    const uint8_t *der, size_t len, int64_t now,
				    struct err *err);

/*
 * The device is about to talk to a server about a certificate: an entry with
 * these words, before it does, and one attempt more.
 */
MUST_USE bool enrolment_begin(struct db *db, const char *actor,
			      const char *text, int64_t now, struct err *err);

/*
 * How a try ended without a new certificate. REFUSED forgets the code; ASKED
 * and PENDING are tried again at next_try_at; ENROLLED is a renewal that did
 * not work, and says nothing of a code that was typed meanwhile. actor:
 * "daemon", or who asked. Of a code that was taken back or replaced
 * meanwhile: nothing.
 */
MUST_USE bool enrolment_tried(struct db *db, enum enrolment_state state,
			      const char *actor, const char *problem,
			      int64_t next_try_at, int64_t now,
			      struct err *err);

/*
 * The code was good, and the authority gave the certificate that is in use or
 * an older one: it was typed twice, or its answer was lost. Forgets the code,
 * with an entry: ENROLLED, unless it was taken back or replaced meanwhile.
 */
MUST_USE bool enrolment_kept(struct db *db, const char *actor, int64_t now,
			     struct err *err);

/*
 * Warnings of a certificate that runs out, 180, 90, 30 and 7 days before its
 * end and when it is over: an entry each, once. Steps before the half of its
 * lifetime, from where it is renewed, are passed over. now is the best time
 * known.
 */
MUST_USE bool enrolment_countdown(struct db *db, int64_t now, struct err *err);

/* Days until the end, rounded down, -1 = over; INT_MAX without one. */
int enrolment_days_left(const struct enrolment *enrolment, int64_t now);

/* Which of the steps 180, 90, 30, 7, -1 has been reached; 0 = none. */
int enrolment_step(int days_left);

#endif
