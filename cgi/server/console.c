/*
 * The console of the vendor's staff, one request at a time. What the router
 * asks of the application (who is this, may he, what stands on every page) is
 * answered here; the pages are in pages.c. A worker keeps its database open
 * and forgets everything else between two requests.
 */
#include "cgi/server/console.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/server/pages.h"
#include "cgi/server/templates.h"
#include "domain/ledger.h"
#include "domain/roles.h"
#include "domain/setup.h"
#include "web/view.h"

struct console *console_of(const struct visit *visit)
{
	return visit->app;
}

const char *console_actor(const struct visit *visit)
{
	const struct console *console = visit->app;
	return console->session.id != 0 ? console->session.account.name
					: visit->request->address;
}

bool console_may(const struct visit *visit, unsigned roles)
{
	const struct console *console = visit->app;
	return roles_allow(roles, console->session.account.roles,
			   console->session.id != 0);
}

static bool find_session(void *ctx, const struct request *request,
			 const char *token, struct err *err)
{
	struct console *console = ctx;
	return sessions_find(console->db, token, request->now,
			     &console->session, err);
}

static enum site_access check_access(void *ctx, unsigned role)
{
	const struct console *console = ctx;
	bool signed_in = console->session.id != 0;
	if (roles_allow(role, console->session.account.roles, signed_in)) {
		return ACCESS_ALLOWED;
	}
	return signed_in ? ACCESS_DENIED : ACCESS_SIGN_IN;
}

/* While there is no account, every page but two leads to set-up. */
static const char *first_stop(void *ctx, const struct page *page)
{
	const struct console *console = ctx;
	bool open = false;
	if (strcmp(page->path, "/setup") == 0 ||
	    strcmp(page->path, "/about") == 0 ||
	    !setup_is_open(console->db, &open, NULL)) {
		return NULL;
	}
	return open ? "/setup" : NULL;
}

/*
 * A refusal goes into the ledger when somebody is signed in. A stranger's
 * goes to the running log only: he could fill the ledger with them.
 */
static void note_refusal(void *ctx, const struct visit *visit, int status,
			 const char *why)
{
	struct console *console = ctx;
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
		.actor = console->session.account.name,
		.result = "refused",
		.text = text,
	};
	if (!ledger_append(console->db, &entry, &err)) {
		log_error(console->log, "refusal not recorded: %s", err.text);
	}
}

static void put_navigation(struct visit *visit, json_t *view)
{
	json_t *nav = view_array(view, "nav");
	for (const struct navigation *n = console_navigation; n->path != NULL;
	     n++) {
		if (!console_may(visit, n->role)) {
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

static bool decorate(void *ctx, struct visit *visit, json_t *view,
		     struct err *err)
{
	struct console *console = ctx;
	(void)err;
	view_text(view, "host", console->config->name);
	put_navigation(visit, view);
	if (console->session.id == 0) {
		return true;
	}
	struct buf roles = BUF_INIT;
	json_t *account = view_object(view, "account");
	roles_put(&roles, console->session.account.roles);
	view_text(account, "name", console->session.account.name);
	view_text(account, "roles", buf_str(&roles));
	buf_clear(&roles);
	return true;
}

bool console_open(const struct server_config *config, const struct log *log,
		  void **state, struct err *err)
{
	struct console *console = mem_zalloc(sizeof(*console));
	console->config = config;
	console->log = log;
	char *path = server_config_state_path(config, SERVER_DB);
	bool ok = db_open(path, DB_READ_WRITE, &console->db, err);
	mem_free(path);
	if (!ok) {
		console_close(console);
		return false;
	}
	*state = console;
	return true;
}

void console_close(struct console *console)
{
	if (console == NULL) {
		return;
	}
	db_close(console->db);
	mem_burn_free(console, sizeof(*console));
}

static void serve(struct console *console, const struct exchange *exchange,
		  int64_t now_ms)
{
	const struct site site = {
		.pages = console_pages,
		.templates = console_templates,
		.name = "Sluice",
		/* Cookies know no port: others than those of a device. */
		.session_cookie = "__Host-sluice-server",
		.visitor_cookie = "__Host-sluice-server-pre",
		.sign_in_path = "/login",
		.log = console->log,
		.app = console,
		.session = find_session,
		.access = check_access,
		.detour = first_stop,
		.refused = note_refusal,
		.decorate = decorate,
	};
	struct request request = { 0 };
	struct response response;
	struct err read_err = { .kind = ERR_NONE };
	struct err err = { .kind = ERR_NONE };
	if (!request_read(&request, exchange->envp, exchange->read,
			  exchange->ctx, now_ms, &read_err)) {
		log_warn(console->log, "request: %s", read_err.text);
	}
	router_serve(&site, &request, &read_err, &response);
	if (!response_send(&response, request.method == METHOD_HEAD,
			   exchange->write, exchange->ctx, &err)) {
		log_warn(console->log, "answer: %s", err.text);
	}
	response_clear(&response);
	request_clear(&request);
}

void console_serve(void *state, const struct exchange *exchange, int64_t now_ms)
{
	struct console *console = state;
	serve(console, exchange, now_ms);
	mem_burn(&console->session, sizeof(console->session));
}
