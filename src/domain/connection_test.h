#ifndef SLUICE_DOMAIN_CONNECTION_TEST_H
#define SLUICE_DOMAIN_CONNECTION_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

/*
 * Results of the last test of the connection, step by step, for the page and
 * "sluice doctor". Table connection_test; client/doctor.c makes the test.
 */
enum connection_result {
	CONNECTION_UNSET = 0,
	CONNECTION_OK,
	CONNECTION_FAILED,
	CONNECTION_WARNING,
	CONNECTION_SKIPPED /* an earlier step failed, or it may not be done */
};

struct connection_step {
	char name[32];  /* "dns" */
	char title[64]; /* "Name of the server" */
	enum connection_result result;
	char text[513];   /* what was seen */
	char remedy[257]; /* what to do; "" = nothing */
};
#define CONNECTION_STEPS_MAX 20

struct connection_test {
	int64_t at; /* UTC; 0 = there was none yet */
	struct connection_step steps[CONNECTION_STEPS_MAX];
	size_t count;
};

/* "ok", "failed", "warning", "skipped"; "" for none. */
const char *connection_result_name(enum connection_result result);

/* count 0: there was none yet. Errors: those of the database. */
MUST_USE bool connection_test_read(struct db *db, struct connection_test *test,
				   struct err *err);
/*
 * Replaces the one before, with a ledger entry by actor: that no step failed,
 * or which did.
 */
MUST_USE bool connection_test_write(struct db *db, const char *actor,
				    const struct connection_test *test,
				    struct err *err);

#endif
