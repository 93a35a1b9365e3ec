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

/*
 * Puts "asked" (template asked.html) while the request of the query field
 * "id" is under way, and a message when it has ended. *answered: the small
 * script asked and has its answer; nothing is to be rendered.
 */
MUST_USE bool asked_show(struct visit *visit, const struct asked *asked,
			 bool *answered, struct err *err);

/* Where one stands that is OPEN or TAKEN; taken: what goes on then. */
const char *asked_text(const struct visit *visit, const struct request_row *row,
		       const char *taken);

/* The answer to the small script that follows a page. */
void asked_answer(struct visit *visit, const char *text, bool over);

#endif
