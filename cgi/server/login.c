/*
 * Sign in and out. Throttling and the ledger entries are in
 * domain/accounts; the answer is the same for a wrong name and a wrong
 * password.
 */
#include "cgi/server/console.h"
#include "cgi/server/pages.h"
#include "cgi/server/phrases.h"
#include "web/html.h"
#include "web/view.h"

bool console_login_show(struct visit *visit, struct err *err)
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
	if (request_query(request, "out")[0] != '\0') {
		phrases_message(visit->view, "ok", "ok", "Signed out",
				"You are signed out.",
				"The session is ended on the server too.");
	}
	return true;
}

bool console_login_act(struct visit *visit, struct err *err)
{
	struct console *console = console_of(visit);
	const struct request *request = visit->request;
	const char *next = request_form(request, "next");
	struct err why = { .kind = ERR_NONE };
	char token[SESSION_TOKEN_SIZE];
	struct account account;
	if (!accounts_sign_in(console->db, request_form(request, "name"),
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
	if (!sessions_start(console->db, account.id, request->address,
			    request->now, token, err)) {
		return false;
	}
	visit_set_session(visit, token);
	visit_redirect(visit, html_is_own_path(next) ? next : "/", NULL, NULL);
	return true;
}

bool console_logout_act(struct visit *visit, struct err *err)
{
	struct console *console = console_of(visit);
	if (!sessions_end(console->db, console->session.id, visit->request->now,
			  err)) {
		return false;
	}
	visit_set_session(visit, NULL);
	visit_redirect(visit, "/login", "out", "1");
	response_field(visit->response, "Clear-Site-Data",
		       "\"cache\", \"storage\"");
	return true;
}
