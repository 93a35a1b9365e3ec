/*
 * "sluice enrol": gives the device a code with which it gets its certificate,
 * and waits for what becomes of it; shows and renews the certificate. The
 * asking is the daemon's (client/enrol.c).
 *
 * Exit codes: 0 there is a new certificate, 1 refused for good, 3 remote
 * services are not allowed, 4 it is tried again later.
 */
#include <jansson.h>
#include <limits.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "cli/terminal.h"
#include "domain/enrolment.h"
#include "domain/requests.h"
#include "domain/time_known.h"
#include "formats/uuid.h"

/* Two exchanges, each with a connection that takes its time. */
#define ENROL_LIMIT_MS (6 * 60 * 1000)

struct asked {
	int64_t id;
	struct request_row row;
};

static bool look(void *ctx, struct db *db, bool *settled, struct err *err)
{
	struct asked *asked = ctx;
	if (!requests_get(db, asked->id, &asked->row, err)) {
		return false;
	}
	*settled = asked->row.state == REQUEST_DONE ||
		   asked->row.state == REQUEST_REFUSED;
	return true;
}

/* Has it done, and how it stands then. */
static bool do_it(const struct cli *cli, const struct cli_device *device,
		  struct enrolment *after, struct err *err)
{
	struct asked asked = { 0 };
	char key[UUID_TEXT_SIZE];
	const struct ask ask = {
		.cli = cli,
		.device = device,
		.look = look,
		.ctx = &asked,
		.limit_ms = ENROL_LIMIT_MS,
	};
	uuid_v7(key, clock_utc_now_ms());
	if (!requests_add(device->db, REQUEST_ENROL, 0, cli->actor, key,
			  clock_utc_now(), &asked.id, err) ||
	    !ask_and_watch(&ask, err)) {
		return false;
	}
	if (asked.row.state == REQUEST_REFUSED) {
		return err_set(err, (enum err_kind)asked.row.problem_kind, "%s",
			       asked.row.problem);
	}
	return enrolment_read(device->db, after, err);
}

static int failed(const struct err *err)
{
	return err->kind == ERR_DENIED  ? CLI_NO_GRANT
	       : err->kind == ERR_RETRY ? CLI_UNREACHABLE
					: CLI_FAILED;
}

static int say_later(const struct cli *cli, const struct enrolment *e)
{
	char at[PRINT_TIME_SIZE];
	bool renewal = e->state == ENROLMENT_ENROLLED;
	print_line(cli->out, "%s %s",
		   renewal ? "Not renewed; the certificate in use stays."
		   : e->sha256[0] != '\0' ? "No new certificate yet; the one "
					    "there is stays."
					  : "No certificate yet.",
		   e->problem);
	print_line(cli->out, "%s tried again at %s.",
		   renewal ? "It is" : "The code is kept and",
		   print_time(at, e->next_try_at));
	return CLI_UNREACHABLE;
}

static int say_outcome(const struct cli *cli, const struct enrolment *before,
		       const struct enrolment *e, struct err *err)
{
	char until[PRINT_TIME_SIZE];
	if (!text_equal(e->sha256, before->sha256)) {
		print_line(cli->out,
			   "This device has a new certificate, valid until %s.",
			   print_time(until, e->not_after));
		return CLI_DONE;
	}
	if (e->state == ENROLMENT_REFUSED) {
		err_set(err, ERR_DENIED, "No certificate. %s", e->problem);
		return CLI_FAILED;
	}
	if (e->problem[0] == '\0') {
		err_set(err, ERR_NOT_FOUND, "%s",
			e->sha256[0] == '\0'
				? "The code was taken back meanwhile."
				: "No new certificate: this code was used "
				  "before, or was taken back. The one in use "
				  "stays; \"sluice enrol --renew\" renews "
				  "it.");
		return CLI_FAILED;
	}
	return say_later(cli, e);
}

static int enrol(const struct cli *cli, const struct cli_device *device,
		 const char *code, struct err *err)
{
	struct enrolment before, after;
	if (!enrolment_read(device->db, &before, err)) {
		return CLI_FAILED;
	}
	if ((code != NULL && !enrolment_ask(device->db, cli->actor, code,
					    clock_utc_now(), err)) ||
	    !do_it(cli, device, &after, err)) {
		return failed(err);
	}
	return say_outcome(cli, &before, &after, err);
}

static int ask_code(const struct cli *cli, const struct cli_device *device,
		    struct err *err)
{
	struct buf code = BUF_INIT;
	int exit_code = CLI_FAILED;
	/* Before a code is typed that cannot be used. */
	if (!enrolment_may_ask(device->db, clock_utc_now(), err)) {
		return failed(err);
	}
	if (terminal_code(cli, "Code from the vendor", &code, err)) {
		exit_code = enrol(cli, device, buf_str(&code), err);
	}
	buf_burn(&code);
	return exit_code;
}

