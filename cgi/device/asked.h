#ifndef SLUICE_CGI_DEVICE_ASKED_H
#define SLUICE_CGI_DEVICE_ASKED_H

#include "domain/requests.h"
#include "web/router.h"

/*
 * What a button asks of the client daemon, from the press to the answer: the
 * page leaves a request, shows that it is under way, and then how it ended.
 */
struct asked {
	enum request_kind kind;
	const char *path;    /* of the page that shows it, with "?id=N" */
	const char *waiting; /* "Testing the connection." */
	const char *done;    /* headline when it ended well; NULL = none */
	const char *refused; /* headline when not; the problem is added */
};

/*
 * Leaves the request under the form's key, so that a second press changes
 * nothing, wakes the daemon and leads to the page that shows it.
 */
MUST_USE bool asked_leave(struct visit *visit, const struct asked *asked,
			  struct err *err);

enum asked_state {
	ASKED_NOTHING = 0, /* the page was opened by itself */
	ASKED_ANSWERED,    /* the small script has its answer; render nothing */
	ASKED_WAITS,
	ASKED_REFUSED,
	ASKED_DONE
};

/*
 * Puts "asked" (template asked.html) while the request of the query field
 * "id" is under way, and a message when it has ended.
 */
MUST_USE bool asked_show(struct visit *visit, const struct asked *asked,
			 enum asked_state *state, struct err *err);

/* Where one stands that is OPEN or TAKEN; taken: what goes on then. */
const char *asked_text(const struct visit *visit, const struct request_row *row,
		       const char *taken);

/* The answer to the small script that follows a page. */
void asked_answer(struct visit *visit, const char *text, bool over);

#endif
