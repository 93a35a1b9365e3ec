/*
 * Set-up: the one-time code makes the first account, which is signed in at
 * once. Once an account exists the page leads home; who pressed the button too
 * late is told so where he can sign in.
 */
#include "cgi/people/people.h"

#include <string.h>

#include "domain/setup.h"

bool people_setup_show(struct visit *visit, struct err *err)
{
	bool open = false;

	if (!setup_is_open(people_of(visit)->db, &open, err)) {
		return false;
	}
	if (!open && visit->request->method == METHOD_POST) {
		visit_redirect(visit, "/login", "made", "1");
	} else if (!open) {
		visit_redirect(visit, "/", NULL, NULL);
	}
	return true;
}

/* Which field does the refusal belong to? */
static void tell_problem(struct visit *visit, const struct err *why)
{
	const char *name = request_form(visit->request, "name");

	if (why->kind == ERR_LIMIT) {
		visit_problem(visit, 429, "code", why->text);
	} else if (why->kind == ERR_DENIED) {
		visit_problem(visit, 403, "code", why->text);
	} else {
		visit_problem(visit, 400,
			      accounts_name_fits(name, NULL) ? "password"
							     : "name",
			      why->text);
	}
}

bool people_setup_act(struct visit *visit, struct err *err)
{
	const struct people *people = people_of(visit);
	const struct request *request = visit->request;
	const char *password = request_form(request, "password");
	struct err why = { .kind = ERR_NONE };
	char token[SESSION_TOKEN_SIZE];
	int64_t account;

	if (strcmp(password, request_form(request, "again")) != 0) {
		visit_problem(visit, 400, "again",
			      "The two passwords are not the same.");
		return visit_again(visit, err);
	}
	if (!setup_finish(people->db, request_form(request, "code"),
			  request_form(request, "name"), password,
			  people->known, people->first_roles, request->address,
			  request->now, &account, &why)) {
		if (why.kind != ERR_DENIED && why.kind != ERR_LIMIT &&
		    why.kind != ERR_INVALID) {
			return err_set(err, why.kind, "%s", why.text);
		}
		tell_problem(visit, &why);
		return visit_again(visit, err);
	}
	if (!sessions_start(people->db, account, request->address, request->now,
			    token, err)) {
		return false;
	}
	visit_set_session(visit, token);
	visit_redirect(visit, "/", NULL, NULL);
	return true;
}
