#ifndef SLUICE_TESTS_JOBS_FIXTURE_H
#define SLUICE_TESTS_JOBS_FIXTURE_H

#include "domain/job_seal.h"
#include "domain/jobs.h"
#include "tests/unit/domain/grants.h"

/*
 * What tests of job data share: "anna" and "bert" hold the role and are
 * signed in, everything is allowed by "carla", two desks can be chosen.
 */
struct signed_in {
	struct session session;
	char cookie[SESSION_TOKEN_SIZE];
};

struct jobs_fixture {
	struct temporary_db *t;
	struct db *db; /* of t */
	struct signed_in anna, bert;
	struct recipient desks[2];
};

int jobs_fixture_begin(void **state); /* *state = struct jobs_fixture */
int jobs_fixture_end(void **state);

void sign_in(struct jobs_fixture *f, int64_t account, int64_t now,
	     struct signed_in *who);

/* Anna chooses so many jobs of the source "spool", for the first desk. */
void choose_jobs(struct jobs_fixture *f, size_t jobs, int64_t now,
		 struct jobs_order *order);
/* Anna wants to send a file from her computer. */
void choose_upload(struct jobs_fixture *f, int64_t now,
		   struct jobs_order *order);

/* A form as the page of the order gives it to somebody: all is right. */
struct form {
	char token[JOBS_TOKEN_SIZE];
	char order[UUID_TEXT_SIZE];
	struct jobs_sign sign;
};
void form_of(struct form *form, const struct signed_in *who,
	     const struct jobs_order *order, int64_t now);

/* Reads it as it is now. */
void read_order(struct jobs_fixture *f, struct jobs_order *order);
void read_item(struct jobs_fixture *f, const struct jobs_order *order,
	       size_t number, struct jobs_item *item);

/* Chosen and confirmed by anna. */
void confirm_jobs(struct jobs_fixture *f, size_t jobs, int64_t now,
		  struct jobs_order *order);

/* One job of a confirmed order on its way; item is read again. */
void seal_item(struct jobs_fixture *f, struct jobs_item *item, int64_t now);
void begin_item(struct jobs_fixture *f, struct jobs_item *item, int64_t now);
void finish_item(struct jobs_fixture *f, struct jobs_item *item, int64_t now);

void assert_order_is(struct jobs_fixture *f, const struct jobs_order *order,
		     enum jobs_order_state state);
void assert_item_is(struct jobs_fixture *f, const struct jobs_item *item,
		    enum jobs_item_state state);

#define JOBS_TEST(name)                                           \
	cmocka_unit_test_setup_teardown(name, jobs_fixture_begin, \
					jobs_fixture_end)

#endif
