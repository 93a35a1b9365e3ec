#ifndef SLUICE_CGI_DEVICE_JOBDATA_H
#define SLUICE_CGI_DEVICE_JOBDATA_H

#include <jansson.h>

#include "domain/jobs.h"
#include "formats/job_list.h"
#include "web/router.h"

/*
 * Job data, in several files: the page with the choice (jobdata.c), asking
 * for the live list (jobdata_live.c), one order by its state
 * (jobdata_order.c), how far it is (jobdata_progress.c), the steps
 * (jobdata_steps.c), taking a file in (jobdata_file.c) and the record
 * (jobdata_record.c).
 */

/* The live list, as far as somebody gave it. */
struct jobdata_live {
	struct job_list list; /* empty when there is a problem */
	char problem[256];    /* for people; "" = fine */
};

/*
 * Asks the daemon and waits. That nobody answers is a problem of *live, not
 * an error. Release with jobdata_live_clear() in both cases.
 */
MUST_USE bool jobdata_ask(struct visit *visit, struct jobdata_live *live,
			  struct err *err);
void jobdata_live_clear(struct jobdata_live *live);

/* name, owner, size, pages, time of one job, in words. */
void jobdata_fill_job(json_t *item, const struct job *job);

/* An order as the one who asks may see it. */
struct jobdata_order {
	struct jobs_order order;
	struct jobs_item *items; /* mem_free() */
	size_t count;
	bool own;  /* his who asks */
	bool here; /* and of this session */
};

/* Of visit->step; 404 in plain words. jobdata_order_clear() on success. */
MUST_USE bool jobdata_order_find(struct visit *visit, struct jobdata_order *o,
				 struct err *err);
void jobdata_order_clear(struct jobdata_order *o);

/* May he who asks see which jobs they were? */
bool jobdata_order_shows(const struct visit *visit,
			 const struct jobdata_order *o);

/* Does the order still need its file from the browser? */
bool jobdata_wants_file(const struct jobs_order *order,
			const struct jobs_item *items, size_t count);

/* "3 jobs" and its state as a mark. */
void jobdata_put_count(json_t *object, const char *name, size_t count);
void jobdata_order_tag(json_t *object, const char *name,
		       const struct jobs_order *order,
		       const struct jobs_item *items, size_t count);

/* Jobs of it that the server has confirmed. */
size_t jobdata_sent(const struct jobs_item *items, size_t count);

/* The progress of an order of this session; the same for the script. */
void jobdata_progress_fill(struct visit *visit, const struct jobdata_order *o);
void jobdata_progress_answer(struct visit *visit,
			     const struct jobdata_order *o);

/* "source/id": a job as the form names it; for the table of pages. */
bool jobdata_is_choice(const char *value);

/* Is job data allowed now? *consent may be NULL. */
struct consent;
MUST_USE bool jobdata_allowed(struct visit *visit, bool *allowed,
			      struct consent *consent, struct err *err);

#endif
