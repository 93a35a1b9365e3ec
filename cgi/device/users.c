/*
 * Accounts: the list, and making one. Changing one is in user.c. Only
 * administrators see these pages.
 */
#include "cgi/device/users.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "web/view.h"

static const struct {
	enum role role;
	const char *what;
} choices[] = {
	{ ROLE_CUSTOMER, "allows and withdraws services, makes previews, "
			 "reads the log" },
	{ ROLE_OPERATOR, "makes previews and presses Send" },
	{ ROLE_AUDITOR, "reads, verifies and exports the log" },
	{ ROLE_ADMIN, "makes and disables accounts, reads the log" },
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

void users_tag(json_t *object, const char *name, const struct account *account)
{
	if (account->disabled) {
		marks_tag(object, name, "", "off", "Disabled");
	} else {
		marks_tag(object, name, "ok", "ok", "Active");
	}
}

bool users_show(struct visit *visit, struct err *err)
{
	struct account *list = NULL;
	size_t count = 0;
	unsigned roles = 0;

	if (!accounts_list(app_of(visit)->db, &list, &count, err)) {
		return false;
	}
	json_t *users = view_array(visit->view, "users");

	for (size_t i = 0; i < count; i++) {
		struct buf text = BUF_INIT;
		json_t *item = view_item(users);
		char id[24];

		snprintf(id, sizeof(id), "%lld", (long long)list[i].id);
		roles_put(&text, list[i].roles);
		view_text(item, "id", id);
		view_text(item, "name", list[i].name);
		view_text(item, "roles",
			  text.len > 0 ? buf_str(&text) : "none");
		view_text(item, "last", "never");
		if (list[i].last_sign_in_at != 0) {
			view_time(item, "last", list[i].last_sign_in_at);
		}
		users_tag(item, "tag", &list[i]);
		buf_clear(&text);
	}
	mem_free(list);
	if (!users_form_roles(visit, &roles)) {
		roles = 0;
	}
	users_fill_roles(visit->view, roles);
	if (strcmp(request_query(visit->request, "done"), "made") == 0) {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The account is made.",
			      "Give the person the name and the first "
			      "password.");
	}
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
			     request_form(request, "password"), roles,
			     request->now, &id, &why)) {
		if (why.kind != ERR_INVALID && why.kind != ERR_DENIED) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, why.kind == ERR_DENIED ? 409 : 400,
			      why.kind == ERR_DENIED ? "name" : "password",
			      why.text);
		return visit_again(visit, err);
	}
	visit_redirect(visit, "/users", "done", "made");
	return true;
}
