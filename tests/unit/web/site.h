#ifndef SLUICE_TESTS_UNIT_WEB_SITE_H
#define SLUICE_TESTS_UNIT_WEB_SITE_H

#include "tests/unit/web/body.h"
#include "web/router.h"

/*
 * A small site for tests of the router: pages that count what reaches them.
 * The session token "good" is signed in with role 2; role 1 is for anybody,
 * role 4 for nobody here.
 */
struct test_app {
	bool signed_in;
	bool session_fails; /* the session cannot be looked up */
	bool decorate_fails;
	bool detour;         /* every page leads to /first */
	size_t shown, acted; /* handlers that ran */
	size_t refused;      /* refusals reported */
	char why[128];       /* of the last one */
	char file[64];       /* what the last handler read of a file */
	char step[64];       /* of the last handler */
	enum err_kind fails; /* show fails with this */
};

struct test_call {
	const char *method; /* NULL = GET */
	const char *path;
	const char *query;
	const char *cookies;
	const char *form; /* NULL = none */
	const char *site; /* Sec-Fetch-Site */
	const char *type; /* of the form; NULL = what a browser sends */
};

void site_make(struct site *site, struct test_app *app);

/* Serves one call; response_clear() afterwards. */
void site_call(const struct site *site, const struct test_call *call,
	       struct response *response);

/* A site with the last answer that it gave. */
struct site_test {
	struct site site;
	struct test_app app;
	struct response response;
};

/* A test that finds this site_test as site_make() makes it. */
#define SITE_TEST(name, at)                                         \
	cmocka_unit_test_prestate_setup_teardown(name, site_set_up, \
						 site_tear_down, at)
int site_set_up(void **state);
int site_tear_down(void **state);

/* Serves one call; fails the test unless the answer has this status. */
void site_expect(struct site_test *test, const struct test_call *call,
		 int status);

/* "csrf=..." for a cookie value, plus more; static storage. */
const char *site_form(const char *cookie, const char *more);

/* Does the response's head hold this line? */
bool site_has_field(const struct response *response, const char *line);

#endif
