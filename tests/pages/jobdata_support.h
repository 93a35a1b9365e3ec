#ifndef SLUICE_TESTS_PAGES_JOBDATA_SUPPORT_H
#define SLUICE_TESTS_PAGES_JOBDATA_SUPPORT_H

#include "tests/pages/support.h"

#include <sys/types.h>

#include "domain/jobs.h"

/*
 * A device that may send job data: one source "spool", a list of recipients,
 * the permission until a date. The test takes the daemon's place.
 */
struct jobdata_pages {
	struct pages pages;    /* first, so that pages_...() take it as well */
	struct person sender;  /* "sven", role job-data */
	struct person another; /* "anna", role job-data */
	struct person elsewhere;                 /* "sven" at another browser */
	int wake;                                /* the daemon's FIFO */
	char recipient[AGE_RECIPIENT_TEXT_SIZE]; /* of "Colour desk" */
};

int jobdata_set_up(void **state);
int jobdata_tear_down(void **state);

/* Job data allowed by "ada" until its preset end, or withdrawn. */
void jobdata_allow(struct jobdata_pages *p);
void jobdata_withdraw(struct jobdata_pages *p);
void jobdata_two_people(struct jobdata_pages *p);

/* The two jobs of the list that the test gives; the name is hostile. */
#define JOBDATA_NAME "Pay<b>roll & {{csrf}}"
#define JOBDATA_LIST                                                       \
	"<Jobs xmlns=\"urn:sluice:jobs:1\"><Source name=\"spool\" "        \
	"title=\"Spool folder\"><Job id=\"old\"><Name>First</Name>"        \
	"<Owner>maria</Owner><Bytes>1204</Bytes><Pages>1</Pages>"          \
	"<Time>2026-11-20T08:00:00Z</Time></Job><Job id=\"new\">"          \
	"<Name>Pay&lt;b&gt;roll &amp; {{csrf}}</Name><Owner>ben</Owner>"   \
	"<Bytes>7</Bytes><Time>2026-11-21T08:00:00Z</Time></Job></Source>" \
	"</Jobs>"

/* As pages_get() and pages_post(), while the daemon answers with this list. */
struct answer jobdata_get(struct jobdata_pages *p, const struct person *who,
			  const char *path, const char *list);
struct answer jobdata_post(struct jobdata_pages *p, const struct person *who,
			   const char *path, const char *form,
			   const char *list);

/* Orders made by "sven" through the domain, as his form would. */
struct jobs_order jobdata_choose(struct jobdata_pages *p, const char *source);
struct jobs_order jobdata_confirmed(struct jobdata_pages *p,
				    const char *source);
struct jobs_order jobdata_order_of(struct jobdata_pages *p, const char *id);
struct jobs_item jobdata_item(struct jobdata_pages *p, const char *order,
			      size_t number);

/* Form of a signature: token of the order for who, and a password. */
const char *jobdata_sign_form(const struct jobs_order *order,
			      const struct person *who, const char *password);

/* "/jobdata/" + step + id; static storage */
const char *jobdata_path(const char *step, const struct jobs_order *order);

#endif
