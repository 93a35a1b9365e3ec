/*
 * Set-up: the one-time code of "sluice-server init" makes the first account
 * of staff, which is signed in at once. Once an account exists the page leads
 * home.
 */
#include <string.h>

#include "cgi/server/console.h"
#include "cgi/server/pages.h"
#include "domain/roles.h"
#include "domain/setup.h"

bool console_setup_show(struct visit *visit, struct err *err)
{
	bool open = false;
	if (!setup_is_open(console_of(visit)->db, &open, err)) {
		return false;
	}
	if (!open) {
		visit_redirect(visit, "/", NULL, NULL);
	}
	return true;
}

/* Which field does the refusal belong to? */
static void tell_problem(struct visit *visit, const struct err *why)
{
	if (why->kind == ERR_LIMIT) {
		visit_problem(visit, 429, "code", why->text);
	} else if (why->kind == ERR_DENIED) {
		visit_problem(visit, 403, "code", why->text);
	} else {
		visit_problem(visit, 400, "", why->text);
	}
}

bool console_setup_act(struct visit *visit, struct err *err)
{
	struct console *console = console_of(visit);
	const struct request *request = visit->request;
	const char *password = request_form(request, "password");
	struct err why = { .kind = ERR_NONE };
	char token[SESSION_TOKEN_SIZE];
	int64_t account = 0;
	if (strcmp(password, request_form(request, "again")) != 0) {
		visit_problem(visit, 400, "again",
			      "The two passwords are not the same.");
		return visit_again(visit, err);
	}
	if (!setup_finish(console->db, request_form(request, "code"),
			  request_form(request, "name"), password,
			  ROLE_STAFF | ROLE_ADMIN, request->address,
			  request->now, &account, &why)) {
		if (why.kind != ERR_DENIED && why.kind != ERR_LIMIT &&
		    why.kind != ERR_INVALID) {
			return err_set(err, why.kind, "%s", why.text);
		}
		tell_problem(visit, &why);
		return visit_again(visit, err);
	}
	if (!sessions_start(console->db, account, request->address,
			    request->now, token, err)) {
		return false;
	}
	visit_set_session(visit, token);
	visit_redirect(visit, "/", NULL, NULL);
	return true;
}
