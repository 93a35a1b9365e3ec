/*
 * Requests of devices: who asks, which route, the answer's frame. The routes
 * are in api_uploads.c (machine data, and what both kinds share), api_sealed.c
 * (job data) and api_notes.c. Identity comes from the variables that the web
 * server's TLS sets and never from a header field (an HTTP_* variable), which
 * anybody can send.
 */
#include "server/api.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "formats/certs.h"
#include "server/api_call.h"
#include "server/ingest.h"

const char *api_param(const struct api_call *call, const char *name)
{
	return exchange_param(call->exchange, name);
}

/* SHA-256 of the certificate that TLS verified. */
static bool read_peer(struct api_call *call)
{
	const char *pem = api_param(call, "SSL_CLIENT_CERT");
	if (!text_equal(api_param(call, "SSL_CLIENT_VERIFY"), "SUCCESS") ||
	    pem == NULL) {
		return refusal_set(&call->refusal, REFUSAL_STRANGER,
				   "A verified client certificate is needed.");
	}
	struct err err = { 0 };
	struct reader reader = reader_of(pem, strlen(pem));
	struct buf der = BUF_INIT;
	char label[CERTS_LABEL_SIZE];
	uint8_t hash[SHA256_SIZE];
	bool ok = certs_pem_next(&reader, label, &der, &err) &&
		  text_equal(label, "CERTIFICATE");
	if (ok) {
		certs_fingerprint(der.data, der.len, hash);
		hex_encode(call->peer, hash, sizeof(hash));
	}
	buf_clear(&der);
	return ok || refusal_set(&call->refusal, REFUSAL_STRANGER,
				 "The client certificate cannot be read.");
}

static bool read_device(struct api_call *call)
{
	struct err err = { 0 };
	if (!read_peer(call)) {
		return false;
	}
	if (fleet_by_certificate(call->server->db, call->peer, &call->device,
				 &err)) {
		return true;
	}
	return refusal_set_err(&call->refusal,
			       err.kind == ERR_DENIED ? REFUSAL_REVOKED
						      : REFUSAL_STRANGER,
			       &err);
}

/* "*" in a path stands for one transaction. */
struct route {
	const char *path;
	const char *method;
	bool (*run)(struct api_call *call);
};

/* clang-format off */
static const struct route routes[] = {
	{ API_UPLOADS, "OPTIONS", api_options },
	{ API_UPLOADS, "POST", api_upload_create },
	{ API_UPLOADS "/*", "HEAD", api_upload_head },
	{ API_UPLOADS "/*", "PATCH", api_upload_patch },
	{ API_UPLOADS "/*", "DELETE", api_upload_delete },
	{ API_UPLOADS "/*/receipt", "GET", api_upload_receipt },
	{ "/v1/notices", "GET", api_notices },
	{ "/v1/recipients", "GET", api_recipients },
	{ NULL, NULL, NULL },
};
/* clang-format on */

/* Does the path fit? transaction gets what "*" stands for. */
static bool path_fits(const char *pattern, const char *path,
		      char transaction[UUID_TEXT_SIZE])
{
	const char *star = strchr(pattern, '*');
	if (star == NULL) {
		return strcmp(pattern, path) == 0;
	}
	size_t before = (size_t)(star - pattern);
	if (strncmp(pattern, path, before) != 0 ||
	    strlen(path) < before + UUID_TEXT_SIZE - 1 ||
	    strcmp(star + 1, path + before + UUID_TEXT_SIZE - 1) != 0) {
		return false;
	}
	char id[UUID_TEXT_SIZE];
	memcpy(id, path + before, UUID_TEXT_SIZE - 1);
	id[UUID_TEXT_SIZE - 1] = '\0';
	if (!uuid_valid(id)) {
		return false;
	}
	memcpy(transaction, id, sizeof(id));
	return true;
}

