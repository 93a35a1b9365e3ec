/*
 * Enrolment over Secure Transport (RFC 7030, RFC 8951), the server's side of
 * HTTP: routes, who is let in, bodies in base64, answers. Anybody reaches it,
 * so nothing is parsed before it is known who asks. What is issued to whom is
 * est_issue.c's, the PKCS formats ca.c's.
 */
#include "server/est_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "documents/envelope.h"

#define COLUMNS 64
#define CERTS_TYPE "application/pkcs7-mime; smime-type=certs-only"
#define CREDENTIALS_MAX 256 /* bytes of "Basic ..." */
#define BUSY_S 30

bool est_refuse(struct est_call *call, int status, const char *fmt, ...)
{
	va_list args;
	if (call->status != 0) {
		return false;
	}
	va_start(args, fmt);
	(void)vsnprintf(call->why, sizeof(call->why), fmt, args);
	va_end(args);
	call->status = status;
	return false;
}

bool est_refuse_err(struct est_call *call, int status, const struct err *err)
{
	if (err->kind == ERR_RETRY || err->kind == ERR_IO) {
		call->retry_after_s = BUSY_S;
		return est_refuse(call, 503,
				  "The server is busy. Try again later.");
	}
	if (err->kind == ERR_BUG || status >= 500) {
		log_error(call->est->server.log, "enrolment: %s", err->text);
		return est_refuse(call, 500,
				  "The server has a fault. Its running log "
				  "says more.");
	}
	return est_refuse(call, status, "%s", err->text);
}

static const char *param(const struct est_call *call, const char *name)
{
	return exchange_param(call->exchange, name);
}

/* ---- bodies ---- */

static bool read_bytes(struct est_call *call, struct buf *body)
{
	uint8_t piece[4096];
	int64_t until_ms =
		call->clock->monotonic_ms() + (int64_t)EST_BODY_S * 1000;
	for (;;) {
		ssize_t got = call->exchange->read(call->exchange->ctx, piece,
						   sizeof(piece));
		if (got < 0) {
			return est_refuse(call, 400,
					  "The request did not arrive whole.");
		}
		if (got == 0) {
			return true;
		}
		if (body->len + (size_t)got > EST_BODY_MAX) {
			return est_refuse(call, 413,
					  "A request has at most %d bytes.",
					  EST_BODY_MAX);
		}
		buf_put(body, piece, (size_t)got);
		if (call->clock->monotonic_ms() >= until_ms) {
			return est_refuse(call, 408,
					  "The request took longer than %d "
					  "seconds.",
					  EST_BODY_S);
		}
	}
}

static bool check_length(struct est_call *call)
{
	const char *text = param(call, "CONTENT_LENGTH");
	uint64_t length = 0;
	if (text == NULL || !text_parse_u64(text, 1, UINT64_MAX, &length)) {
		return est_refuse(call, 400, "There is no request.");
	}
	return length <= EST_BODY_MAX ||
	       est_refuse(call, 413, "A request has at most %d bytes.",
			  EST_BODY_MAX);
}

static bool is_space(uint8_t c)
{
	return c == '\r' || c == '\n' || c == ' ' || c == '\t';
}

/* Base64 with line breaks anywhere, or with none (RFC 8951 section 3.1). */
static bool decode(struct est_call *call, const struct buf *body,
		   struct buf *der)
{
	struct buf text = BUF_INIT;
	for (size_t i = 0; i < body->len; i++) {
		if (!is_space(body->data[i])) {
			buf_put_char(&text, (char)body->data[i]);
		}
	}
	bool ok = base64_decode(der, buf_str(&text), text.len) ||
		  est_refuse(call, 400, "The request is not in base64.");
	buf_clear(&text);
	return ok;
}

