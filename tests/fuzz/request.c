/*
 * One CGI request: lines "NAME=value" are the environment, what stands after
 * an empty line is the body. Then the whole way through a small site, so that
 * forms, cookies, tokens and fields see the same bytes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/unit/web/body.h"
#include "web/router.h"
#include "web/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VARIABLES_MAX 64

static bool show(struct visit *visit, struct err *err)
{
	(void)err;
	view_text(visit->view, "name", visit_typed(visit, "name"));
	view_text(visit->view, "step", visit->step);
	return true;
}

static bool act(struct visit *visit, struct err *err)
{
	const char *next = request_form(visit->request, "next");

	(void)err;
	visit_redirect(visit, next, "name",
		       request_form(visit->request, "name"));
	return true;
}

static const struct web_field fields[] = {
	{ .name = "name", .label = "Name", .required = true },
	{ .name = "next", .label = "Next", .valid = fields_is_own_path },
	{ .name = "uuid", .label = "Id", .valid = fields_is_uuid },
	{ .name = "date", .label = "Date", .valid = fields_is_date },
	{ .name = "many",
	  .label = "Many",
	  .valid = fields_is_key,
	  .many = true },
	{ .name = NULL },
};

static const struct page pages[] = {
	{ .path = "/*",
	  .methods = METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_POST),
	  .role = 1,
	  .writes = true,
	  .query = fields,
	  .form = fields,
	  .show = show,
	  .act = act,
	  .template = "page",
	  .title = "Page" },
	{ .path = NULL },
};

static const char page_text[] = "{{name}}{{step}}{{%path}}{{typed.name}}";
static const char error_text[] = "{{why}}{{again}}";
static const struct embedded templates[] = {
	{ "error.html", error_text, sizeof(error_text) - 1 },
	{ "page.html", page_text, sizeof(page_text) - 1 },
	{ NULL, NULL, 0 },
};

static bool session(void *app, const struct request *request, const char *token,
		    struct err *err)
{
	(void)app;
	(void)request;
	(void)err;
	return strcmp(token, "good") == 0;
}

static enum site_access access_of(void *app, unsigned role)
{
	(void)app;
	(void)role;
	return ACCESS_ALLOWED;
}

static bool decorate(void *app, struct visit *visit, json_t *view,
		     struct err *err)
{
	(void)app;
	(void)visit;
	(void)view;
	(void)err;
	return true;
}

static bool take(void *ctx, const void *data, size_t len)
{
	(void)data;
	*(size_t *)ctx += len;
	return true;
}

static void serve(const struct request *request, const struct err *read_err)
{
	static const struct log silent = { .fd = -1, .program = "fuzz" };
	const struct site site = {
		.pages = pages,
		.templates = templates,
		.name = "Site",
		.session_cookie = "__Host-s",
		.visitor_cookie = "__Host-v",
		.sign_in_path = "/login",
		.log = &silent,
		.session = session,
		.access = access_of,
		.decorate = decorate,
	};
	struct response response;
	size_t sent = 0;

	router_serve(&site, request, read_err, &response);
	if (!response_send(&response, false, take, &sent, NULL) ||
	    response_reason(response.status)[0] == '\0') {
		abort();
	}
	/* nothing of the request may break out of its header line */
	if (strstr(buf_str(&response.fields), "\n\r\n") != NULL) {
		abort();
	}
	response_clear(&response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	char *env[VARIABLES_MAX + 1] = { NULL };
	struct err err = { .kind = ERR_NONE };
	struct request request;
	char *at = text;
	size_t count = 0;

	while (count < VARIABLES_MAX && *at != '\0' && *at != '\n') {
		char *end = strchr(at, '\n');

		env[count++] = at;
		if (end == NULL) {
			at += strlen(at);
			break;
		}
		*end = '\0';
		at = end + 1;
	}
	at += *at == '\n';

	struct test_body body = { at, strlen(at) };
	bool done = request_read(&request, env, test_body_read, &body,
				 1700000000000, &err);

	if (done == (err.kind != ERR_NONE)) {
		abort();
	}
	serve(&request, &err);
	request_clear(&request);
	mem_free(text);
	return 0;
}
