#ifndef SLUICE_CGI_DEVICE_NETWORK_H
#define SLUICE_CGI_DEVICE_NETWORK_H

#include "cgi/device/asked.h"
#include "cgi/device/contact.h"
#include "domain/connection_test.h"
#include "web/router.h"

/* What the page Network and those under it share. */

/* Who changes anything here. */
#define NETWORK_CHANGES ROLE_ADMIN

/* The buttons, each on the page that shows what became of it. */
extern const struct asked network_asked_test, network_asked_checkin,
	network_asked_enrol;

/*
 * Fills what the pages have in common: "contact" and its card, "on" (remote
 * services are allowed), "may_change", "may_ask" (both).
 */
MUST_USE bool network_fill(struct visit *visit, struct contact *contact,
			   struct err *err);

/*
 * For a button by which something leaves: true, or the answer is complete as
 * an error page (*err set): remote services are not allowed.
 */
MUST_USE bool network_may_ask(struct visit *visit, struct err *err);

/* Is "Check in now" of use: allowed, for this person, with a certificate. */
bool network_may_check_in(struct visit *visit, const struct contact *contact);

/* "12 steps, all good." or which one failed; "" = there was no test yet. */
void network_put_test(struct buf *out, const struct connection_test *test);
void network_test_tag(json_t *object, const char *name,
		      const struct connection_test *test);

/* Puts "server": name, address, port, anchors (their names and ends). */
void network_fill_server(struct visit *visit);

/* "Every 1 hour, as the server wishes." */
void network_put_interval(struct buf *out, const struct checkin_state *state);

/* "At most 16 MB wait, for 30 days." and what this month took. */
MUST_USE bool network_put_limits(struct visit *visit, struct buf *out,
				 struct err *err);

#endif
