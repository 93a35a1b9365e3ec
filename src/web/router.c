/*
 * Takes a request to its page: method, path, session, role, CSRF token and
 * declared fields are checked here, once for all pages, before a handler
 * runs. What a handler can call is in visit.c; error pages in error_page.c.
 */
#include "web/router.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "web/error_page.h"
#include "web/html.h"
#include "web/template.h"

/* Does the path belong to the pattern? *step is what "*" stands for. */
static bool matches(const char *pattern, const char *path, const char **step)
{
	size_t len = strlen(pattern);

	*step = "";
	if (len < 2 || pattern[len - 1] != '*') {
		return strcmp(pattern, path) == 0;
	}
	if (strncmp(pattern, path, len - 1) != 0 || path[len - 1] == '\0' ||
	    strchr(path + len - 1, '/') != NULL) {
		return false;
	}
	*step = path + len - 1;
	return true;
}

static bool takes(const struct page *page, enum request_method method)
{
	unsigned methods = page->methods;

	if ((methods & METHOD_BIT(METHOD_GET)) != 0) {
		methods |= METHOD_BIT(METHOD_HEAD);
	}
	return (methods & METHOD_BIT(method)) != 0;
}

/* The first row of that path that takes the method, else its first row. */
static bool find_page(struct visit *visit, struct err *err)
{
	const struct request *request = visit->request;
	const char *step;

	for (const struct page *p = visit->site->pages; p->path != NULL; p++) {
		if (!matches(p->path, request->path, &step)) {
			continue;
		}
		if (visit->page == NULL || takes(p, request->method)) {
			visit->page = p;
			visit->step = step;
		}
		if (takes(p, request->method)) {
			return true;
		}
	}
	return visit->page != NULL ||
	       visit_fail(visit, 404, err, "The address leads nowhere.");
}

static bool check_method(struct visit *visit, struct err *err)
{
	return takes(visit->page, visit->request->method) ||
	       visit_fail(visit, 405, err,
			  "The browser sent a kind of request that this page "
			  "does not take.");
}

/* Methods of all rows of the visited path. */
static unsigned all_methods(const struct visit *visit)
{
	unsigned methods = 0;
	const char *step;

	for (const struct page *p = visit->site->pages; p->path != NULL; p++) {
		if (matches(p->path, visit->request->path, &step)) {
			methods |= p->methods;
		}
	}
	return methods;
}

static void put_allow(struct visit *visit)
{
	unsigned methods = all_methods(visit);
	bool get = (methods & METHOD_BIT(METHOD_GET)) != 0;
	bool post = (methods & METHOD_BIT(METHOD_POST)) != 0;

	response_field(visit->response, "Allow",
		       get && post ? "GET, HEAD, POST"
		       : get       ? "GET, HEAD"
				   : "POST");
}

static bool find_session(struct visit *visit, struct err *err)
{
	const struct site *site = visit->site;
	const struct request *request = visit->request;
	struct err trouble = { .kind = ERR_NONE };

	if (cookie_find(request->cookies, site->session_cookie, visit->cookie,
			sizeof(visit->cookie))) {
		visit->signed_in = site->session(site->app, request,
						 visit->cookie, &trouble);
		if (!visit->signed_in && trouble.kind != ERR_NONE &&
		    trouble.kind != ERR_NOT_FOUND) {
			return err_set(err, trouble.kind, "%s", trouble.text);
		}
	}
	if (!visit->signed_in &&
	    !cookie_find(request->cookies, site->visitor_cookie, visit->cookie,
			 sizeof(visit->cookie))) {
		visit->cookie[0] = '\0';
	}
	return true;
}

/* Forms before sign-in hang on a cookie of their own. */
static void give_visitor_cookie(struct visit *visit)
{
	bool has_form = (all_methods(visit) & METHOD_BIT(METHOD_POST)) != 0;

	if (visit->cookie[0] == '\0' && has_form &&
	    visit->request->method != METHOD_POST) {
		csrf_random(visit->cookie);
		cookie_set(visit->response, visit->site->visitor_cookie,
			   visit->cookie);
	}
	if (visit->cookie[0] != '\0') {
		csrf_token(visit->csrf, visit->cookie);
	}
}

static void go_to_sign_in(struct visit *visit)
{
	const struct request *request = visit->request;
	struct buf next = BUF_INIT;
	struct buf query = BUF_INIT;
	struct buf to = BUF_INIT;
	bool lost = false; /* a press of a form came to nothing */

	if (request->method != METHOD_POST) {
		buf_put_str(&next, request->path);
		for (size_t i = 0; i < request->query.count; i++) {
			urlencoded_put(&query, request->query.pairs[i].name,
				       request->query.pairs[i].value);
		}
		buf_put_str(&next, query.len > 0 ? "?" : "");
		buf_put_str(&next, buf_str(&query));
	} else if ((all_methods(visit) & METHOD_BIT(METHOD_GET)) != 0) {
		buf_put_str(&next, request->path);
		lost = true;
	}
	buf_reset(&query);
	if (html_is_own_path(buf_str(&next)) &&
	    strcmp(buf_str(&next), "/") != 0) {
		urlencoded_put(&query, "next", buf_str(&next));
	}
	if (lost) {
		urlencoded_put(&query, "ended", "1");
	}
	buf_printf(&to, "%s%s%s", visit->site->sign_in_path,
		   query.len > 0 ? "?" : "", buf_str(&query));
	response_redirect(visit->response, buf_str(&to));
	buf_clear(&to);
	buf_clear(&query);
	buf_clear(&next);
}

static void report_refusal(struct visit *visit, const char *why)
{
	if (visit->site->refused != NULL) {
		visit->site->refused(visit->app, visit, 403, why);
	}
}

