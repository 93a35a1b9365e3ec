/*
 * "sluice init": makes a device. Everything is made beside the configuration,
 * which is put in its place last: a device without it is none, so an init
 * that died can be told from one that is done. Never overwrites anything.
 * Keys and certificates are client/identity's; texts are init_files.c's.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/place.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/init_files.h"
#include "cli/init_store.h"
#include "cli/print.h"
#include "client/identity.h"

#define CONF_MAX (256 * 1024)

static bool make_link(const struct init_plan *plan, struct err *err)
{
	char *path = files_join(plan->folder, "cgi-bin/sluice-page");
	bool ok = symlink(plan->program, path) == 0 ||
		  err_set_errno(err, ERR_IO, errno, "%s cannot be made", path);
	mem_free(path);
	return ok;
}

/* The part of the web server: certificate, its configuration, the CGI. */
static bool make_pages(const struct place *place, const struct init_plan *plan,
		       struct err *err)
{
	char *pem = files_join(plan->folder, "web/pages.pem");
	struct buf conf = BUF_INIT;
	init_put_lighttpd(plan, &conf);
	bool ok = place_make_dir(place, "web", 0755, err) &&
		  place_make_dir(place, "web/empty", 0755, err) &&
		  place_make_dir(place, "web/log", 0750, err) &&
		  place_make_dir(place, "cgi-bin", 0755, err) &&
		  identity_make_pages_certificate(pem, NULL, clock_utc_now(),
						  err) &&
		  place_write(place, "lighttpd.conf", &conf, err) &&
		  make_link(plan, err);
	buf_clear(&conf);
	mem_free(pem);
	return ok;
}

static bool refuse_existing(const struct place *place, struct err *err)
{
	if (files_exists(place->conf)) {
		return err_set(err, ERR_DENIED,
			       "There is a device already: "
			       "%s. Nothing was changed. --new-code makes a "
			       "new set-up code, --provision DIR takes in what "
			       "the server gave.",
			       place->conf);
	}
	if (files_exists(place->draft)) {
		return err_set(err, ERR_DENIED,
			       "An init did not finish here: "
			       "%s stayed behind. Remove the folder's keys, "
			       "state, web and cgi-bin and this file, then try "
			       "again.",
			       place->draft);
	}
	return true;
}

/* Under which name a browser finds the pages. */
static void pages_host(const struct init_plan *plan, char host[256])
{
	if (plan->listen[0] != '\0') {
		snprintf(host, 256, "%.255s", plan->listen);
	} else if (gethostname(host, 255) < 0) {
		snprintf(host, 256, "localhost");
	}
	host[255] = '\0';
}

static void say_done(const struct cli *cli, const struct init_plan *plan,
		     const char *code)
{
	char *pem = files_join(plan->folder, "web/pages.pem");
	char fingerprint[IDENTITY_FINGERPRINT_SIZE];
	char host[256];
	pages_host(plan, host);
	print_line(cli->out, "Device %s is made in %s.", plan->id,
		   plan->folder);
	print_line(cli->out, "Nothing is being sent. No service is "
			     "allowed.");
	if (plan->port == 443) {
		print_line(cli->out, "Address of the pages: https://%s/", host);
	} else {
		print_line(cli->out, "Address of the pages: https://%s:%d/",
			   host, plan->port);
	}
	if (identity_fingerprint(pem, fingerprint, NULL)) {
		print_line(cli->out, "Certificate of the pages (SHA-256): %s",
			   fingerprint);
	}
	print_line(cli->out, "Set-up code: %s", code);
	print_line(cli->out,
		   "The code works once, for %d days, and makes the "
		   "first account.",
		   INIT_CODE_DAYS);
	print_line(cli->out,
		   "Certificate request for the server: "
		   "%s/keys/identity.csr, ledger key: "
		   "%s/keys/ledger.verifier",
		   plan->folder, plan->folder);
	mem_free(pem);
}

static bool write_draft(const struct place *place, const struct init_plan *plan,
			struct err *err)
{
	struct buf text = BUF_INIT;
	init_put_conf(plan, &text);
	bool ok = place_write_draft(place, &text, err);
	buf_clear(&text);
	return ok;
}

