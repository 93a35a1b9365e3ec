/*
 * One account, for administrators: roles, disabling, a new password. Every
 * change is a ledger entry, written by domain/accounts.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/users.h"
#include "cgi/people/marks.h"
#include "web/view.h"

static bool find(struct visit *visit, struct account *account, struct err *err)
{
	int64_t id;

	if (!text_parse_i64(visit->step, 1, INT64_MAX, &id)) {
		return visit_fail(visit, 404, err, "There is no such account.");
	}
	return accounts_get(app_of(visit)->db, id, account, err);
}

static void fill_message(struct visit *visit)
{
	static const struct {
		const char *name, *headline;
	} done[] = {
		{ "roles", "The roles are saved. They hold at once." },
		{ "password", "The new password is set." },
		{ "disable", "The account is disabled." },
		{ "enable", "The account is enabled." },
	};
	const char *name = request_query(visit->request, "done");

	for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		if (strcmp(done[i].name, name) == 0) {
			marks_message(visit->view, "ok", "ok", "Done",
				      done[i].headline, "");
		}
	}
}

bool user_show(struct visit *visit, struct err *err)
{
	struct account account;

	if (!find(visit, &account, err)) {
		return false;
	}
	view_text(visit->view, "title", account.name);
	view_text(visit->view, "id", visit->step);
	users_tag(visit->view, "tag", &account);
	view_flag(visit->view, "disabled", account.disabled);
	view_time(visit->view, "made", account.created_at);
	view_text(visit->view, "last", "never");
	if (account.last_sign_in_at != 0) {
		view_time(visit->view, "last", account.last_sign_in_at);
	}
	users_fill_roles(visit->view, account.roles);
	fill_message(visit);
	return true;
}

static bool save_roles(struct visit *visit, const struct account *account,
		       struct err *err)
{
	unsigned roles = 0;

	if (!users_form_roles(visit, &roles)) {
		return err_set(err, ERR_INVALID,
			       "The form names a role that does not exist.");
	}
	return accounts_set_roles(app_of(visit)->db, people_actor(visit),
				  account->id, roles, visit->request->now, err);
}

static bool change(struct visit *visit, const struct account *account,
		   const char *what, struct err *err)
{
	struct db *db = app_of(visit)->db;
	int64_t now = visit->request->now;

	if (strcmp(what, "roles") == 0) {
		return save_roles(visit, account, err);
	}
	if (strcmp(what, "password") == 0) {
		return accounts_set_password(
			db, people_actor(visit), account->id,
			request_form(visit->request, "password"), now, err);
	}
	if (strcmp(what, "disable") == 0 || strcmp(what, "enable") == 0) {
		return accounts_set_disabled(db, people_actor(visit),
					     account->id,
					     strcmp(what, "disable") == 0, now,
					     err);
	}
	return err_set(err, ERR_INVALID, "The form has an unknown button.");
}

bool user_act(struct visit *visit, struct err *err)
{
	const char *what = request_form(visit->request, "do");
	struct err why = { .kind = ERR_NONE };
	struct account account;
	char path[48];

	if (!find(visit, &account, err)) {
		return false;
	}
	if (!change(visit, &account, what, &why)) {
		if (why.kind != ERR_INVALID && why.kind != ERR_DENIED) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, why.kind == ERR_DENIED ? 409 : 400,
			      strcmp(what, "password") == 0 ? "password"
			      : strcmp(what, "roles") == 0  ? "role"
							    : "",
			      why.text);
		return visit_again(visit, err);
	}
	snprintf(path, sizeof(path), "/users/%lld", (long long)account.id);
	visit_redirect(visit, path, "done", what);
	return true;
}
