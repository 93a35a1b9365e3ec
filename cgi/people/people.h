#ifndef SLUICE_CGI_PEOPLE_PEOPLE_H
#define SLUICE_CGI_PEOPLE_PEOPLE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/log.h"
#include "domain/sessions.h"
#include "store/db.h"
#include "web/router.h"

/*
 * The people of one site: who asks now, and in what the two sites differ.
 * Handlers get it as visit->app.
 */
struct people {
	void *owner;           /* what the site's own handlers work with */
	struct db *db;         /* borrowed */
	const struct log *log; /* borrowed */
	const char *place;     /* "device", "server": where they sign in */
	unsigned first_roles;  /* of the first account */
	/* path of the page that takes the query field "failures" */
	const char *tells_failures;
	/* words that passwords are not made of, for accounts_create() */
	const char *const *known;
	struct session session; /* of this request; id 0 = nobody signed in */
};

/* An entry of a site's navigation. */
struct navigation {
	const char *path; /* NULL ends the table */
	const char *title;
	unsigned role; /* who sees the entry */
};

struct people *people_of(const struct visit *visit);

/* Name of the account that asks, for ledger entries and rows. */
const char *people_actor(const struct visit *visit);

/* Does the one who asks hold any of these roles? */
bool people_may(const struct visit *visit, unsigned roles);

/* For struct site; app is a struct people. */
bool people_find_session(void *app, const struct request *request,
			 const char *token, struct err *err);
enum site_access people_access(void *app, unsigned role);

/* While there is no account, every page but a few leads to "/setup". */
const char *people_first_stop(void *app, const struct page *page);

/*
 * A refusal goes into the ledger when somebody is signed in. A stranger's
 * goes to the running log only: he could fill the ledger with them.
 */
void people_note_refusal(void *app, const struct visit *visit, int status,
			 const char *why);

/*
 * Puts what both sites show on every page: "place", the entries of the
 * navigation that the visitor may see, and "account". Returns the account's
 * object (borrowed, of view), NULL when nobody is signed in.
 */
json_t *people_decorate(const struct visit *visit, json_t *view,
			const struct navigation *navigation);

/* The browser forgets what it kept of the pages: for the answer to leaving. */
void people_clear_browser(const struct visit *visit);

/* Handlers, see struct page. */
bool people_setup_show(struct visit *visit, struct err *err);
bool people_setup_act(struct visit *visit, struct err *err);
bool people_login_show(struct visit *visit, struct err *err);
bool people_login_act(struct visit *visit, struct err *err);
bool people_logout_act(struct visit *visit, struct err *err);
bool people_account_show(struct visit *visit, struct err *err);
bool people_account_act(struct visit *visit, struct err *err);

#endif
