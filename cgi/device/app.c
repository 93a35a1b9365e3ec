/*
 * One page process: opens configuration and database, gives up everything
 * else, then serves one request. What the router asks of the application
 * (who is this, may he, what stands on every page) is answered here. The
 * pages are in pages.c; processes share only the database.
 */
#include "cgi/device/app.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "cgi/device/pages.h"
#include "cgi/device/templates.h"
#include "domain/ledger.h"
#include "domain/machines.h"
#include "domain/requests.h"
#include "domain/roles.h"
#include "domain/setup.h"
#include "web/cgi.h"
#include "web/view.h"

struct device_app *app_of(const struct visit *visit)
{
	return visit->app;
}

const char *app_actor(const struct visit *visit)
{
	const struct device_app *app = visit->app;

	return app->session.id != 0 ? app->session.account.name
				    : visit->request->address;
}

bool app_may(const struct visit *visit, unsigned roles)
{
	const struct device_app *app = visit->app;

	return roles_allow(roles, app->session.account.roles,
			   app->session.id != 0);
}

void app_wake_daemon(const struct visit *visit)
{
	requests_wake(app_of(visit)->config.state);
}

static bool find_session(void *ctx, const struct request *request,
			 const char *token, struct err *err)
{
	struct device_app *app = ctx;

	return sessions_find(app->db, token, request->now, &app->session, err);
}

static enum site_access check_access(void *ctx, unsigned role)
{
	const struct device_app *app = ctx;
	bool signed_in = app->session.id != 0;

	if (roles_allow(role, app->session.account.roles, signed_in)) {
		return ACCESS_ALLOWED;
	}
	return signed_in ? ACCESS_DENIED : ACCESS_SIGN_IN;
}

/* While there is no account, every page but a few leads to set-up. */
static const char *first_stop(void *ctx, const struct page *page)
{
	const struct device_app *app = ctx;
	bool open = false;

	if (strcmp(page->path, "/setup") == 0 ||
	    strcmp(page->path, "/help") == 0 ||
	    strcmp(page->path, "/about") == 0) {
		return NULL;
	}
	if (!setup_is_open(app->db, &open, NULL)) {
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
	struct device_app *app = ctx;
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
		.actor = app->session.account.name,
		.result = "refused",
		.text = text,
	};

	if (!ledger_append(app->db, &entry, &err)) {
		log_error(&app->log, "refusal not recorded: %s", err.text);
	}
}

static void put_navigation(struct visit *visit, json_t *view)
{
	json_t *nav = view_array(view, "nav");

	for (const struct navigation *n = device_navigation; n->path != NULL;
	     n++) {
		if (!app_may(visit, n->role)) {
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
	const unsigned all =
		ROLE_ADMIN | ROLE_CUSTOMER | ROLE_OPERATOR | ROLE_AUDITOR;

	if ((roles & all) == all) {
		buf_put_str(out, "all roles");
	} else {
		roles_put(out, roles);
	}
}

static bool decorate(void *ctx, struct visit *visit, json_t *view,
		     struct err *err)
{
	struct device_app *app = ctx;

	(void)err;
	view_text(view, "model", app->config.title);
	view_text(view, "host", app->config.server_name);
	put_navigation(visit, view);
	if (app->session.id == 0) {
		return true;
	}
	struct buf roles = BUF_INIT;
	json_t *account = view_object(view, "account");

	put_roles(&roles, app->session.account.roles);
	view_text(account, "name", app->session.account.name);
	view_text(account, "roles", buf_str(&roles));
	view_flag(account, "admin", app_may(visit, ROLE_ADMIN));
	view_text(account, "serial", app->config.serial);
	buf_clear(&roles);
	return true;
}

/* Opens what a page needs; nothing of the request was read yet. */
static bool open_app(struct device_app *app, const char *conf, struct err *err)
{
	if (!device_config_load(conf, &app->config, err)) {
		return false;
	}
	char *path =
		device_config_state_path(&app->config, DEVICE_DATABASE_FILE);
	char *verifier =
		device_config_key_path(&app->config, "ledger.verifier");
	struct sandbox_path paths[] = {
		{ .path = app->config.state, .write = true },
		{ .path = verifier, .write = false },
		{ .path = NULL },
	};
	struct sandbox_result held;
	bool done = db_open(path, DB_READ_WRITE, &app->db, err) &&
		    sandbox_enter(SANDBOX_PAGE, paths, &held, err);

	mem_free(path);
	mem_free(verifier);
	return done;
}

static bool write_out(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	return write(STDOUT_FILENO, data, len) == (ssize_t)len;
}

/* The device cannot serve pages at all; says so without details. */
static void apologize(void)
{
	struct response response;

	response_init(&response);
	response.status = 503;
	response.type = "text/plain; charset=utf-8";
	buf_put_str(&response.body,
		    "The pages of this device cannot be shown just now.\n"
		    "Tell your administrator: the running log says why.\n");
	if (!response_send(&response, false, write_out, NULL, NULL)) {
		/* nobody is there to be told */
	}
	response_clear(&response);
}

int device_page_main(const char *conf, char **envp)
{
#ifdef SLUICE_SANITIZERS
	const bool once = false; /* they look for what was not given back */
#else
	const bool once = true;
#endif
	struct err err = { .kind = ERR_NONE };
	struct device_app app = {
		.log = { .fd = STDERR_FILENO,
			 .least = LOG_INFO_LEVEL,
			 .program = "sluice-page" },
	};
	const struct site site = {
		.pages = device_pages,
		.templates = device_templates,
		.name = "Sluice",
		.session_cookie = "__Host-sluice",
		.visitor_cookie = "__Host-sluice-pre",
		.sign_in_path = "/login",
		.log = &app.log,
		.app = &app,
		.once = once,
		.session = find_session,
		.access = check_access,
		.detour = first_stop,
		.refused = note_refusal,
		.decorate = decorate,
	};
	bool done = open_app(&app, conf, &err);

	if (done) {
		done = cgi_serve(&site, envp, clock_utc_now_ms(), &err);
	} else {
		apologize();
	}
	if (!done) {
		log_error(&app.log, "%s", err.text);
	}
	/* One that wrote closes in order, so that the log is not left long. */
	if (!once || !done || db_has_written(app.db)) {
		db_close(app.db);
		device_config_clear(&app.config);
	}
	return done ? 0 : 1;
}
