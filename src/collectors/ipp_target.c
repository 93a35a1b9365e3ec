/*
 * Talking to one IPP printer: address, connection, a question and its answer.
 * What is asked is each program's own. It asks without a password. Over ipps
 * the printer's certificate is not verified: printers sign their own.
 */
#include "collectors/ipp_target.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define TIMEOUT_PRESET "20"

bool ipp_target_read(struct ipp_target *t, const char *what, const char *uri,
		     const char *timeout, struct err *err)
{
	char scheme[32], user[256];

	if (uri == NULL) {
		return err_set(err, ERR_INVALID,
			       "%s is missing, for "
			       "example %s ipp://printer.example/ipp/print",
			       what, what);
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
		return err_set(err, ERR_INVALID, "%s is no address", what);
	}
	t->tls = strcmp(scheme, "ipps") == 0;
	if ((!t->tls && strcmp(scheme, "ipp") != 0) || user[0] != '\0' ||
	    t->host[0] == '\0') {
		return err_set(err, ERR_INVALID,
			       "%s is not ipp://HOST... or ipps://HOST... "
			       "without a user name",
			       what);
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

http_t *ipp_target_connect(const struct ipp_target *t, const char *socket,
			   struct err *err)
{
	(void)signal(SIGPIPE, SIG_IGN);
	cupsSetPasswordCB2(no_password, NULL);
	http_t *http = httpConnect2(
		socket != NULL ? socket : t->host, t->port, NULL, AF_UNSPEC,
		t->tls ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED,
		1, (int)t->timeout_s * 1000, NULL);
	if (http == NULL) {
		err_set(err, ERR_RETRY, "%s port %d cannot be reached: %s",
			t->host, t->port, cupsLastErrorString());
		return NULL;
	}
	httpSetTimeout(http, (double)t->timeout_s, give_up, NULL);
	return http;
}

ipp_t *ipp_target_request(const struct ipp_target *t, ipp_op_t operation,
			  const char *user)
{
	ipp_t *request = ippNewRequest(operation);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri",
		     NULL, t->uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME,
		     "requesting-user-name", NULL, user);
	return request;
}

ipp_t *ipp_target_ask(const struct ipp_target *t, http_t *http, ipp_t *request,
		      struct err *err)
{
	ipp_t *answer = cupsDoRequest(http, request, t->resource);
	ipp_status_t status = cupsLastError();

	if (answer == NULL) {
		err_set(err, ERR_RETRY, "%s did not answer: %s", t->host,
			cupsLastErrorString());
		return NULL;
	}
	if (status > IPP_STATUS_OK_EVENTS_COMPLETE) {
		err_set(err,
			status == IPP_STATUS_ERROR_NOT_FOUND ? ERR_NOT_FOUND
							     : ERR_RETRY,
			"%s refused: %s", t->host, ippErrorString(status));
		ippDelete(answer);
		return NULL;
	}
	return answer;
}