/* Whom to ask is said too: without a name there is nobody to look for. */
static bool want_role(struct visit *visit, struct err *err)
{
	struct buf text = BUF_INIT;
	bool done;

	buf_put_str(&text, "Your account has no role for this page.");
	if (visit->site->put_roles != NULL) {
		buf_put_str(&text, " Those who may: ");
		visit->site->put_roles(&text, visit->page->role);
		buf_put_char(&text, '.');
	}
	done = visit_fail(visit, 403, err, buf_str(&text));
	buf_clear(&text);
	return done;
}

/* May the one who asks use the page? May complete the response. */
static bool check_access(struct visit *visit, struct err *err)
{
	const struct site *site = visit->site;

	if (!visit->signed_in && site->detour != NULL) {
		const char *path = site->detour(site->app, visit->page);

		if (path != NULL) {
			visit_redirect(visit, path, NULL, NULL);
			return true;
		}
	}
	switch (site->access(site->app, visit->page->role)) {
	case ACCESS_ALLOWED:
		return true;
	case ACCESS_SIGN_IN:
		go_to_sign_in(visit);
		return true;
	default:
		report_refusal(visit, "the role is missing");
		return want_role(visit, err);
	}
}

/* A file goes to pages that take one, and to no other. */
static bool check_file(struct visit *visit, struct err *err)
{
	bool came = visit->request->file != NULL;

	if (visit->request->method != METHOD_POST ||
	    came == visit->page->takes_file) {
		return true;
	}
	return visit_fail(visit, 400, err,
			  came ? "This page takes no file."
			       : "The form came without a file.");
}

static bool check_token(struct visit *visit, struct err *err)
{
	const struct request *request = visit->request;
	const char *token = urlencoded_get(&request->form, CSRF_FIELD);

	if (request->method != METHOD_POST ||
	    (!request->cross_site && csrf_matches(token, visit->cookie))) {
		return true;
	}
	report_refusal(visit,
		       request->cross_site ? "the form came from another site"
		       : token == NULL     ? "the form has no token"
					   : "the form's token is not valid");
	visit->fail_title = "The form is out of date";
	visit->fail_advice = "Open the page again, and press again there. "
			     "Nothing was changed.";
	return visit_fail(
		visit, 403, err,
		"The form was too old, or it did not come from this "
		"page. This protects you from other sites that try to "
		"use your browser.");
}

static void found_problem(void *ctx, const struct web_field *field,
			  const char *text)
{
	visit_problem(ctx, 400, field->name, text);
}

/* *again: the form goes back to the person. */
static bool check_fields(struct visit *visit, bool *again, struct err *err)
{
	const struct request *request = visit->request;
	const struct page *page = visit->page;
	enum fields_outcome query = fields_check(
		page->query, &request->query, NULL, found_problem, visit, err);

	if (query == FIELDS_PROBLEM) {
		json_t *first = json_array_get(visit->problems, 0);

		err_set(err, ERR_INVALID, "%s",
			json_string_value(json_object_get(first, "text")));
	}
	if (query != FIELDS_OK) {
		return false;
	}
	if (request->method != METHOD_POST) {
		return true;
	}
	enum fields_outcome form =
		fields_check(page->form, &request->form, CSRF_FIELD,
			     found_problem, visit, err);

	*again = form == FIELDS_PROBLEM;
	return form != FIELDS_REFUSED;
}

static bool render(struct visit *visit, struct err *err)
{
	if (visit->response->done) {
		return true;
	}
	if (!visit->site->decorate(visit->app, visit, visit->view, err)) {
		return false;
	}
	visit_fill_view(visit);
	return template_render(visit->site->templates, visit->template,
			       visit->view, &visit->response->body, err);
}

static bool run_page(struct visit *visit, bool again, struct err *err)
{
	const struct page *page = visit->page;

	if (again) {
		return visit_again(visit, err);
	}
	return visit->request->method == METHOD_POST ? page->act(visit, err)
						     : page->show(visit, err);
}

static bool serve(struct visit *visit, const struct err *read_err,
		  struct err *err)
{
	bool again = false;

	if (read_err != NULL && read_err->kind != ERR_NONE) {
		return visit_fail(visit,
				  read_err->kind == ERR_LIMIT ? 413 : 400, err,
				  read_err->text);
	}
	if (!find_session(visit, err) || !find_page(visit, err) ||
	    !check_method(visit, err) || !check_access(visit, err)) {
		return false;
	}
	if (visit->response->done) {
		return true;
	}
	visit->template = visit->page->template;
	give_visitor_cookie(visit);
	return check_token(visit, err) && check_fields(visit, &again, err) &&
	       check_file(visit, err) && run_page(visit, again, err) &&
	       render(visit, err);
}

/* Where one can go on after an error. */
static const char *way_back(const struct visit *visit)
{
	bool can = visit->request->method == METHOD_POST &&
		   html_is_own_path(visit->request->path) &&
		   (all_methods(visit) & METHOD_BIT(METHOD_GET)) != 0;

	return can ? visit->request->path : NULL;
}

void router_serve(const struct site *site, const struct request *request,
		  const struct err *read_err, struct response *response)
{
	struct err err = { .kind = ERR_NONE };
	struct visit visit = {
		.site = site,
		.app = site->app,
		.request = request,
		.response = response,
		.step = "",
		.view = json_object(),
		.problems = json_array(),
	};

	response_init(response);
	if (!serve(&visit, read_err, &err)) {
		error_page(&visit, &err, way_back(&visit));
		if (response->status == 405) {
			put_allow(&visit);
		}
	}
	if (!site->once) {
		json_decref(visit.view);
		json_decref(visit.problems);
	}
	mem_burn(visit.cookie, sizeof(visit.cookie));
}