static bool run_route(struct api_call *call)
{
	const char *path = api_param(call, "PATH_INFO");
	const char *method = api_param(call, "REQUEST_METHOD");
	struct buf allowed = BUF_INIT;
	for (const struct route *route = routes; route->path != NULL; route++) {
		if (path == NULL ||
		    !path_fits(route->path, path, call->transaction)) {
			continue;
		}
		if (text_equal(route->method, method)) {
			buf_clear(&allowed);
			return route->run(call);
		}
		buf_printf(&allowed, "%s%s", allowed.len == 0 ? "" : ", ",
			   route->method);
	}
	if (allowed.len == 0) {
		refusal_set(&call->refusal, REFUSAL_PATH,
			    "There is nothing at this path.");
	} else {
		buf_printf(&call->answer.fields, "Allow: %s\r\n",
			   buf_str(&allowed));
		refusal_set(&call->refusal, REFUSAL_METHOD,
			    "This path takes %s.", buf_str(&allowed));
	}
	buf_clear(&allowed);
	return false;
}

/* Kinds that are the ordinary course of things, and no entry. */
static bool is_no_entry(const struct api_call *call)
{
	enum refusal_kind kind = call->refusal.kind;
	return kind == REFUSAL_PATH || kind == REFUSAL_METHOD ||
	       kind == REFUSAL_OFFSET || kind == REFUSAL_LOCKED ||
	       refusal_status(kind) >= 500 ||
	       (call->in_pieces && refusal_is_passing(kind));
}

/* Refusals of uploads and of strangers stand in the ledger. */
static void note_refusal(struct api_call *call)
{
	struct err err = { 0 };
	const char *who =
		call->device.id[0] == '\0' ? "stranger" : call->device.id;
	const char *address = api_param(call, "REMOTE_ADDR");
	log_warn(call->server->log, "%s: refused (%s): %s", who,
		 refusal_name(call->refusal.kind), call->refusal.detail);
	if (is_no_entry(call)) {
		return;
	}
	if (!ingest_note_refusal(
		    call->server,
		    call->device.id[0] == '\0' ? NULL : call->device.id,
		    address == NULL ? "" : address, call->peer, &call->head,
		    &call->refusal, call->clock->utc(), &err)) {
		log_error(call->server->log, "ledger: %s", err.text);
	}
}

static void refuse(struct api_call *call)
{
	call->answer.status = refusal_status(call->refusal.kind);
	call->answer.type = PROBLEM_MEDIA_TYPE;
	buf_reset(&call->answer.body);
	if (call->answer.status == 503 || call->answer.status == 507) {
		buf_put_str(&call->answer.fields, "Retry-After: 30\r\n");
	}
	if (call->refusal.kind == REFUSAL_VERSION) {
		buf_put_str(&call->answer.fields,
			    "Tus-Version: " UPLOAD_TUS_VERSION "\r\n");
	}
	refusal_put(&call->answer.body, &call->refusal);
}

static void send_answer(struct api_call *call)
{
	const struct api_answer *answer = &call->answer;
	bool no_body = answer->status == 204 ||
		       text_equal(api_param(call, "REQUEST_METHOD"), "HEAD");
	struct buf out = BUF_INIT;
	buf_printf(&out, "Status: %d\r\n", answer->status);
	if (answer->type != NULL) {
		buf_printf(&out, "Content-Type: %s\r\n", answer->type);
	}
	buf_put_str(&out, "Tus-Resumable: " UPLOAD_TUS_VERSION "\r\n"
			  "Cache-Control: no-store\r\n"
			  "X-Content-Type-Options: nosniff\r\n");
	if (!no_body) {
		buf_printf(&out, "Content-Length: %zu\r\n", answer->body.len);
	}
	buf_put(&out, answer->fields.data, answer->fields.len);
	buf_put_str(&out, "\r\n");
	if (!no_body) {
		buf_put(&out, answer->body.data, answer->body.len);
	}
	if (!call->exchange->write(call->exchange->ctx, out.data, out.len)) {
		log_warn(call->server->log, "%s: gone before the answer",
			 call->device.id);
	}
	buf_clear(&out);
}

void api_serve(struct server *server, const struct exchange *exchange,
	       const struct api_clock *clock)
{
	struct api_call call = {
		.server = server,
		.exchange = exchange,
		.clock = clock,
		.answer = { 0, NULL, BUF_INIT, BUF_INIT },
	};
	api_body_begin(&call);
	if (!read_device(&call) || !run_route(&call)) {
		api_body_drain(&call);
		note_refusal(&call);
		refuse(&call);
	}
	send_answer(&call);
	buf_clear(&call.answer.fields);
	buf_clear(&call.answer.body);
}
