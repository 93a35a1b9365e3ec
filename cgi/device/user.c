/*
 * One account, for administrators: roles, disabling, a new password, sessions,
 * the pause after failed sign-ins. Every
 * change is a ledger entry, written by domain/accounts.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/users.h"
#include "cgi/people/marks.h"
#include "cgi/people/session_list.h"
#include "domain/throttle.h"
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
		{ "lift", "The pause is lifted. One can sign in again." },
		{ "sessions", "The sessions are ended." },
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
	view_flag(visit->view, "disabled", account.disabled);
	view_time(visit->view, "made", account.created_at);
	users_fill_roles(visit->view, account.roles);
	fill_message(visit);
	return users_fill_state(visit, visit->view, &account, err) &&
	       session_list_fill(visit, account.id, err);
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

static bool save_password(struct visit *visit, const struct account *account,
			  struct err *err)
{
	return accounts_set_password(app_of(visit)->db, people_actor(visit),
				     account->id,
				     request_form(visit->request, "password"),
				     people_of(visit)->known,
				     visit->request->now, err);
}

static bool disable(struct visit *visit, const struct account *account,
		    struct err *err)
{
	return accounts_set_disabled(app_of(visit)->db, people_actor(visit),
				     account->id, true, visit->request->now,
				     err);
}

static bool enable(struct visit *visit, const struct account *account,
		   struct err *err)
{
	return accounts_set_disabled(app_of(visit)->db, people_actor(visit),
				     account->id, false, visit->request->now,
				     err);
}

/* A pause that ended meanwhile is as good as lifted. */
static bool lift(struct visit *visit, const struct account *account,
		 struct err *err)
{
	struct err why = { .kind = ERR_NONE };

	return throttle_lift_account(app_of(visit)->db, people_actor(visit),
				     account->name, visit->request->now,
				     &why) ||
	       why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}

static bool end_sessions(struct visit *visit, const struct account *account,
			 struct err *err)
{
	return session_list_act(visit, account->id, err);
}

/* The buttons of the page, and the field a refusal belongs to. */
static const struct button {
	const char *name, *field;
	bool (*press)(struct visit *visit, const struct account *account,
		      struct err *err);
} buttons[] = {
	{ "roles", "role", save_roles },
	{ "password", "password", save_password },
	{ "disable", "", disable },
	{ "enable", "", enable },
	{ "lift", "", lift },
	{ "sessions", "", end_sessions },
};

static const struct button *pressed(const struct visit *visit)
{
	const char *name = session_list_asked(visit)
				   ? "sessions"
				   : request_form(visit->request, "do");

	for (size_t i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++) {
		if (strcmp(buttons[i].name, name) == 0) {
			return &buttons[i];
		}
	}
	return NULL;
}

bool user_act(struct visit *visit, struct err *err)
{
	const struct button *button = pressed(visit);
	struct err why = { .kind = ERR_NONE };
	struct account account;
	char path[48];

	if (!find(visit, &account, err)) {
		return false;
	}
	if (button == NULL) {
		return visit_fail(visit, 400, err,
				  "The form has an unknown button.");
	}
	if (!button->press(visit, &account, &why)) {
		if (why.kind != ERR_INVALID && why.kind != ERR_DENIED) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, why.kind == ERR_DENIED ? 409 : 400,
			      button->field, why.text);
		return visit_again(visit, err);
	}
	snprintf(path, sizeof(path), "/users/%lld", (long long)account.id);
	visit_redirect(visit, path, "done", button->name);
	return true;
}
