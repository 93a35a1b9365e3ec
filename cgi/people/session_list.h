#ifndef SLUICE_CGI_PEOPLE_SESSION_LIST_H
#define SLUICE_CGI_PEOPLE_SESSION_LIST_H

#include <stdint.h>

#include "cgi/people/people.h"

/*
 * The sessions of one account, for www/people/sessions.html, which posts to
 * the page it stands on: the field "end" with the number of a session, or
 * "do" with "others".
 */
MUST_USE bool session_list_fill(struct visit *visit, int64_t account,
				struct err *err);

/*
 * Does what the form asked for: ends one session of the account (field "end")
 * or all but the one of this browser. One that ended meanwhile is fine.
 */
MUST_USE bool session_list_act(const struct visit *visit, int64_t account,
			       struct err *err);

/* Did a button of the list send this form? */
bool session_list_asked(const struct visit *visit);

#endif
