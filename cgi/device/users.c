/*
 * Accounts: the list, making one, and addresses from which too many sign-ins
 * failed. Changing an account is in user.c. Only administrators see these
 * pages.
 */
#include "cgi/device/users.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "domain/throttle.h"
#include "web/view.h"

static const struct {
	enum role role;
	const char *what;
} choices[] = {
	{ ROLE_CUSTOMER, "allows and withdraws services, makes previews, "
			 "decides on automatic sends and on instructions, "
			 "reads the log" },
	{ ROLE_OPERATOR, "makes previews, presses Send, cancels what waits" },
	{ ROLE_AUDITOR, "reads, verifies and exports the log" },
	{ ROLE_JOB_DATA, "chooses and sends job data, with the password again "
			 "each time" },
	{ ROLE_ADMIN,
	  "decides on personal data and job data, makes and disables "
	  "accounts, looks after the connection, decides on instructions, "
	  "reads the log" },
};

#define CHOICES (sizeof(choices) / sizeof(choices[0]))

bool users_form_roles(const struct visit *visit, unsigned *roles)
{
	const struct urlencoded *form = &visit->request->form;
	const char *value;
	unsigned found = 0;
	size_t at = 0;

	while ((value = urlencoded_next(form, "role", &at)) != NULL) {
		unsigned bit = 0;

		for (size_t i = 0; i < CHOICES; i++) {
			if (strcmp(value, role_name(choices[i].role)) == 0) {
				bit = choices[i].role;
			}
		}
		if (bit == 0) {
			return false;
		}
		found |= bit;
	}
	*roles = found;
	return true;
}

void users_fill_roles(json_t *view, unsigned held)
{
	json_t *list = view_array(view, "roles_list");

	for (size_t i = 0; i < CHOICES; i++) {
		const char *name = role_name(choices[i].role);
		char id[32];
		json_t *item = view_item(list);

		snprintf(id, sizeof(id), "role-%s", name);
		view_text(item, "id", i == 0 ? "role" : id);
		view_text(item, "name", name);
		view_text(item, "title", name);
		view_text(item, "what", choices[i].what);
		view_flag(item, "held",
			  (held & (unsigned)choices[i].role) != 0);
	}
}

static void fill_tag(json_t *object, const struct account *account, bool paused)
{
	if (account->disabled) {
		marks_tag(object, "tag", "", "off", "Disabled");
	} else if (paused) {
		marks_tag(object, "tag", "warn", "wait", "Paused");
	} else {
		marks_tag(object, "tag", "ok", "ok", "Active");
	}
}

bool users_fill_state(const struct visit *visit, json_t *object,
		      const struct account *account, struct err *err)
{
	struct throttle_pause pause;

	if (!throttle_of_account(app_of(visit)->db, account->name,
				 visit->request->now, &pause, err)) {
		return false;
	}
	fill_tag(object, account, pause.paused_until != 0);
	view_text(object, "last", "never");
	if (account->last_sign_in_at != 0) {
		view_time(object, "last", account->last_sign_in_at);
	}
	view_text(object, "tries", "");
	if (account->failures_since > 0) {
		view_count(object, "tries", (uint64_t)account->failures_since,
			   "try", "tries");
	}
	view_time(object, "failed_at", account->failed_at);
	view_text(object, "failed_from", account->failed_from);
	view_flag(object, "paused", pause.paused_until != 0);
	view_time(object, "paused_until", pause.paused_until);
	return true;
}

static bool fill_user(const struct visit *visit, json_t *item,
		      const struct account *account, struct err *err)
{
	struct buf roles = BUF_INIT;
	char id[24];

	snprintf(id, sizeof(id), "%lld", (long long)account->id);
	roles_put(&roles, account->roles);
	view_text(item, "id", id);
	view_text(item, "name", account->name);
	view_text(item, "roles", roles.len > 0 ? buf_str(&roles) : "none");
	buf_clear(&roles);
	return users_fill_state(visit, item, account, err);
}

static bool fill_users(const struct visit *visit, struct err *err)
{
	json_t *users = view_array(visit->view, "users");
	struct account *list = NULL;
	size_t count = 0;
	bool ok = accounts_list(app_of(visit)->db, &list, &count, err);

	for (size_t i = 0; ok && i < count; i++) {
		ok = fill_user(visit, view_item(users), &list[i], err);
	}
	mem_free(list);
	return ok;
}

/* Addresses from where nobody can sign in just now. */
static bool fill_pauses(const struct visit *visit, struct err *err)
{
	json_t *rows = view_array(visit->view, "pauses");
	struct throttle_pause *list = NULL;
	size_t count = 0;

	if (!throttle_addresses(app_of(visit)->db, visit->request->now, &list,
				&count, err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		json_t *item = view_item(rows);

		view_text(item, "address", list[i].subject);
		view_number(item, "failures", (uint64_t)list[i].failures);
		view_time(item, "until", list[i].paused_until);
	}
	view_flag(visit->view, "pauses_any", count > 0);
	mem_free(list);
	return true;
}

static void fill_done(const struct visit *visit)
{
	static const struct {
		const char *name, *headline, *text;
	} done[] = {
		{ "made", "The account is made.",
		  "Give the person the name and the first password." },
		{ "lifted", "The pause is lifted.",
		  "From there one can sign in again." },
	};
	const char *name = request_query(visit->request, "done");

	for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		if (strcmp(done[i].name, name) == 0) {
			marks_message(visit->view, "ok", "ok", "Done",
				      done[i].headline, done[i].text);
		}
	}
}

bool users_show(struct visit *visit, struct err *err)
{
	unsigned roles = 0;

	if (!users_form_roles(visit, &roles)) {
		roles = 0;
	}
	users_fill_roles(visit->view, roles);
	fill_done(visit);
	return fill_users(visit, err) && fill_pauses(visit, err);
}

/* A pause that ended meanwhile is as good as lifted. */
bool users_pauses_act(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };

	if (!throttle_lift_address(app_of(visit)->db, people_actor(visit),
				   request_form(visit->request, "address"),
				   visit->request->now, &why) &&
	    why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	visit_redirect(visit, "/users", "done", "lifted");
	return true;
}

bool users_act(struct visit *visit, struct err *err)
{
	const struct request *request = visit->request;
	struct err why = { .kind = ERR_NONE };
	unsigned roles = 0;
	int64_t id;

	if (!users_form_roles(visit, &roles)) {
		return visit_fail(visit, 400, err,
				  "The form names a role that does not exist.");
	}
	if (roles == 0) {
		visit_problem(visit, 400, "role", "Choose at least one role.");
		return visit_again(visit, err);
	}
	if (!accounts_create(app_of(visit)->db, people_actor(visit),
			     request_form(request, "name"),
			     request_form(request, "password"),
			     people_of(visit)->known, roles, request->now, &id,
			     &why)) {
		if (why.kind != ERR_INVALID && why.kind != ERR_DENIED) {
			return err_set(err, why.kind, "%s", why.text);
		}
		bool name = why.kind == ERR_DENIED ||
			    !accounts_name_fits(request_form(request, "name"),
						NULL);

		visit_problem(visit, why.kind == ERR_DENIED ? 409 : 400,
			      name ? "name" : "password", why.text);
		return visit_again(visit, err);
	}
	visit_redirect(visit, "/users", "done", "made");
	return true;
}
