#ifndef SLUICE_CLIENT_ENROL_PARTS_H
#define SLUICE_CLIENT_ENROL_PARTS_H

#include "client/enrol.h"
#include "client/est.h"
#include "client/meter.h"
#include "domain/enrolment.h"
#include "net/upload.h"

/* What enrol.c, enrol_ask.c and enrol_prove.c share, and nobody else. */

/* May the device talk at all? Errors: DENIED, those of the database. */
MUST_USE bool enrol_may(struct client *client, struct err *err);

/* At most, of one exchange, for the month. */
#define ENROL_LEAVES_BYTES 16384

/*
 * The watch of an exchange: stops with the client, and when remote services
 * are withdrawn; counts what leaves. ctx is the meter's client.
 */
struct upload_watch enrol_watch(struct meter *meter);
/* When it is over. Trouble is told in the program's log alone. */
void enrol_settle(struct meter *meter);

/* Name of the EST server; borrowed from the configuration. */
const char *enrol_server_name(const struct client *client);

/*
 * Asks the EST server. code NULL = the certificate in use is to be renewed.
 * Errors: those of est_enrol(), and what of the device's own files cannot be
 * read. Release answer with est_answer_clear() always.
 */
MUST_USE bool enrol_ask(struct client *client, const char *code,
			struct est_answer *answer, struct err *err);

enum enrol_proof {
	ENROL_PROOF_UNSET = 0,
	ENROL_PROVED,
	ENROL_NOT_PROVED, /* no answer: it may be as good as it was */
	ENROL_DISPROVED   /* the server says no to it, or it is none */
};

/*
 * Shows the certificate that is new to the Communication Server, and when it
 * takes it puts it in the place of the one in use. Errors (of ENROL_NOT_PROVED
 * and ENROL_DISPROVED, too): what people are to read; *proof is UNSET when
 * the device itself failed (IO, database).
 */
MUST_USE bool enrol_prove(struct client *client, const char *actor,
			  enum enrol_proof *proof, struct err *err);

/*
 * How many seconds from now a certificate begins that is valid from then on;
 * 0 = it may be valid now. A clock that no signed answer has confirmed may be
 * behind by TIME_CLOCK_TOLERANCE_S; one that is not believed says nothing.
 */
int64_t enrol_begins_in(struct client *client, int64_t from);

/* From when the one beside the one in use is valid; false = unreadable. */
MUST_USE bool enrol_next_from(struct client *client, int64_t *from);

/*
 * Takes in the certificate that is in use, whoever put it there. One that
 * cannot be read is told in the log of the program alone.
 */
MUST_USE bool enrol_sync(struct client *client, const char *actor,
			 struct err *err);

#endif
