/* The pages, templates and callbacks of the small site. */
#include "tests/unit/web/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "web/view.h"

#define GET METHOD_BIT(METHOD_GET)
#define POST METHOD_BIT(METHOD_POST)

enum { ANYBODY = 1, MEMBER = 2, NOBODY = 4 };

static bool show(struct visit *visit, struct err *err)
{
	struct test_app *app = visit->app;

	app->shown++;
	snprintf(app->step, sizeof(app->step), "%s", visit->step);
	if (app->fails != ERR_NONE) {
		return err_set(err, app->fails, "it went wrong in /etc/secret");
	}
	view_text(visit->view, "word", "shown");
	return true;
}

static bool act(struct visit *visit, struct err *err)
{
	struct test_app *app = visit->app;
	const char *name = request_form(visit->request, "name");

	app->acted++;
	if (strcmp(name, "taken") == 0) {
		visit_problem(visit, 409, "name", "the name is taken");
		return visit_again(visit, err);
	}
	if (strcmp(name, "gone") == 0) {
		return visit_fail(visit, 409, err, "It is gone.");
	}
	visit_redirect(visit, "/form", "done", name);
	return true;
}

static bool sign_in(struct visit *visit, struct err *err)
{
	(void)err;
	visit_set_session(visit, "fresh");
	visit_redirect(visit, "/", NULL, NULL);
	return true;
}

static bool take_file(struct visit *visit, struct err *err)
{
	struct test_app *app = visit->app;
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0) {
		got = request_file_read(visit->request, app->file + len,
					sizeof(app->file) - 1 - len, err);
		len += got > 0 ? (size_t)got : 0;
	}
	app->file[len] = '\0';
	return got == 0 && act(visit, err);
}

static const struct web_field form_fields[] = {
	{ .name = "name",
	  .label = "The name",
	  .max = 8,
	  .required = true,
	  .valid = fields_is_word },
	{ .name = "password", .label = "The password", .secret = true },
	{ .name = NULL },
};

static const struct web_field form_query[] = {
	{ .name = "done", .label = "The mark", .valid = fields_is_word },
	{ .name = NULL },
};

static const struct page pages[] = {
	{ .path = "/",
	  .methods = GET,
	  .role = MEMBER,
	  .show = show,
	  .template = "page",
	  .title = "Start",
	  .section = "/" },
	{ .path = "/open",
	  .methods = GET,
	  .role = ANYBODY,
	  .show = show,
	  .template = "page",
	  .title = "Open" },
	{ .path = "/form",
	  .methods = GET,
	  .role = ANYBODY,
	  .query = form_query,
	  .show = show,
	  .template = "page",
	  .title = "Form" },
	{ .path = "/form",
	  .methods = POST,
	  .role = MEMBER,
	  .writes = true,
	  .form = form_fields,
	  .show = show,
	  .act = act,
	  .template = "page",
	  .title = "Form" },
	{ .path = "/first",
	  .methods = GET,
	  .role = ANYBODY,
	  .show = show,
	  .template = "page",
	  .title = "First" },
	{ .path = "/login",
	  .methods = GET | POST,
	  .role = ANYBODY,
	  .writes = true,
	  .show = show,
	  .act = sign_in,
	  .template = "page",
	  .title = "Sign in" },
	{ .path = "/only",
	  .methods = POST,
	  .role = MEMBER,
	  .writes = true,
	  .form = form_fields,
	  .act = act },
	{ .path = "/file",
	  .methods = POST,
	  .role = MEMBER,
	  .writes = true,
	  .form = form_fields,
	  .takes_file = true,
	  .act = take_file },
	{ .path = "/item/special",
	  .methods = GET,
	  .role = MEMBER,
	  .show = show,
	  .template = "broken",
	  .title = "Special" },
	{ .path = "/item/*",
	  .methods = GET,
	  .role = MEMBER,
	  .show = show,
	  .template = "page",
	  .title = "Item" },
	{ .path = "/never",
	  .methods = GET,
	  .role = NOBODY,
	  .show = show,
	  .template = "page",
	  .title = "Never" },
	{ .path = NULL },
};

static const char page_text[] =
	"{{title}}|{{word}}|{{csrf}}|{{decorated}}|{{#failed}}failed{{/failed}}"
	"{{#problems}}<{{field}}:{{text}}>{{/problems}}"
	"{{#typed.name}}typed={{typed.name}}{{/typed.name}}"
	"{{#typed.password}}LEAK{{/typed.password}}"
	"{{#invalid.name}}invalid={{invalid.name}}{{/invalid.name}}"
	"{{key}}{{static}}{{path}}";
static const char error_text[] =
	"{{status}}|{{what}}|{{why}}|{{advice}}|{{again}}|{{reference}}";
static const char broken_text[] = "half a page {{missing}}";

