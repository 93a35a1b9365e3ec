/*
 * sluice-collect-ipp: asks one printer over IPP for its attributes and prints
 * them as XML (docs/collectors.md). Only the asking is here; what the answer
 * means is in ipp_documents.c, how a printer is talked to in ipp_target.c. It
 * asks without a name and without a password; what is read here is shown to
 * the customer before it goes anywhere.
 */
#include <cups/cups.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sandbox.h"
#include "collectors/ipp_documents.h"
#include "collectors/ipp_target.h"
#include "collectors/program.h"
#include "documents/collected.h"

#define PROGRAM "sluice-collect-ipp"

static void too_late(int signal_number)
{
	static const char text[] =
		PROGRAM ": the printer took too long to answer\n";
	ssize_t put = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signal_number;
	(void)put;
	_exit(1);
}

static ipp_t *new_request(const struct ipp_target *t)
{
	ipp_t *request = ipp_target_request(t, IPP_OP_GET_PRINTER_ATTRIBUTES,
					    "anonymous");
	int count = 0;

	while (ipp_documents_attributes[count] != NULL) {
		count++;
	}
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
		      "requested-attributes", count, NULL,
		      ipp_documents_attributes);
	return request;
}

static bool collect(const struct program *program, const struct ipp_target *t,
		    struct err *err)
{
	bool done = false;
	ipp_t *answer = NULL;

	signal(SIGALRM, too_late);
	alarm((unsigned)t->timeout_s);
	http_t *http = ipp_target_connect(t, NULL, err);
	if (http != NULL) {
		answer = ipp_target_ask(t, http, new_request(t), err);
	}
	if (answer != NULL) {
		int64_t now = clock_utc_now();
		struct collected_writer *w = collected_writer_new("ipp", now);
		ipp_documents_put(answer, t->host, now, w);
		done = program_print(program, w, err);
	}
	ippDelete(answer);
	httpClose(http);
	return done;
}

int main(int argc, char **argv)
{
	const char *uri = NULL, *timeout = NULL;
	const struct option_row rows[] = {
		{ "--uri", "URI", "the printer, ipp://... or ipps://...",
		  &uri },
		{ "--timeout", "SECONDS", "for the whole; preset 20",
		  &timeout },
		{ NULL, NULL, NULL, NULL },
	};
	const struct program program = {
		.name = PROGRAM,
		.purpose = "Prints what a printer says of itself over IPP, "
			   "as XML.",
		.options = rows,
		.out = stdout,
		.problems = stderr,
	};
	struct ipp_target target = { 0 };
	struct err err = { 0 };
	int code = 0;

	if (!program_start(&program, argc, argv, &code)) {
		return code;
	}
	if (!ipp_target_read(&target, "--uri", uri, timeout, &err)) {
		return program_fail(&program, &err, PROGRAM_USAGE);
	}
	if (!sandbox_enter(SANDBOX_COLLECTOR, NULL, NULL, &err) ||
	    !collect(&program, &target, &err)) {
		return program_fail(&program, &err, PROGRAM_FAILED);
	}
	return 0;
}