static int cancel(const struct cli *cli, const struct cli_device *device,
		  struct err *err)
{
	if (!enrolment_cancel(device->db, cli->actor, clock_utc_now(), err)) {
		return CLI_FAILED;
	}
	print_line(cli->out, "The code is taken back.");
	return CLI_DONE;
}

/* ---- how it stands ---- */

static const char *const state_words[] = {
	[ENROLMENT_UNSET] = "unknown",
	[ENROLMENT_NONE] = "no certificate, and no code was typed",
	[ENROLMENT_ASKED] = "a code waits to be tried",
	[ENROLMENT_PENDING] = "the authority has not decided yet",
	[ENROLMENT_ENROLLED] = "there is a certificate",
	[ENROLMENT_REFUSED] = "the code was refused",
};

static void put_certificate(const struct enrolment *e, int days, FILE *out)
{
	char from[PRINT_TIME_SIZE], to[PRINT_TIME_SIZE];
	print_line(out, "Certificate: %s", e->subject);
	print_line(out, "Issued by: %s", e->issuer);
	print_line(out, "Valid from %s until %s (%s).",
		   print_time(from, e->not_before),
		   print_time(to, e->not_after),
		   days < 0 ? "it has run out" : "it is valid now");
	if (days >= 0) {
		print_line(out, "Days left: %d", days);
	}
	print_line(out, "SHA-256: %s", e->sha256);
}

static void put_text(const struct enrolment *e, int days, FILE *out)
{
	char at[PRINT_TIME_SIZE];
	print_line(out, "State: %s.", state_words[e->state]);
	if (e->problem[0] != '\0') {
		print_line(out, "Last try: %s", e->problem);
	}
	if (e->next_try_at != 0) {
		print_line(out, "Next try: %s.",
			   print_time(at, e->next_try_at));
	}
	if (e->sha256[0] != '\0') {
		put_certificate(e, days, out);
	}
	if (days < 0) {
		print_line(out, "It has run out. A new code from the vendor "
				"replaces it: run \"sluice enrol\".");
	}
}

static void put_json(const struct enrolment *e, int days, FILE *out)
{
	json_t *certificate = json_null();
	if (e->sha256[0] != '\0') {
		certificate =
			json_pack("{s:s, s:s, s:s, s:o, s:o, s:i}", "sha256",
				  e->sha256, "subject", e->subject, "issuer",
				  e->issuer, "not_before",
				  print_json_time(e->not_before), "not_after",
				  print_json_time(e->not_after), "days_left",
				  days);
	}
	print_json_block(out,
			 json_pack("{s:s, s:s, s:o, s:i, s:o, s:s, s:o}",
				   "state", enrolment_state_name(e->state),
				   "asked_by", e->asked_by, "asked_at",
				   print_json_time(e->asked_at), "attempts",
				   (int)e->attempts, "next_try_at",
				   print_json_time(e->next_try_at), "problem",
				   e->problem, "certificate", certificate));
}

static int status(const struct cli *cli, const struct cli_device *device,
		  bool json, struct err *err)
{
	struct enrolment e;
	struct time_known known;
	if (!enrolment_read(device->db, &e, err) ||
	    !time_known_read(device->db, clock_utc_now(), &known, err)) {
		return CLI_FAILED;
	}
	int days = enrolment_days_left(&e, known.best);
	if (json) {
		put_json(&e, days, cli->out);
	} else {
		put_text(&e, days, cli->out);
	}
	return CLI_DONE;
}

int enrol_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	bool shows = cli_flag(args, "--status");
	bool cancels = cli_flag(args, "--cancel");
	bool renews = cli_flag(args, "--renew");
	int code = CLI_FAILED;
	if (shows + cancels + renews > 1) {
		return cli_misused(cli, "enrol",
				   "--status, --cancel and --renew exclude "
				   "each other.");
	}
	if (cli_flag(args, "--json") && !shows) {
		return cli_misused(cli, "enrol", "--json goes with --status.");
	}
	if (!cli_device_open(args->conf, &device, err)) {
		goto out;
	}
	if (shows) {
		code = status(cli, &device, cli_flag(args, "--json"), err);
	} else if (cancels) {
		code = cancel(cli, &device, err);
	} else {
		code = renews ? enrol(cli, &device, NULL, err)
			      : ask_code(cli, &device, err);
	}
out:
	cli_device_close(&device);
	return code;
}