static const struct embedded templates[] = {
	{ "broken.html", broken_text, sizeof(broken_text) - 1 },
	{ "error.html", error_text, sizeof(error_text) - 1 },
	{ "page.html", page_text, sizeof(page_text) - 1 },
	{ NULL, NULL, 0 },
};

static bool session(void *ctx, const struct request *request, const char *token,
		    struct err *err)
{
	struct test_app *app = ctx;

	(void)request;
	if (app->session_fails) {
		return err_set(err, ERR_RETRY, "the database is locked");
	}
	app->signed_in = strcmp(token, "good") == 0;
	return app->signed_in || err_set(err, ERR_NOT_FOUND, "no session");
}

static enum site_access access_of(void *ctx, unsigned role)
{
	const struct test_app *app = ctx;

	if ((role & ANYBODY) != 0 || (app->signed_in && (role & MEMBER) != 0)) {
		return ACCESS_ALLOWED;
	}
	return app->signed_in ? ACCESS_DENIED : ACCESS_SIGN_IN;
}

static const char *detour(void *ctx, const struct page *page)
{
	const struct test_app *app = ctx;

	return app->detour && strcmp(page->path, "/first") != 0 ? "/first"
								: NULL;
}

static void refused(void *ctx, const struct visit *visit, int status,
		    const char *why)
{
	struct test_app *app = ctx;

	(void)visit;
	(void)status;
	app->refused++;
	snprintf(app->why, sizeof(app->why), "%s", why);
}

static bool decorate(void *ctx, struct visit *visit, json_t *view,
		     struct err *err)
{
	const struct test_app *app = ctx;

	(void)visit;
	if (app->decorate_fails) {
		return err_set(err, ERR_IO, "cannot decorate");
	}
	view_text(view, "decorated", "yes");
	return true;
}

static void put_roles(struct buf *out, unsigned roles)
{
	buf_printf(out, "role %u", roles);
}

void site_make(struct site *site, struct test_app *app)
{
	static const struct log silent = { .fd = -1, .program = "test" };

	*app = (struct test_app){ .shown = 0 };
	*site = (struct site){
		.pages = pages,
		.templates = templates,
		.name = "Test",
		.session_cookie = "__Host-s",
		.visitor_cookie = "__Host-v",
		.sign_in_path = "/login",
		.log = &silent,
		.app = app,
		.session = session,
		.access = access_of,
		.detour = detour,
		.refused = refused,
		.put_roles = put_roles,
		.decorate = decorate,
	};
}

static char *variable(const char *name, const char *value)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s=%s", name, value != NULL ? value : "");
	return buf_take_str(&text);
}

void site_call(const struct site *site, const struct test_call *call,
	       struct response *response)
{
	const char *form = call->form != NULL ? call->form : "";
	struct test_body body = { form, strlen(form) };
	struct err read_err = { .kind = ERR_NONE };
	struct request request;
	char length[24];

	snprintf(length, sizeof(length), "%zu", body.left);

	char *env[] = {
		variable("REQUEST_METHOD",
			 call->method != NULL ? call->method : "GET"),
		variable("PATH_INFO", call->path),
		variable("QUERY_STRING", call->query),
		variable("HTTP_COOKIE", call->cookies),
		variable("CONTENT_TYPE",
			 call->type != NULL
				 ? call->type
				 : "application/x-www-form-urlencoded"),
		variable("CONTENT_LENGTH", length),
		variable("HTTP_SEC_FETCH_SITE", call->site),
		NULL,
	};
	bool done = request_read(&request, env, test_body_read, &body,
				 1700000000000, &read_err);

	(void)done;
	router_serve(site, &request, &read_err, response);
	request_clear(&request);
	for (size_t i = 0; env[i] != NULL; i++) {
		mem_free(env[i]);
	}
}

int site_set_up(void **state)
{
	struct site_test *test = *state;

	site_make(&test->site, &test->app);
	return 0;
}

int site_tear_down(void **state)
{
	struct site_test *test = *state;

	response_clear(&test->response);
	return 0;
}

void site_expect(struct site_test *test, const struct test_call *call,
		 int status)
{
	struct response *response = &test->response;

	response_clear(response);
	site_call(&test->site, call, response);
	if (response->status != status) {
		fail_msg("status %d, not %d: %s", response->status, status,
			 buf_str(&response->body));
	}
}

const char *site_form(const char *cookie, const char *more)
{
	static char form[512];
	char token[CSRF_TOKEN_SIZE];

	csrf_token(token, cookie);
	snprintf(form, sizeof(form), "csrf=%s%s%s", token,
		 more[0] != '\0' ? "&" : "", more);
	return form;
}

bool site_has_field(const struct response *response, const char *line)
{
	return strstr(buf_str(&response->fields), line) != NULL ||
	       strstr(buf_str(&response->cookies), line) != NULL;
}
