/*
 * "sluice-server serve": joins the parts of the running server: sockets,
 * workers of the API, workers of the console, workers that enrol devices, the
 * keeper of sealed files. Starting them again is server/supervisor; the web
 * server in front is lighttpd.
 */
#include "cli/server_commands.h"

#include <errno.h>
#include <pwd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "cli/print.h"
#include "server/api.h"
#include "server/est.h"
#include "server/fastcgi.h"
#include "server/sealed_custody.h"
#include "server/supervisor.h"

#define API_WAIT_S 30
#define CONSOLE_WAIT_S 15
#define ENROL_WAIT_S 5
#define SOCKET_MODE 0660
#define KEEPER_PERIOD_S 3600

/* What a worker of either kind gets; the supervisor's copy. */
struct service {
	struct server_config config;
	struct log log;
	struct server server; /* the key is loaded, the database is not open */
	const struct server_console *console;
	void *console_state; /* in a console worker */
	struct est_server
		est; /* in a worker that enrols; it alone has the key */
};

static const struct api_clock real_clock = { clock_utc_now,
					     clock_monotonic_ms };

static bool open_api(void *ctx, struct err *err)
{
	struct service *service = ctx;
	return server_open_db(&service->server, err);
}

static void serve_api(void *ctx, const struct exchange *exchange)
{
	struct service *service = ctx;
	api_serve(&service->server, exchange, &real_clock);
}

/* The one key for the other: this worker signs certificates, no receipts. */
static bool load_enrol(void *ctx, struct err *err)
{
	struct service *service = ctx;
	server_close(&service->server);
	server_init(&service->est.server, &service->config, &service->log);
	return est_server_load(&service->est, err);
}

static bool open_enrol(void *ctx, struct err *err)
{
	struct service *service = ctx;
	return est_server_open(&service->est, err);
}

static void serve_enrol(void *ctx, const struct exchange *exchange)
{
	struct service *service = ctx;
	est_serve(&service->est, exchange, &real_clock);
}

static bool open_console(void *ctx, struct err *err)
{
	struct service *service = ctx;
	server_close(&service->server); /* pages have no use for the key */
	return service->console->open(&service->config, &service->log,
				      &service->console_state, err);
}

static void serve_console(void *ctx, const struct exchange *exchange)
{
	struct service *service = ctx;
	service->console->serve(service->console_state, exchange,
				clock_utc_now_ms());
}

/* Deletes sealed files and uploads whose date is over. */
static void keep(void *ctx)
{
	struct service *service = ctx;
	struct err err = { 0 };
	struct sealed_expired done = { 0, 0 };
	const struct sealed_keeper keeper = { &service->config,
					      service->server.db,
					      &service->log };
	if (!sealed_custody_expire(&keeper, clock_utc_now(), &done, &err)) {
		log_error(&service->log, "job data: %s", err.text);
	} else if (done.files + done.pieces > 0) {
		log_info(&service->log,
			 "job data: %zu files and %zu uploads deleted by their "
			 "date",
			 done.files, done.pieces);
	}
}

static bool find_user(const char *name, struct worker_user *user,
		      struct err *err)
{
	*user = (struct worker_user){ 0, 0 };
	if (name[0] == '\0' || geteuid() != 0) {
		return true;
	}
	errno = 0;
	const struct passwd *row = getpwnam(name);
	if (row == NULL) {
		return err_set(err, ERR_NOT_FOUND, "There is no user \"%s\".",
			       name);
	}
	*user = (struct worker_user){ row->pw_uid, row->pw_gid };
	return true;
}

/* A socket that lighttpd's user may connect to. */
static bool open_socket(const struct service *service, const char *name,
			int *fd, struct err *err)
{
	struct worker_user web;
	char *path = server_config_state_path(&service->config, name);
	bool ok = find_user(service->config.web_user, &web, err) &&
		  fastcgi_listen(path, SOCKET_MODE, fd, err);
	if (ok && web.uid != 0 && chown(path, web.uid, web.gid) != 0) {
		ok = err_set_errno(err, ERR_IO, errno, "%s", path);
	}
	mem_free(path);
	return ok;
}

