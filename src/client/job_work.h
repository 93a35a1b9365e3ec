#ifndef SLUICE_CLIENT_JOB_WORK_H
#define SLUICE_CLIENT_JOB_WORK_H

#include "client/client.h"
#include "client/job_source.h"
#include "client/link.h"
#include "client/meter.h"
#include "domain/jobs.h"
#include "net/upload.h"

/* What the files of job data at work share: jobs.c seals, job_send.c uploads. */

/* One job at work. */
struct job_work {
	struct client *client;
	struct jobs_item item;
	struct jobs_order order;
	struct link link;
	int64_t version;  /* of the database at the last question */
	int64_t asked_at; /* UTC */
	int64_t shown_at; /* UTC, of the progress */
	struct err gate;  /* why it may not go on; kind NONE = it may */
	bool yields;      /* only our turn is over */
	bool over_limit;  /* of the month */
	int status;       /* HTTP, of an upload that did not work */
	bool lost; /* there was no answer: the way to the server failed */
	struct meter meter;
	uint64_t cost; /* most that leaves for what is still to be sent */
	struct job_stream *stream;
};

/* ---- may it go on? The answer no stands in w->gate. ---- */

MUST_USE bool job_work_ask(struct job_work *w, struct err *err);

/*
 * Asked every 64 KiB: the whole question only when anybody wrote to the
 * database since, or a second passed.
 */
MUST_USE bool job_work_may_go_on(struct job_work *w, struct err *err);

/* Nothing leaves that is not booked for the month; sets over_limit. */
MUST_USE bool job_work_book(struct job_work *w, struct err *err);

/* Does somebody else want the client? */
bool job_work_is_wanted(const struct client *client);

/*
 * ---- what becomes of it when it does not work ----
 * Each is written down; false = the database failed.
 */

/* For good. Its sealed file, and what the server has, are job_sweep.c's then. */
MUST_USE bool job_work_give_up(struct job_work *w, const struct err *why,
			       struct err *err);
/* A try in vain; answer: what the server said, NULL = nothing. */
MUST_USE bool job_work_put_off(struct job_work *w, const struct err *why,
			       const struct upload_answer *answer,
			       struct err *err);
/* The month's limit leaves too little: it waits, and its page says why. */
MUST_USE bool job_work_wait_for_month(struct job_work *w, struct err *err);
/* Which of these it is, by w and why. */
MUST_USE bool job_work_sort(struct job_work *w, const struct err *why,
			    const struct upload_answer *answer,
			    struct err *err);

/* Uploads what is sealed (job_send.c) and writes down how it ended. */
MUST_USE bool job_send(struct job_work *w, struct err *err);

#endif
