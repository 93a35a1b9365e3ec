/*
 * sluice-collect-ipp: asks one printer over IPP for its attributes and prints
 * them as XML (docs/collectors.md). Only the talking is here; what the answer
 * means is in ipp_documents.c. It asks without a name and without a password.
 * Over ipps the printer's certificate is not verified: printers sign their
 * own, and what is read here is shown to the customer before it goes anywhere.
 */
#include <cups/cups.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "collectors/ipp_documents.h"
#include "collectors/program.h"
#include "documents/collected.h"

#define PROGRAM "sluice-collect-ipp"
#define TIMEOUT_PRESET "20"

struct target {
	const char *uri;
	uint64_t timeout_s; /* of the whole */
	char host[256];
	char resource[256];
	int port;
	bool tls;
};

static bool read_target(struct target *t, const char *uri, const char *timeout,
			struct err *err)
{
	char scheme[32], user[256];

	if (uri == NULL) {
		return err_set(err, ERR_INVALID,
			       "--uri is missing, for "
			       "example --uri ipp://printer.example/ipp/print");
	}
	if (!text_parse_u64(timeout != NULL ? timeout : TIMEOUT_PRESET, 1, 600,
			    &t->timeout_s)) {
		return err_set(err, ERR_INVALID,
			       "--timeout wants 1 to 600 seconds");
	}
	if (httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof(scheme),
			    user, sizeof(user), t->host, sizeof(t->host),
			    &t->port, t->resource,
			    sizeof(t->resource)) < HTTP_URI_STATUS_OK) {
		return err_set(err, ERR_INVALID, "--uri is no address");
	}
	t->tls = strcmp(scheme, "ipps") == 0;
	if ((!t->tls && strcmp(scheme, "ipp") != 0) || user[0] != '\0' ||
	    t->host[0] == '\0') {
		return err_set(err, ERR_INVALID,
			       "--uri is not ipp://HOST... or ipps://HOST... "
			       "without a user name");
	}
	t->uri = uri;
	return true;
}

/* No terminal, no password: a printer that wants one is refused. */
static const char *no_password(const char *prompt, http_t *http,
			       const char *method, const char *resource,
			       void *data)
{
	(void)prompt;
	(void)http;
	(void)method;
	(void)resource;
	(void)data;
	return NULL;
}

static int give_up(http_t *http, void *data)
{
	(void)http;
	(void)data;
	return 0;
}

static void too_late(int signal_number)
{
	static const char text[] =
		PROGRAM ": the printer took too long to answer\n";
	ssize_t put = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signal_number;
	(void)put;
	_exit(1);
}

static ipp_t *new_request(const struct target *t)
{
	ipp_t *request = ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES);
	int count = 0;

	while (ipp_documents_attributes[count] != NULL) {
		count++;
	}
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri",
		     NULL, t->uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME,
		     "requesting-user-name", NULL, "anonymous");
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
		      "requested-attributes", count, NULL,
		      ipp_documents_attributes);
	return request;
}

/* NULL and err set when there is no good answer. */
static ipp_t *ask(const struct target *t, http_t *http, struct err *err)
{
	ipp_t *answer = cupsDoRequest(http, new_request(t), t->resource);
	ipp_status_t status = cupsLastError();

	if (answer == NULL) {
		err_set(err, ERR_RETRY, "%s did not answer: %s", t->host,
			cupsLastErrorString());
		return NULL;
	}
	if (status > IPP_STATUS_OK_EVENTS_COMPLETE) {
		err_set(err, ERR_RETRY, "%s refused: %s", t->host,
			ippErrorString(status));
		ippDelete(answer);
		return NULL;
	}
	return answer;
}

static bool collect(const struct program *program, const struct target *t,
		    struct err *err)
{
	bool done = false;
	ipp_t *answer = NULL;
	int timeout_ms = (int)t->timeout_s * 1000;

	signal(SIGALRM, too_late);
	signal(SIGPIPE, SIG_IGN);
	alarm((unsigned)t->timeout_s);
	cupsSetPasswordCB2(no_password, NULL);
	http_t *http = httpConnect2(t->host, t->port, NULL, AF_UNSPEC,
				    t->tls ? HTTP_ENCRYPTION_ALWAYS
					   : HTTP_ENCRYPTION_IF_REQUESTED,
				    1, timeout_ms, NULL);
	if (http == NULL) {
		err_set(err, ERR_RETRY, "%s port %d cannot be reached: %s",
			t->host, t->port, cupsLastErrorString());
		goto out;
	}
	httpSetTimeout(http, (double)t->timeout_s, give_up, NULL);
	answer = ask(t, http, err);
	if (answer == NULL) {
		goto out;
	}
	int64_t now = clock_utc_now();
	struct collected_writer *w = collected_writer_new("ipp", now);
	ipp_documents_put(answer, t->host, now, w);
	done = program_print(program, w, err);
out:
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
		{ "--timeout", "SECONDS",
		  "for the whole; preset " TIMEOUT_PRESET, &timeout },
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
	struct target target = { 0 };
	struct err err = { 0 };
	int code = 0;

	if (!program_start(&program, argc, argv, &code)) {
		return code;
	}
	if (!read_target(&target, uri, timeout, &err)) {
		return program_fail(&program, &err, PROGRAM_USAGE);
	}
	if (!sandbox_enter(SANDBOX_COLLECTOR, NULL, NULL, &err) ||
	    !collect(&program, &target, &err)) {
		return program_fail(&program, &err, PROGRAM_FAILED);
	}
	return 0;
}
