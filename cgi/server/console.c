/*
 * The console of the vendor's staff, one request at a time. What the router
 * asks of the application (who is this, may he, what stands on every page) is
 * answered here; the pages are in pages.c. A worker keeps its database open
 * and forgets everything else between two requests.
 */
#include "cgi/server/console.h"

#include "base/mem.h"
#include "cgi/server/pages.h"
#include "cgi/server/templates.h"
#include "domain/roles.h"
#include "web/view.h"

struct console *console_of(const struct visit *visit)
{
	return people_of(visit)->owner;
}

static bool decorate(void *ctx, struct visit *visit, json_t *view,
		     struct err *err)
{
	const struct people *people = ctx;
	const struct console *console = people->owner;
	(void)err;
	view_text(view, "host", console->config->name);
	(void)people_decorate(visit, view, console_navigation);
	return true;
}

bool console_open(const struct server_config *config, const struct log *log,
		  void **state, struct err *err)
{
	struct console *console = mem_zalloc(sizeof(*console));
	console->config = config;
	console->log = log;
	console->known[0] = config->name;
	console->people = (struct people){
		.owner = console,
		.log = log,
		.place = "server",
		.first_roles = ROLE_STAFF | ROLE_ADMIN,
		.tells_failures = "/account",
		.known = console->known,
	};
	char *path = server_config_state_path(config, SERVER_DB);
	bool ok = db_open(path, DB_READ_WRITE, &console->db, err);
	mem_free(path);
	console->people.db = console->db;
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
		.app = &console->people,
		.session = people_find_session,
		.access = people_access,
		.detour = people_first_stop,
		.refused = people_note_refusal,
		.put_roles = roles_put,
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
	mem_burn(&console->people.session, sizeof(console->people.session));
}