static bool read_request(struct est_call *call, struct ca_request *request)
{
	struct err err = { 0 };
	struct buf body = BUF_INIT;
	struct buf der = BUF_INIT;
	bool ok = check_length(call) && read_bytes(call, &body) &&
		  decode(call, &body, &der);
	if (ok && !ca_request_read_der(der.data, der.len, request, &err)) {
		ok = est_refuse_err(call, 400, &err);
	}
	buf_clear(&body);
	buf_clear(&der);
	return ok;
}

static bool check_type(struct est_call *call)
{
	static const char wanted[] = "application/pkcs10";
	const char *type = param(call, "CONTENT_TYPE");
	size_t len = sizeof(wanted) - 1;
	return (type != NULL && strncmp(type, wanted, len) == 0 &&
		strchr("; \t", type[len]) != NULL) ||
	       est_refuse(call, 415, "The request must be %s.", wanted);
}

/* ---- who asks ---- */

/* "user:password" of HTTP Basic (RFC 7617); secret. */
static bool read_basic(struct est_call *call, struct buf *pair)
{
	static const char scheme[] = "Basic ";
	const char *text = param(call, "HTTP_AUTHORIZATION");
	size_t len = sizeof(scheme) - 1;
	if (text == NULL || strlen(text) > CREDENTIALS_MAX ||
	    strncasecmp(text, scheme, len) != 0) {
		return false;
	}
	text += len + strspn(text + len, " ");
	return base64_decode(pair, text, strlen(text)) &&
	       text_is_utf8(buf_str(pair), pair->len) &&
	       strchr(buf_str(pair), ':') != NULL;
}

/* Fills name; *code points into pair, behind the colon. */
static bool read_credentials(struct est_call *call, struct buf *pair,
			     const char **code)
{
	if (!read_basic(call, pair)) {
		return est_refuse(call, 401,
				  "The device's id and its one-time code are "
				  "needed (HTTP Basic).");
	}
	char *colon = strchr((char *)pair->data, ':');
	*colon = '\0';
	*code = colon + 1;
	return (envelope_machine_id_is_valid(buf_str(pair)) &&
		text_copy(call->name, sizeof(call->name), buf_str(pair))) ||
	       est_refuse(call, 401, "This is no id of a device.");
}

/* ---- the routes ---- */

static bool cacerts(struct est_call *call)
{
	struct err err = { 0 };
	return ca_put_certificate(call->est->ca, &call->pem, &err) ||
	       est_refuse_err(call, 500, &err);
}

static bool simpleenroll(struct est_call *call)
{
	struct ca_request request = CA_REQUEST_INIT;
	struct buf pair = BUF_INIT;
	const char *code = NULL;
	bool ok = check_type(call) && read_credentials(call, &pair, &code) &&
		  est_check_code(call, code) && read_request(call, &request) &&
		  est_issue_for_code(call, &request, code);
	ca_request_clear(&request);
	buf_burn(&pair);
	return ok;
}

static bool simplereenroll(struct est_call *call)
{
	struct ca_request request = CA_REQUEST_INIT;
	bool ok = check_type(call) && est_check_peer(call) &&
		  read_request(call, &request) &&
		  est_issue_renewal(call, &request);
	ca_request_clear(&request);
	return ok;
}

static const struct {
	const char *path;
	const char *method;
	bool (*run)(struct est_call *call);
} routes[] = {
	{ EST_PATH "cacerts", "GET", cacerts },
	{ EST_PATH "simpleenroll", "POST", simpleenroll },
	{ EST_PATH "simplereenroll", "POST", simplereenroll },
};

static const char *method_of(const char *path)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (text_equal(routes[i].path, path)) {
			return routes[i].method;
		}
	}
	return NULL;
}

static bool run_route(struct est_call *call)
{
	const char *path = param(call, "PATH_INFO");
	const char *method = param(call, "REQUEST_METHOD");
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (text_equal(routes[i].path, path) &&
		    text_equal(routes[i].method, method)) {
			return routes[i].run(call);
		}
	}
	return method_of(path) == NULL
		       ? est_refuse(call, 404, "There is nothing here.")
		       : est_refuse(call, 405, "This path takes %s.",
				    method_of(path));
}

