/*
 * sluice-collect-snmp: asks one printer over SNMP and prints what it says as
 * XML (docs/collectors.md). Only the frame is here: what is asked is in
 * snmp_reading.c, how it gets there in snmp_link.c, what the answers mean in
 * snmp_documents.c. It only reads; there is no SetRequest in it.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sandbox.h"
#include "collectors/program.h"
#include "collectors/snmp_documents.h"
#include "collectors/snmp_link.h"
#include "collectors/snmp_reading.h"
#include "collectors/snmp_target.h"
#include "documents/collected.h"

#define PROGRAM "sluice-collect-snmp"

static void too_late(int signal_number)
{
	static const char text[] =
		PROGRAM ": the printer took too long to answer\n";
	ssize_t put = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signal_number;
	(void)put;
	_exit(1);
}

static bool print(const struct program *program, const struct snmp_target *t,
		  const struct snmp_values *values, uint32_t device,
		  struct err *err)
{
	const struct snmp_printer printer = {
		.values = values,
		.device = device,
		.host = t->host,
		.now = clock_utc_now(),
	};
	struct collected_writer *w = collected_writer_new("snmp", printer.now);

	snmp_documents_put(&printer, w);
	return program_print(program, w, err);
}

static bool collect(const struct program *program, const struct snmp_target *t,
		    struct err *err)
{
	struct snmp_values values = { .count = 0 };
	uint32_t device = 0;
	bool done = false;

	signal(SIGALRM, too_late);
	alarm((unsigned)t->timeout_s);
	struct snmp_link *link = snmp_link_open(t, err);
	struct snmp_agent agent = { .carry = snmp_link_carry, .data = link };
	if (link == NULL || !snmp_reading_take(&agent, &values, &device, err)) {
		err_prefix(err, "%s", t->host);
		goto out;
	}
	done = print(program, t, &values, device, err);
out:
	snmp_values_clear(&values);
	snmp_link_close(link);
	return done;
}

static int run(const struct program *program,
	       const struct snmp_options *options)
{
	struct snmp_target target = { .port = 0 };
	struct err err = { 0 };
	int code = 0;

	/* Secrets are read before, since the sandbox takes their files away. */
	if (!snmp_target_read(&target, options, &err)) {
		code = program_fail(program, &err, PROGRAM_USAGE);
	} else if (!sandbox_enter(SANDBOX_COLLECTOR, NULL, NULL, &err) ||
		   !collect(program, &target, &err)) {
		code = program_fail(program, &err, PROGRAM_FAILED);
	}
	snmp_target_clear(&target);
	return code;
}

int main(int argc, char **argv)
{
	struct snmp_options o = { .host = NULL };
	const struct option_row rows[] = {
		{ "--host", "HOST[:PORT]", "the printer; preset port 161",
		  &o.host },
		{ "--community-file", "FILE",
		  "version 2c: holds the community; without it, public",
		  &o.community_file },
		{ "--v3-user", "NAME", "version 3 as this user", &o.user },
		{ "--level", "LEVEL",
		  "noAuthNoPriv, authNoPriv or " SNMP_LEVEL_PRESET " (preset)",
		  &o.level },
		{ "--auth-file", "FILE", "holds the password of the user",
		  &o.auth_file },
		{ "--auth-protocol", "NAME",
		  SNMP_AUTH_PRESET " (preset), SHA-224, SHA-256, SHA-384 or "
				   "SHA-512",
		  &o.auth_protocol },
		{ "--priv-file", "FILE", "holds the password for encryption",
		  &o.priv_file },
		{ "--priv-protocol", "NAME",
		  SNMP_PRIV_PRESET " (preset), AES-192 or AES-256",
		  &o.priv_protocol },
		{ "--context", "NAME", "of version 3; preset none",
		  &o.context },
		{ "--timeout", "SECONDS",
		  "for the whole; preset " SNMP_TIMEOUT_PRESET, &o.timeout },
		{ "--retries", "N",
		  "of one question; preset " SNMP_RETRIES_PRESET, &o.retries },
		{ NULL, NULL, NULL, NULL },
	};
	const struct program program = {
		.name = PROGRAM,
		.purpose = "Prints what a printer says of itself over SNMP, "
			   "as XML. Secrets come from files\nthat not "
			   "everybody may read, since all see arguments.",
		.options = rows,
		.out = stdout,
		.problems = stderr,
	};
	int code = 0;

	return program_start(&program, argc, argv, &code) ? run(&program, &o)
							  : code;
}
