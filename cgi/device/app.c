/*
 * One page process: opens configuration and database, gives up everything
 * else, then serves one request. What the router asks of the application is
 * answered in cgi/people; what only this site shows on every page is added
 * here. The pages are in pages.c; processes share only the database.
 */
#include "cgi/device/app.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/zone.h"
#include "cgi/device/pages.h"
#include "cgi/device/templates.h"
#include "domain/requests.h"
#include "domain/roles.h"
#include "web/cgi.h"
#include "web/view.h"

struct device_app *app_of(const struct visit *visit)
{
	return people_of(visit)->owner;
}

void app_wake_daemon(const struct visit *visit)
{
	requests_wake(app_of(visit)->config.state);
}

static bool decorate(void *ctx, struct visit *visit, json_t *view,
		     struct err *err)
{
	const struct people *people = ctx;
	const struct device_app *app = people->owner;

	(void)err;
	view_text(view, "model", app->config.title);
	view_text(view, "host", app->config.server_name);

	json_t *account = people_decorate(visit, view, device_navigation);

	if (account != NULL) {
		view_flag(account, "admin", people_may(visit, ROLE_ADMIN));
		view_text(account, "serial", app->config.serial);
	}
	return true;
}

/* Opens what a page needs; nothing of the request was read yet. */
static bool open_app(struct device_app *app, const char *conf, struct err *err)
{
	if (!device_config_load(conf, &app->config, err)) {
		return false;
	}
	zone_load(app->config.time_zone);
	char *path =
		device_config_state_path(&app->config, DEVICE_DATABASE_FILE);
	char *verifier =
		device_config_key_path(&app->config, "ledger.verifier");
	struct sandbox_path paths[] = {
		{ .path = app->config.state, .write = true },
		{ .path = verifier, .write = false },
		{ .path = app->config.receipt_verifier, .write = false },
		{ .path = app->config.vendor_verifier, .write = false },
		{ .path = app->config.server_anchor, .write = false },
		{ .path = NULL },
	};
	struct sandbox_result held;
	bool done = db_open(path, DB_READ_WRITE, &app->db, err) &&
		    sandbox_enter(SANDBOX_PAGE, paths, &held, err);

	mem_free(path);
	mem_free(verifier);
	app->people.db = app->db;
	device_config_known(&app->config, app->known);
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
		.people = { .owner = &app,
			    .log = &app.log,
			    .place = "device",
			    .first_roles = ROLE_CUSTOMER | ROLE_ADMIN,
			    .tells_failures = "/",
			    .known = app.known },
	};
	const struct site site = {
		.pages = device_pages,
		.templates = device_templates,
		.name = "Sluice",
		.session_cookie = "__Host-sluice",
		.visitor_cookie = "__Host-sluice-pre",
		.sign_in_path = "/login",
		.log = &app.log,
		.app = &app.people,
		.once = once,
		.session = people_find_session,
		.access = people_access,
		.detour = people_first_stop,
		.refused = people_note_refusal,
		.put_roles = roles_put,
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
