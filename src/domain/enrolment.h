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

#define ENROLMENT_CODE_MAX 64 /* characters as typed */

struct enrolment {
	enum enrolment_state state;
	char asked_by[65];
	int64_t asked_at;
	unsigned attempts;   /* that failed, of the code or the renewal */
	int64_t next_try_at; /* 0 = at once */
	char problem[256];   /* "" = none */
	/* The certificate in use; "" and 0 without one. */
	char sha256[65];
	char subject[257], issuer[257];
	int64_t not_before, not_after;
	int countdown; /* days that the last warning told; 0 = none */
};

/* NONE when there is no row. */
MUST_USE bool enrolment_read(struct db *db, struct enrolment *enrolment,
			     struct err *err);

/*
 * A person typed a code: NONE, ENROLLED (rescue), REFUSED, PENDING or ASKED ->
 * ASKED. Spaces and dashes in it do not count. Errors: INVALID (no code),
 * DENIED (remote services are not allowed: nothing may leave).
 */
MUST_USE bool enrolment_ask(struct db *db, const char *actor, const char *code,
			    int64_t now, struct err *err);

/* Takes the code back; what was there before holds. */
MUST_USE bool enrolment_cancel(struct db *db, const char *actor, int64_t now,
			       struct err *err);

/* The code that waits; NOT_FOUND. Secret: buf_burn() it. */
MUST_USE bool enrolment_code(struct db *db, struct buf *code, struct err *err);

/* ---- for client/enrol.c ---- */

/* The certificate in use, from its bytes (DER). */
MUST_USE bool enrolment_certificate(struct db *db, const uint8_t *der,
				    size_t len, struct err *err);

/*
 * How a try ended. ENROLLED forgets the code, REFUSED too; ASKED and PENDING
 * are tried again at next_try_at; ENROLLED with a problem is a renewal that
 * did not work. actor: "daemon", or who asked.
 */
MUST_USE bool enrolment_tried(struct db *db, enum enrolment_state state,
			      const char *actor, const char *problem,
			      int64_t next_try_at, int64_t now,
			      struct err *err);

/*
 * Warnings of a certificate that runs out, 180, 90, 30 and 7 days before its
 * end and when it is over: an entry each, once. now is the best time known.
 */
MUST_USE bool enrolment_countdown(struct db *db, int64_t now, struct err *err);

/* Days until the end, rounded down, -1 = over; INT_MAX without one. */
int enrolment_days_left(const struct enrolment *enrolment, int64_t now);

/* Which of the steps 180, 90, 30, 7, -1 has been reached; 0 = none. */
int enrolment_step(int days_left);

#endif
