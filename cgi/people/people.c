/*
 * What the router asks about people, for both sites: whose session is this,
 * may he, where first, what stands on every page. What only one site has is
 * in its own folder: cgi/device/app.c, cgi/server/console.c.
 */
#include "cgi/people/people.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/ledger.h"
#include "domain/roles.h"
#include "domain/setup.h"
#include "web/view.h"

struct people *people_of(const struct visit *visit)
{
	return visit->app;
}

const char *people_actor(const struct visit *visit)
{
	const struct people *people = people_of(visit);

	return people->session.id != 0 ? people->session.account.name
				       : visit->request->address;
}

bool people_may(const struct visit *visit, unsigned roles)
{
	const struct people *people = people_of(visit);

	return roles_allow(roles, people->session.account.roles,
			   people->session.id != 0);
}

bool people_find_session(void *app, const struct request *request,
			 const char *token, struct err *err)
{
	struct people *people = app;

	return sessions_find(people->db, token, request->now, &people->session,
			     err);
}

enum site_access people_access(void *app, unsigned role)
{
	const struct people *people = app;
	bool signed_in = people->session.id != 0;

	if (roles_allow(role, people->session.account.roles, signed_in)) {
		return ACCESS_ALLOWED;
	}
	return signed_in ? ACCESS_DENIED : ACCESS_SIGN_IN;
}

const char *people_first_stop(void *app, const struct page *page)
{
	const struct people *people = app;
	bool open = false;

	if (strcmp(page->path, "/setup") == 0 ||
	    strcmp(page->path, "/help") == 0 ||
	    strcmp(page->path, "/about") == 0) {
		return NULL;
	}
	if (!setup_is_open(people->db, &open, NULL)) {
		return NULL;
	}
	return open ? "/setup" : NULL;
}

void people_note_refusal(void *app, const struct visit *visit, int status,
			 const char *why)
{
	const struct people *people = app;
	struct err err = { .kind = ERR_NONE };
	char text[256];

	(void)status;
	if (!visit->signed_in) {
		return;
	}
	snprintf(text, sizeof(text), "page %s: %s",
		 visit->page != NULL ? visit->page->path : "", why);

	struct ledger_entry entry = {
		.at = visit->request->now,
		.kind = LEDGER_REFUSED,
		.actor = people->session.account.name,
		.result = "refused",
		.text = text,
	};

	if (!ledger_append(people->db, &entry, &err)) {
		log_error(people->log, "refusal not recorded: %s", err.text);
	}
}

void people_clear_browser(const struct visit *visit)
{
	response_field(visit->response, "Clear-Site-Data",
		       "\"cache\", \"storage\"");
}

static void put_navigation(const struct visit *visit, json_t *view,
			   const struct navigation *navigation)
{
	json_t *nav = view_array(view, "nav");

	for (const struct navigation *n = navigation; n->path != NULL; n++) {
		if (!people_may(visit, n->role)) {
			continue;
		}
		json_t *item = view_item(nav);

		view_text(item, "path", n->path);
		view_text(item, "title", n->title);
		view_flag(item, "current",
			  visit->page != NULL &&
				  text_equal(visit->page->section, n->path));
	}
	view_flag(view, "nav_shown", visit->signed_in);
}

/* Four names would not fit beside the navigation. */
static void put_roles(struct buf *out, unsigned roles)
{
	const unsigned most =
		ROLE_ADMIN | ROLE_CUSTOMER | ROLE_OPERATOR | ROLE_AUDITOR;

	if ((roles & most) == most) {
		buf_put_str(out, (roles & ROLE_JOB_DATA) != 0
					 ? "all roles"
					 : "all roles but job-data");
	} else {
		roles_put(out, roles);
	}
}

json_t *people_decorate(const struct visit *visit, json_t *view,
			const struct navigation *navigation)
{
	const struct people *people = people_of(visit);

	view_text(view, "place", people->place);
	put_navigation(visit, view, navigation);
	if (people->session.id == 0) {
		return NULL;
	}
	struct buf roles = BUF_INIT;
	json_t *account = view_object(view, "account");

	put_roles(&roles, people->session.account.roles);
	view_text(account, "name", people->session.account.name);
	view_text(account, "roles", buf_str(&roles));
	buf_clear(&roles);
	return account;
}
