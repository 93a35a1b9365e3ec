#ifndef SLUICE_CGI_DEVICE_CONTROL_H
#define SLUICE_CGI_DEVICE_CONTROL_H

#include "domain/consent.h"
#include "web/router.h"

/*
 * One decision as Services and Privacy show and take it: a service, a gate,
 * or remote services as a whole. The partial is control.html.
 */

/*
 * Fills item: words, state, end, who decided, what changed (at most
 * changes_max lines, 0 = all), and what the forms need.
 */
MUST_USE bool control_fill(struct visit *visit, json_t *item,
			   const struct consent *consent, size_t changes_max,
			   struct err *err);

/* "/services/supplies", "/privacy/personal" */
#define CONTROL_PATH_SIZE 40
void control_path(char path[CONTROL_PATH_SIZE], const struct service *service);

/*
 * Finds the control of a name among the gates or among the rest. *service
 * NULL = remote services as a whole. false: there is none.
 */
bool control_find(const char *name, bool gate, const struct service **service);

/*
 * Takes a posted decision: fields "decision" (allow, withdraw), "seen" (the
 * words that the form was shown with) and, where the page declares them, "end" (year, quarter, never, date) and "date". Leads
 * back to path, where control_tell() says what was done.
 */
MUST_USE bool control_act(struct visit *visit, const struct service *service,
			  const char *path, struct err *err);
void control_tell(struct visit *visit, const struct consents *all);

/* "2 waiting items were deleted unsent."; title NULL = of everything. */
void control_tell_withdrawn(struct visit *visit, const char *title);

/* The last moment of a day that was typed as 2027-11-23. */
bool control_end_of_day(const char *date, int64_t *utc);

#endif