static void remove_socket(const struct service *service, const char *name)
{
	char *path = server_config_state_path(&service->config, name);
	(void)unlink(path);
	mem_free(path);
}

/* Schema and a signed head before the first request. */
static bool prepare(struct service *service, struct err *err)
{
	struct server *server = &service->server;
	bool ok = server_load_key(server, err) && server_open_db(server, err) &&
		  server_checkpoint(server, 1, clock_utc_now(), err);
	db_close(server->db);
	server->db = NULL;
	return ok;
}

static bool run(struct cli *cli, struct service *service, struct err *err)
{
	struct worker_user user;
	struct worker_kind kinds[] = {
		{ .name = "api",
		  .count = service->config.api_workers,
		  .wait_s = API_WAIT_S,
		  .folder = service->config.state,
		  .open = open_api,
		  .serve = serve_api,
		  .ctx = service },
		{ .name = "console",
		  .count = service->config.console_workers,
		  .wait_s = CONSOLE_WAIT_S,
		  .folder = service->config.state,
		  .open = open_console,
		  .serve = serve_console,
		  .ctx = service },
		{ .name = "enrol",
		  .count = service->config.enrol_workers,
		  .wait_s = ENROL_WAIT_S,
		  .folder = service->config.state,
		  .load = load_enrol,
		  .open = open_enrol,
		  .serve = serve_enrol,
		  .ctx = service },
		{ .name = "keeper",
		  .listen_fd = -1,
		  .count = 1,
		  .folder = service->config.state,
		  .open = open_api,
		  .tick = keep,
		  .period_s = KEEPER_PERIOD_S,
		  .ctx = service },
	};
	if (!find_user(service->config.user, &user, err) ||
	    !prepare(service, err) ||
	    !open_socket(service, SERVER_API_SOCKET, &kinds[0].listen_fd,
			 err) ||
	    (kinds[2].count > 0 && !open_socket(service, SERVER_ENROL_SOCKET,
						&kinds[2].listen_fd, err)) ||
	    !open_socket(service, SERVER_CONSOLE_SOCKET, &kinds[1].listen_fd,
			 err)) {
		return false;
	}
	print_line(cli->out,
		   "Serving %s: %d workers for devices, %d for "
		   "staff, %d for enrolment.",
		   service->config.name, kinds[0].count, kinds[1].count,
		   kinds[2].count);
	(void)fflush(cli->out);
	bool ok = supervisor_run(kinds, sizeof(kinds) / sizeof(kinds[0]), &user,
				 &service->log, err);
	remove_socket(service, SERVER_API_SOCKET);
	remove_socket(service, SERVER_CONSOLE_SOCKET);
	remove_socket(service, SERVER_ENROL_SOCKET);
	return ok;
}

int server_serve_run(struct cli *cli, const struct cli_args *args,
		     struct err *err)
{
	/* The table of sluice-server only ever runs with its own struct. */
	struct service service = {
		.console = ((struct server_cli *)cli)->console,
		.log = { .fd = 2,
			 .least = LOG_INFO_LEVEL,
			 .program = cli->program },
	};
	int lock_fd = -1;
	if (!server_config_load(args->conf, &service.config, err)) {
		return CLI_FAILED;
	}
	server_init(&service.server, &service.config, &service.log);
	char *lock = server_config_state_path(&service.config, SERVER_LOCK);
	bool ok = files_lock(lock, &lock_fd, err) ||
		  err_prefix(err, "This server runs already");
	if (ok) {
		ok = run(cli, &service, err);
		(void)close(lock_fd);
	}
	mem_free(lock);
	server_close(&service.server);
	server_config_clear(&service.config);
	return ok ? CLI_DONE : CLI_FAILED;
}
