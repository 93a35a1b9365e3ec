/*
 * Sign in and out. Throttling and the ledger entries are in
 * domain/accounts; the answer is the same for a wrong name and a wrong
 * password.
 */
#include "cgi/people/people.h"

#include <stdio.h>
#include <string.h>

#include "cgi/people/marks.h"
#include "web/html.h"
#include "web/view.h"

/* Somebody else was first, or the button was pressed twice. */
static void tell_made(struct visit *visit)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "Sign in with the account that was made then. If none of you "
		 "made it, tell who looks after this %s.",
		 people_of(visit)->place);
	marks_message(visit->view, "warn", "warn", "Set up",
		      "The set-up is done already.", text);
}

bool people_login_show(struct visit *visit, struct err *err)
{
	const struct request *request = visit->request;
	bool again = request->method == METHOD_POST;

	(void)err;
	if (visit->signed_in && !again) {
		visit_redirect(visit, "/", NULL, NULL);
		return true;
	}
	view_text(visit->view, "next",
		  again ? request_form(request, "next")
			: request_query(request, "next"));
	if (!again && request_query(request, "ended")[0] != '\0') {
		marks_message(visit->view, "warn", "warn", "Signed out",
			      "You are not signed in any more.",
			      "What you pressed last was not done. Sign in, "
			      "then press it again.");
	}
	if (request_query(request, "out")[0] != '\0') {
		char text[64];

		snprintf(text, sizeof(text),
			 "The session is ended on the %s too.",
			 people_of(visit)->place);
		marks_message(visit->view, "ok", "ok", "Signed out",
			      "You are signed out.", text);
	}
	if (!again && request_query(request, "made")[0] != '\0') {
		tell_made(visit);
	}
	return true;
}

/*
 * Back to where he wanted to go; but failed tries before this one are told
 * first, whatever he wanted.
 */
static void go_on(struct visit *visit, const struct account *account)
{
	const char *next = request_form(visit->request, "next");
	char count[24];

	if (account->failures_since > 0) {
		snprintf(count, sizeof(count), "%lld",
			 (long long)account->failures_since);
		visit_redirect(visit, people_of(visit)->tells_failures,
			       "failures", count);
		return;
	}
	visit_redirect(visit, html_is_own_path(next) ? next : "/", NULL, NULL);
}

/* Who signs in again in the same browser leaves no session behind. */
static bool end_old_session(struct visit *visit, struct err *err)
{
	const struct people *people = people_of(visit);
	struct err why = { .kind = ERR_NONE };

	return !visit->signed_in ||
	       sessions_end(people->db, people->session.account.name, 0,
			    people->session.id, visit->request->now, &why) ||
	       why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}

bool people_login_act(struct visit *visit, struct err *err)
{
	const struct people *people = people_of(visit);
	const struct request *request = visit->request;
	struct err why = { .kind = ERR_NONE };
	char token[SESSION_TOKEN_SIZE];
	struct account account;

	if (!accounts_sign_in(people->db, request_form(request, "name"),
			      request_form(request, "password"),
			      request->address, request->now, &account, &why)) {
		if (why.kind != ERR_DENIED && why.kind != ERR_LIMIT &&
		    why.kind != ERR_INVALID) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, why.kind == ERR_LIMIT ? 429 : 403, "name",
			      why.text);
		return visit_again(visit, err);
	}
	if (!end_old_session(visit, err) ||
	    !sessions_start(people->db, account.id, request->address,
			    request->now, token, err)) {
		return false;
	}
	visit_set_session(visit, token);
	go_on(visit, &account);
	return true;
}

bool people_logout_act(struct visit *visit, struct err *err)
{
	const struct people *people = people_of(visit);

	if (!sessions_end(people->db, people_actor(visit),
			  people->session.account.id, people->session.id,
			  visit->request->now, err)) {
		return false;
	}
	visit_set_session(visit, NULL);
	visit_redirect(visit, "/login", "out", "1");
	people_clear_browser(visit);
	return true;
}