static int make_device(struct cli *cli, const struct cli_args *args,
		       const struct place *place, struct err *err)
{
	struct init_plan plan = { 0 };
	struct device_config config = { 0 };
	char code[SETUP_CODE_SIZE] = "";
	int exit_code = CLI_DONE;
	if (!refuse_existing(place, err)) {
		return CLI_FAILED;
	}
	if (!init_plan_read(cli, args, place->conf, place->folder, &plan,
			    err)) {
		return CLI_USAGE;
	}
	if (!write_draft(place, &plan, err) ||
	    !device_config_load(place->draft, &config, err) ||
	    !identity_create(&config, err) ||
	    !init_make_store(&config, cli->actor, code, err) ||
	    !make_pages(place, &plan, err) ||
	    !init_give_away(&config, plan.user, err)) {
		exit_code = CLI_FAILED;
		goto out;
	}
	if (rename(place->draft, place->conf) < 0) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be made",
			      place->conf);
		exit_code = CLI_FAILED;
		goto out;
	}
	say_done(cli, &plan, code);
out:
	mem_burn(code, sizeof(code));
	device_config_clear(&config);
	init_plan_clear(&plan);
	return exit_code;
}

static bool rewrite_server(const struct place *place,
			   const struct identity_provisioned *done,
			   struct err *err)
{
	struct buf old = BUF_INIT, text = BUF_INIT;
	bool ok = files_read(place->conf, CONF_MAX, &old, err);
	if (ok) {
		init_set_server(buf_str(&old), done->server_name,
				done->server_port, &text);
		ok = files_write(place->conf, text.data, text.len, 0644, err);
	}
	buf_clear(&old);
	buf_clear(&text);
	return ok;
}

static void say_provisioned(const struct cli *cli,
			    const struct cli_device *device,
			    const struct identity_provisioned *done)
{
	char until[PRINT_TIME_SIZE];
	if (done->has_certificate) {
		print_line(cli->out, "Device %s is provisioned for %s:%d.",
			   device->config.id, done->server_name,
			   done->server_port);
		print_line(cli->out, "Its certificate is valid until %s.",
			   print_time(until, done->expires_at));
	} else {
		print_line(cli->out, "Device %s knows its server now: %s:%d.",
			   device->config.id, done->server_name,
			   done->server_port);
		print_line(cli->out,
			   "There was no certificate in the folder. Type the "
			   "code from the vendor on the page Network, or run "
			   "\"sluice enrol\".");
	}
}

static int provision(struct cli *cli, const char *dir,
		     const struct place *place, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct identity_provisioned done = { 0 };
	if (!cli_device_open_as_root(place->conf, &device, err) ||
	    !identity_provision(&device.config, device.db, cli->actor, dir,
				clock_utc_now(), &done, err) ||
	    (!done.server_matches && !rewrite_server(place, &done, err))) {
		goto out;
	}
	say_provisioned(cli, &device, &done);
out:
	cli_device_close(&device);
	return CLI_DONE;
}

static int new_code(struct cli *cli, const struct place *place, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	char code[SETUP_CODE_SIZE] = "";
	if (cli_device_open_as_root(place->conf, &device, err) &&
	    init_new_code(device.db, code, err)) {
		print_line(cli->out, "Set-up code: %s", code);
		print_line(cli->out,
			   "The code works once, for %d days; older "
			   "ones do not work any more.",
			   INIT_CODE_DAYS);
	}
	mem_burn(code, sizeof(code));
	cli_device_close(&device);
	return CLI_DONE;
}

int init_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct place place = PLACE_INIT;
	const char *dir = cli_value(args, "--provision");
	int code = CLI_FAILED;
	if (!place_open(args->conf, &place, err)) {
		goto out;
	}
	if (dir != NULL) {
		code = provision(cli, dir, &place, err);
	} else if (cli_flag(args, "--new-code")) {
		code = new_code(cli, &place, err);
	} else {
		code = make_device(cli, args, &place, err);
	}
out:
	place_clear(&place);
	return code;
}
