/*
 * What handlers call while a page is being made, and the part of the view
 * that is the same on every page. Routing and checks are in router.c.
 */
#include <string.h>

#include "web/html.h"
#include "web/router.h"
#include "web/static_files.h"
#include "web/view.h"

const char *visit_typed(const struct visit *visit, const char *name)
{
	const struct web_field *field =
		visit->page != NULL ? visit->page->form : NULL;

	for (; field != NULL && field->name != NULL; field++) {
		if (strcmp(field->name, name) == 0 && !field->secret) {
			return request_form(visit->request, name);
		}
	}
	return "";
}

/* "typed" and "invalid": a member for every declared field of the form. */
static void fill_fields(struct visit *visit)
{
	json_t *typed = json_object();
	json_t *invalid = json_object();
	const struct web_field *field =
		visit->page != NULL ? visit->page->form : NULL;
	json_t *problem;
	size_t i;

	for (; field != NULL && field->name != NULL; field++) {
		view_text(typed, field->name, visit_typed(visit, field->name));
		json_object_set_new(invalid, field->name, json_false());
	}
	json_array_foreach(visit->problems, i, problem)
	{
		const char *name =
			json_string_value(json_object_get(problem, "field"));

		if (name[0] != '\0') {
			json_object_set(invalid, name,
					json_object_get(problem, "text"));
		}
	}
	json_object_set_new(visit->view, "typed", typed);
	json_object_set_new(visit->view, "invalid", invalid);
}

void visit_fill_view(struct visit *visit)
{
	const struct page *page = visit->page;
	char key[CSRF_RANDOM_SIZE];

	csrf_random(key);
	view_text(visit->view, "csrf", visit->csrf);
	view_text(visit->view, "key", key);
	view_text(visit->view, "site", visit->site->name);
	view_text(visit->view, "static", static_files_version);
	view_text(visit->view, "path", visit->request->path);
	if (json_object_get(visit->view, "title") == NULL) {
		view_text(visit->view, "title",
			  page != NULL && page->title != NULL ? page->title
							      : "");
	}
	view_text(visit->view, "section",
		  page != NULL && page->section != NULL ? page->section : "");
	json_object_set(visit->view, "problems", visit->problems);
	view_flag(visit->view, "failed", json_array_size(visit->problems) > 0);
	fill_fields(visit);
}

void visit_problem(struct visit *visit, int status, const char *field,
		   const char *text)
{
	json_t *problem = json_object();

	view_text(problem, "field", field);
	view_sentence(problem, "text", text);
	json_array_append_new(visit->problems, problem);
	visit->response->status = status;
}

bool visit_again(struct visit *visit, struct err *err)
{
	json_t *first = json_array_get(visit->problems, 0);

	if (visit->page->show == NULL) {
		return visit_fail(
			visit, visit->response->status, err,
			json_string_value(json_object_get(first, "text")));
	}
	json_object_clear(visit->view);
	return visit->page->show(visit, err);
}

static enum err_kind kind_of(int status)
{
	switch (status) {
	case 403:
		return ERR_DENIED;
	case 404:
		return ERR_NOT_FOUND;
	case 413:
	case 429:
		return ERR_LIMIT;
	case 500:
		return ERR_BUG;
	case 503:
		return ERR_RETRY;
	default:
		return ERR_INVALID;
	}
}

bool visit_fail(struct visit *visit, int status, struct err *err,
		const char *text)
{
	visit->fail_status = status;
	return err_set(err, kind_of(status), "%s", text);
}

void visit_redirect(struct visit *visit, const char *path, const char *name,
		    const char *value)
{
	struct buf to = BUF_INIT;

	buf_put_str(&to, path);
	if (name != NULL) {
		buf_put_char(&to, '?');
		buf_put_str(&to, name);
		buf_put_char(&to, '=');
		html_put_url(&to, value);
	}
	response_redirect(visit->response, buf_str(&to));
	buf_clear(&to);
}

void visit_set_session(struct visit *visit, const char *token)
{
	if (token != NULL) {
		cookie_set(visit->response, visit->site->session_cookie, token);
		cookie_remove(visit->response, visit->site->visitor_cookie);
	} else {
		cookie_remove(visit->response, visit->site->session_cookie);
	}
}
