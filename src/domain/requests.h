#ifndef SLUICE_DOMAIN_REQUESTS_H
#define SLUICE_DOMAIN_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/uuid.h"
#include "store/db.h"

/*
 * What pages and the command line ask of the daemon: they leave a row here and
 * wake it; they never do it themselves. Table requests.
 */
enum request_kind {
	REQUEST_UNSET = 0,
	REQUEST_PREVIEW, /* collect and stage for the services */
	/* 2 was "look at the outbox now": what is queued is its own request */
	REQUEST_JOBS = 3, /* list the jobs of the sources, see job_answer.h */
	REQUEST_NOTICES,  /* ask the server what became of job data */
	REQUEST_CHECKIN,  /* check in now */
	REQUEST_ENROL,    /* try the code that waits, or renew now */
	REQUEST_TEST      /* test the connection, see connection_test.h */
};

enum request_state {
	REQUEST_STATE_UNSET = 0,
	REQUEST_OPEN,
	REQUEST_TAKEN,
	REQUEST_DONE,
	REQUEST_REFUSED
};

struct request_row {
	int64_t id;
	enum request_kind kind;
	enum request_state state;
	unsigned services;
	char actor[65];
	char key[65]; /* of the form that asked; "" = none */
	int64_t asked_at;
	char transaction[UUID_TEXT_SIZE]; /* DONE preview: what was staged */
	char problem[512];                /* REFUSED: why, for people */
	int problem_kind;                 /* REFUSED: enum err_kind */
};

/*
 * services: those of a preview; 0 for the other kinds.
 * key: idempotency key of the form (at most 64 characters); the same key again
 * gives the same id and adds nothing.
 */
MUST_USE bool requests_add(struct db *db, enum request_kind kind,
			   unsigned services, const char *actor,
			   const char *key, int64_t now, int64_t *id,
			   struct err *err);
MUST_USE bool requests_get(struct db *db, int64_t id, struct request_row *row,
			   struct err *err);

/*
 * Daemon: oldest OPEN -> TAKEN. NOT_FOUND if none. At start, TAKEN rows are
 * OPEN again.
 */
MUST_USE bool requests_take(struct db *db, struct request_row *row,
			    struct err *err);
MUST_USE bool requests_recover(struct db *db, struct err *err);
MUST_USE bool requests_done(struct db *db, int64_t id, const char *transaction,
			    int64_t now, struct err *err);
MUST_USE bool requests_refused(struct db *db, int64_t id, const struct err *why,
			       int64_t now, struct err *err);

/*
 * Waking: a FIFO beside the database, "wake". Never blocks; no daemon = no
 * error, the row waits.
 */
void requests_wake(const char *state_dir);

#endif
