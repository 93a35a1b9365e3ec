/*
 * The own account: another password, and signing out everywhere. What an
 * administrator does with other people's accounts is in user.c.
 */
#include <stdio.h>
#include <string.h>

#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "web/view.h"

bool account_show(struct visit *visit, struct err *err)
{
	const struct account *account = &people_of(visit)->session.account;
	struct buf who = BUF_INIT;

	(void)err;
	buf_printf(&who, "%s, with the roles: ", account->name);
	roles_put(&who, account->roles);
	buf_put_str(&who, account->roles == 0 ? "none." : ".");
	view_text(visit->view, "who", buf_str(&who));
	view_text(visit->view, "own_name", account->name);
	buf_clear(&who);
	if (strcmp(request_query(visit->request, "done"), "password") == 0) {
		marks_message(visit->view, "ok", "ok", "Done",
			      "Your password is changed.",
			      "Every other session of this account is ended.");
	}
	return true;
}

static bool refuse(struct visit *visit, int status, const char *field,
		   const char *text, struct err *err)
{
	visit_problem(visit, status, field, text);
	return visit_again(visit, err);
}

/* The present password is asked again and counts like a sign-in. */
static bool check_old(struct visit *visit, bool *fine, struct err *err)
{
	struct device_app *app = app_of(visit);
	const struct request *request = visit->request;
	struct err why = { .kind = ERR_NONE };
	struct account account;

	*fine = accounts_sign_in(app->db, app->people.session.account.name,
				 request_form(request, "old"), request->address,
				 request->now, &account, &why);
	if (*fine) {
		return true;
	}
	if (why.kind != ERR_DENIED && why.kind != ERR_LIMIT &&
	    why.kind != ERR_INVALID) {
		return err_set(err, why.kind, "%s", why.text);
	}
	return refuse(visit, why.kind == ERR_LIMIT ? 429 : 403, "old",
		      why.kind == ERR_LIMIT
			      ? why.text
			      : "The present password is not right.",
		      err);
}

static bool change_password(struct visit *visit, struct err *err)
{
	struct device_app *app = app_of(visit);
	const struct request *request = visit->request;
	const char *password = request_form(request, "password");
	struct err why = { .kind = ERR_NONE };
	char token[SESSION_TOKEN_SIZE];
	bool fine = false;

	if (password[0] == '\0' ||
	    strcmp(password, request_form(request, "again")) != 0) {
		return refuse(visit, 400, "again",
			      "The two new passwords are not the same.", err);
	}
	if (!check_old(visit, &fine, err) || !fine) {
		return err->kind == ERR_NONE;
	}
	if (!accounts_set_password(app->db, app->people.session.account.name,
				   app->people.session.account.id, password,
				   request->now, &why)) {
		if (why.kind != ERR_INVALID) {
			return err_set(err, why.kind, "%s", why.text);
		}
		return refuse(visit, 400, "password", why.text, err);
	}
	if (!sessions_start(app->db, app->people.session.account.id,
			    request->address, request->now, token, err)) {
		return false;
	}
	visit_set_session(visit, token);
	visit_redirect(visit, "/account", "done", "password");
	return true;
}

bool account_act(struct visit *visit, struct err *err)
{
	struct device_app *app = app_of(visit);
	const char *what = request_form(visit->request, "do");

	if (strcmp(what, "password") == 0) {
		return change_password(visit, err);
	}
	if (strcmp(what, "everywhere") != 0) {
		return visit_fail(visit, 400, err,
				  "The form has an unknown button.");
	}
	if (!sessions_end_all(app->db, app->people.session.account.id,
			      visit->request->now, err)) {
		return false;
	}
	visit_set_session(visit, NULL);
	visit_redirect(visit, "/login", "out", "1");
	return true;
}
