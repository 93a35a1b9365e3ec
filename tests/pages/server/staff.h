#ifndef SLUICE_TESTS_PAGES_SERVER_STAFF_H
#define SLUICE_TESTS_PAGES_SERVER_STAFF_H

#include "cgi/server/console.h"
#include "tests/unit/server/memory_exchange.h"
#include "tests/unit/server/samples.h"

/*
 * The console of a server of samples.h, asked without a web server: the
 * worker's own function, one exchange a request. tests/flows/server_console.sh
 * does the same with the real processes.
 */
struct staff {
	struct samples server;
	struct console *console;
	struct memory_exchange m; /* the last request and its answer */
	char cookie[64];          /* of the browser; "" = none */
	char csrf[64];            /* of the last page that had a form */
};

void staff_make(struct staff *staff);
void staff_remove(struct staff *staff);

/* Makes an account of these roles and is signed in as it. */
void staff_sign_in(struct staff *staff, const char *name, unsigned roles);

/* Ask for "path?query"; give the status. staff->m holds the answer. */
int staff_get(struct staff *staff, const char *target);

/* Posts a form; the token of the last page is added unless with_token is false. */
int staff_post(struct staff *staff, const char *path, const char *form,
	       bool with_token);

/* Is the text in the last page? */
bool staff_sees(const struct staff *staff, const char *text);

/* The same for a word that is no part of a longer one, such as a hash. */
bool staff_sees_word(const struct staff *staff, const char *word);

/* The Location of the last answer. */
const char *staff_sent_to(const struct staff *staff, char *dst, size_t size);

/* Lets a device send transmission n at this time. */
void staff_receive(struct staff *staff, const char *device, unsigned n,
		   int64_t now);

#define STAFF_TEST(name) \
	cmocka_unit_test_setup_teardown(name, staff_set_up, staff_tear_down)
int staff_set_up(void **state);
int staff_tear_down(void **state);

#endif
