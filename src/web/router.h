#ifndef SLUICE_WEB_ROUTER_H
#define SLUICE_WEB_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/embedded.h"
#include "base/err.h"
#include "base/log.h"
#include "web/cookie.h"
#include "web/csrf.h"
#include "web/fields.h"
#include "web/request.h"
#include "web/response.h"

/*
 * What the router puts into every view, for layouts: "csrf", "key" (fresh
 * idempotency key), "title", "section", "site", "static" (version),
 * "problems" (array), "failed" (are there any?), "path" (of this page, for returning),
 * "typed" (object: each declared form field, "" unless a form is shown
 * again), "invalid" (object: field name -> text of its problem or false).
 * An error page also has "status", "what", "why", "advice", "reference".
 */
struct visit;

/*
 * A row of a site's table of pages. A path may have two rows, one for GET and
 * one for POST, when they need different roles.
 */
struct page {
	const char *
		path; /* "/log", "/log/" + "*": one step, given as visit->step; NULL ends the table */
	unsigned methods; /* METHOD_BIT()s; HEAD comes with GET */
	unsigned role;    /* who may; bits of the application, never 0 */
	bool writes; /* POST changes something (then a CSRF token is needed) */
	const struct web_field *query; /* NULL = none */
	const struct web_field *form;  /* NULL = none; "csrf" is known to all */
	/*
	 * A POST must come with a file, which the handler reads by
	 * request_file_read(). Other pages get none.
	 */
	bool takes_file;
	/*
	 * GET, and again after a problem in a form: fills visit->view, which
	 * the router renders, or completes the response (redirect, download).
	 */
	bool (*show)(struct visit *visit, struct err *err);
	/* POST: does it and redirects, or calls visit_problem() and visit_again(). */
	bool (*act)(struct visit *visit, struct err *err);
	const char *template; /* stem */
	const char *title;    /* of the browser window and the first heading */
	const char *section;  /* path of the navigation entry that is current */
};

enum site_access {
	ACCESS_UNSET = 0,
	ACCESS_ALLOWED,
	ACCESS_SIGN_IN,
	ACCESS_DENIED
};

/* What an application gives to the router. All callbacks get app. */
struct site {
	const struct page *pages;
	const struct embedded
		*templates;         /* needs "error" and those of the pages */
	const char *name;           /* "Sluice", for titles */
	const char *session_cookie; /* "__Host-..." */
	const char *visitor_cookie; /* before sign-in */
	/*
	 * Takes the query fields "next", and "ended": a form was pressed
	 * without a session and nothing of it was done.
	 */
	const char *sign_in_path;
	const struct log *log;
	void *app;
	/*
	 * The process ends after this request: what the kernel takes back
	 * then is not given back piece by piece before.
	 */
	bool once;

	/*
	 * Whose session is this? true: the application remembers who. false
	 * without error (or NOT_FOUND): nobody's.
	 */
	bool (*session)(void *app, const struct request *request,
			const char *token, struct err *err);
	/* May the one who asks use a page with this role? */
	enum site_access (*access)(void *app, unsigned role);
	/* Appends the names of these roles, for people. May be NULL. */
	void (*put_roles)(struct buf *out, unsigned roles);
	/* Somewhere else to go first when nobody is signed in ("/setup"); NULL = no. May be NULL. */
	const char *(*detour)(void *app, const struct page *page);
	/* Something was refused: 403 (role, CSRF). For the application's own log. May be NULL. */
	void (*refused)(void *app, const struct visit *visit, int status,
			const char *why);
	/* Adds what every page shows (navigation, who, title of the device) to the view. */
	bool (*decorate)(void *app, struct visit *visit, json_t *view,
			 struct err *err);
};

/* One request on its way through a page. */
struct visit {
	const struct site *site;
	void *app;               /* site->app */
	const struct page *page; /* NULL while unknown (404) */
	const struct request *request;
	struct response *response;
	const char
		*template; /* page->template at first; a handler may choose another */
	const char *step; /* what "*" stood for, "" = none */
	bool signed_in;
	char cookie
		[COOKIE_VALUE_MAX +
		 1]; /* session or visitor cookie value, base of the CSRF token */
	char csrf[CSRF_TOKEN_SIZE]; /* of the forms on this page */
	json_t *view;               /* object for the template */
	json_t *problems;           /* array of {field, label, text} */
	char reference[32];         /* of the error page and the running log */
	int fail_status; /* of visit_fail(); 0 = by the kind of the error */
	/* instead of those of the status on the error page; NULL = no */
	const char *fail_title, *fail_advice;
};

/*
 * Serves one request: method, path, session, role, CSRF, declared fields,
 * then the page. Initialises the response and always leaves a complete one;
 * what fails becomes an error page. read_err is what request_read() said (kind ERR_NONE = fine).
 */
void router_serve(const struct site *site, const struct request *request,
		  const struct err *read_err, struct response *response);

/*
 * For handlers. A problem that a person can mend: status (400, 409, 429, ...)
 * of the page that is shown again, the form field ("" = none) and a
 * sentence. Then "return visit_again(visit, err);".
 */
void visit_problem(struct visit *visit, int status, const char *field,
		   const char *text);
MUST_USE bool visit_again(struct visit *visit, struct err *err);

/*
 * For handlers: ends with an error page of this status, in the words of
 * err->text. Returns false; sets err unless it is set.
 */
bool visit_fail(struct visit *visit, int status, struct err *err,
		const char *text);

/* For the router and error pages: adds what struct visit's comment lists. */
void visit_fill_view(struct visit *visit);

/* Typed value of a form field for showing again; "" for secrets and none. */
const char *visit_typed(const struct visit *visit, const char *name);

/* 303 with "?NAME=VALUE" when name is not NULL. */
void visit_redirect(struct visit *visit, const char *path, const char *name,
		    const char *value);

/* Starts (token) or ends (NULL) the session cookie. */
void visit_set_session(struct visit *visit, const char *token);

#endif