/* ---- answers ---- */

static void put_wrapped(const void *data, size_t len, struct buf *out)
{
	struct buf text = BUF_INIT;
	base64_put(&text, data, len);
	for (size_t at = 0; at < text.len; at += COLUMNS) {
		size_t left = text.len - at;
		buf_put(out, text.data + at, left < COLUMNS ? left : COLUMNS);
		buf_put_char(out, '\n');
	}
	buf_clear(&text);
}

/* The certificate as EST has it; a refusal when that cannot be made. */
static bool put_certificate(struct est_call *call, struct buf *body)
{
	struct err err = { 0 };
	struct buf der = BUF_INIT;
	bool ok = ca_put_certs_only(buf_str(&call->pem), &der, &err) ||
		  est_refuse_err(call, 500, &err);
	if (ok) {
		put_wrapped(der.data, der.len, body);
		call->status = 200;
	}
	buf_clear(&der);
	return ok;
}

static void put_refusal_fields(const struct est_call *call, struct buf *out)
{
	if (call->status == 401) {
		buf_put_str(out, "WWW-Authenticate: Basic "
				 "realm=\"enrolment\", charset=\"UTF-8\"\r\n");
	}
	if (call->status == 405) {
		buf_printf(out, "Allow: %s\r\n",
			   method_of(param(call, "PATH_INFO")));
	}
	if (call->retry_after_s > 0) {
		buf_printf(out, "Retry-After: %" PRId64 "\r\n",
			   call->retry_after_s);
	}
}

static void send_answer(struct est_call *call, const struct buf *body)
{
	struct buf out = BUF_INIT;
	bool ok = call->status == 200;
	buf_printf(&out,
		   "Status: %d\r\n"
		   "Content-Type: %s\r\n"
		   "Content-Length: %zu\r\n"
		   "Cache-Control: no-store\r\n"
		   "X-Content-Type-Options: nosniff\r\n",
		   call->status, ok ? CERTS_TYPE : "text/plain; charset=utf-8",
		   body->len);
	if (ok) {
		buf_put_str(&out, "Content-Transfer-Encoding: base64\r\n");
	} else {
		put_refusal_fields(call, &out);
	}
	buf_put_str(&out, "\r\n");
	buf_put(&out, body->data, body->len);
	if (!call->exchange->write(call->exchange->ctx, out.data, out.len)) {
		log_warn(call->est->server.log, "%s: gone before the answer",
			 call->name);
	}
	buf_clear(&out);
}

void est_serve(struct est_server *est, const struct exchange *exchange,
	       const struct api_clock *clock)
{
	struct buf body = BUF_INIT;
	struct est_call call = {
		.est = est,
		.exchange = exchange,
		.clock = clock,
		.now = clock->utc(),
		.pem = BUF_INIT,
	};
	if (run_route(&call) && put_certificate(&call, &body)) {
		if (call.name[0] != '\0') {
			log_info(est->server.log, "%s: enrolled", call.name);
		}
	} else {
		est_note_refusal(&call);
		buf_printf(&body, "%s\n", call.why);
	}
	send_answer(&call, &body);
	buf_clear(&body);
	buf_clear(&call.pem);
}

/* ---- the worker ---- */

bool est_server_load(struct est_server *est, struct err *err)
{
	const struct server_config *config = est->server.config;
	char *key = server_config_key_path(config, SERVER_DEVICE_CA_KEY);
	char *certificate = server_config_key_path(config, SERVER_DEVICE_CA);
	bool ok = ca_load(key, certificate, &est->ca, err);
	mem_free(key);
	mem_free(certificate);
	return ok;
}

bool est_server_open(struct est_server *est, struct err *err)
{
	return server_open_db(&est->server, err);
}

void est_server_close(struct est_server *est)
{
	server_close(&est->server);
	ca_free(est->ca);
	est->ca = NULL;
}
