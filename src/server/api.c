/*
 * Requests of devices: who asks, what for, the answer. An upload's header
 * fields are read by upload_head.c, its body by ingest.c. Identity comes from
 * the variables that the web server's TLS sets and never from a header field
 * (an HTTP_* variable), which anybody can send.
 */
#include "server/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "documents/transmission.h"
#include "formats/certs.h"
#include "server/fleet.h"
#include "server/ingest.h"
#include "server/received.h"
#include "server/refusal.h"
#include "server/upload_head.h"

#define PIECE_BYTES 16384
#define UPLOADS "/v1/uploads"
#define RECEIPT_TYPE "text/plain; charset=utf-8"

struct answer {
	int status;
	const char *type;
	struct buf fields; /* more header lines, each with CR LF */
	struct buf body;
};

/* One request on its way. */
struct call {
	struct server *server;
	const struct exchange *exchange;
	const struct api_clock *clock;
	char peer[65]; /* SHA-256 of the client certificate, hex; "" = none */
	struct fleet_device device; /* id "" = not known */
	struct upload_head head;    /* of an upload, as far as it was read */
	char transaction[UUID_TEXT_SIZE]; /* named by the path */
	uint64_t body_left;  /* bytes to come; 0 too if over the limit */
	int64_t deadline_ms; /* of the body, monotonic */
	struct answer answer;
	struct refusal refusal;
};

static const char *param(const struct call *call, const char *name)
{
	return exchange_param(call->exchange, name);
}

/* SHA-256 of the certificate that TLS verified. */
static bool read_peer(struct call *call)
{
	const char *pem = param(call, "SSL_CLIENT_CERT");
	if (!text_equal(param(call, "SSL_CLIENT_VERIFY"), "SUCCESS") ||
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

static bool read_device(struct call *call)
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

/* The next piece of the body; 0 = no more comes. */
static size_t read_piece(struct call *call, uint8_t piece[PIECE_BYTES])
{
	size_t want = call->body_left < PIECE_BYTES ? (size_t)call->body_left
						    : PIECE_BYTES;
	if (want == 0) {
		return 0;
	}
	ssize_t got = call->exchange->read(call->exchange->ctx, piece, want);
	if (got <= 0) {
		call->body_left = 0;
		return 0;
	}
	call->body_left -= (uint64_t)got;
	return (size_t)got;
}

static bool is_late(const struct call *call)
{
	return call->clock->monotonic_ms() >= call->deadline_ms;
}

/* Reads what is left of a refused body, so that the answer gets through. */
static void drain(struct call *call)
{
	uint8_t piece[PIECE_BYTES];
	while (!is_late(call) && read_piece(call, piece) > 0) {
		continue;
	}
}

/* The body into the ingest, under a deadline for the whole of it. */
static bool read_body(struct call *call, struct ingest *ingest)
{
	uint8_t piece[PIECE_BYTES];
	for (;;) {
		size_t len = read_piece(call, piece);
		if (len == 0) {
			return true; /* ingest_finish() says what is missing */
		}
		if (!ingest_feed(ingest, piece, len, &call->refusal)) {
			return false;
		}
		if (call->body_left > 0 && is_late(call)) {
			return refusal_set(&call->refusal, REFUSAL_SLOW,
					   "The upload took longer than %d "
					   "seconds.",
					   call->server->config->api_body_s);
		}
	}
}

static void put_offset(struct call *call, uint64_t bytes)
{
	buf_printf(&call->answer.fields, "Upload-Offset: %" PRIu64 "\r\n",
		   bytes);
}

static bool do_upload(struct call *call)
{
	struct upload_fields fields = {
		.tus_resumable = param(call, "HTTP_TUS_RESUMABLE"),
		.upload_length = param(call, "HTTP_UPLOAD_LENGTH"),
		.upload_metadata = param(call, "HTTP_UPLOAD_METADATA"),
		.repr_digest = param(call, "HTTP_REPR_DIGEST"),
		.idempotency_key = param(call, "HTTP_IDEMPOTENCY_KEY"),
		.content_type = param(call, "CONTENT_TYPE"),
		.content_length = param(call, "CONTENT_LENGTH"),
	};
	if (!upload_head_read(&fields, &call->head, &call->refusal)) {
		return false;
	}
	bool repeated = false;
	struct ingest *ingest = ingest_begin(call->server, &call->device,
					     call->peer, &call->head);
	bool ok = read_body(call, ingest) &&
		  ingest_finish(ingest, call->clock->utc(), &call->answer.body,
				&repeated, &call->refusal);
	ingest_free(ingest);
	if (!ok) {
		return false;
	}
	log_info(call->server->log, "%s: %s %s, %" PRIu64 " bytes",
		 call->device.id, call->head.transaction,
		 repeated ? "received before" : "received", call->head.bytes);
	call->answer.status = 201;
	call->answer.type = RECEIPT_TYPE;
	buf_printf(&call->answer.fields, "Location: " UPLOADS "/%s\r\n",
		   call->head.transaction);
	put_offset(call, call->head.bytes);
	return true;
}

static bool do_options(struct call *call)
{
	call->answer.status = 204;
	buf_printf(&call->answer.fields,
		   "Tus-Version: " UPLOAD_TUS_VERSION "\r\n"
		   "Tus-Extension: creation,creation-with-upload\r\n"
		   "Tus-Max-Size: %u\r\n",
		   TRANSMISSION_MAX);
	return true;
}

static bool find_own(struct call *call, struct received *item)
{
	struct err err = { 0 };
	return received_find(call->server->db, call->device.id,
			     call->transaction, item, &err) ||
	       refusal_set_err(&call->refusal, REFUSAL_PATH, &err);
}

static bool do_head(struct call *call)
{
	struct received item;
	if (!find_own(call, &item)) {
		return false;
	}
	call->answer.status = 200;
	put_offset(call, item.bytes);
	buf_printf(&call->answer.fields, "Upload-Length: %" PRIu64 "\r\n",
		   item.bytes);
	return true;
}

static bool do_receipt(struct call *call)
{
	struct err err = { 0 };
	struct received item;
	if (!find_own(call, &item)) {
		return false;
	}
	if (!received_receipt(call->server->db, item.number, &call->answer.body,
			      &err)) {
		return refusal_set_err(&call->refusal, REFUSAL_PATH, &err);
	}
	call->answer.status = 200;
	call->answer.type = RECEIPT_TYPE;
	return true;
}

/* "*" in a path stands for one transaction. */
struct route {
	const char *path;
	const char *method;
	bool (*run)(struct call *call);
};

static const struct route routes[] = { { UPLOADS, "OPTIONS", do_options },
				       { UPLOADS, "POST", do_upload },
				       { UPLOADS "/*", "HEAD", do_head },
				       { UPLOADS "/*/receipt", "GET",
					 do_receipt },
				       { NULL, NULL, NULL } };

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

static bool run_route(struct call *call)
{
	const char *path = param(call, "PATH_INFO");
	const char *method = param(call, "REQUEST_METHOD");
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

/* Refusals of uploads and of strangers stand in the ledger. */
static void note_refusal(struct call *call)
{
	struct err err = { 0 };
	enum refusal_kind kind = call->refusal.kind;
	const char *who =
		call->device.id[0] == '\0' ? "stranger" : call->device.id;
	const char *address = param(call, "REMOTE_ADDR");
	log_warn(call->server->log, "%s: refused (%s): %s", who,
		 refusal_name(kind), call->refusal.detail);
	if (kind == REFUSAL_PATH || kind == REFUSAL_METHOD ||
	    refusal_status(kind) >= 500) {
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

static void refuse(struct call *call)
{
	call->answer.status = refusal_status(call->refusal.kind);
	call->answer.type = PROBLEM_MEDIA_TYPE;
	buf_reset(&call->answer.body);
	if (call->answer.status == 503) {
		buf_put_str(&call->answer.fields, "Retry-After: 30\r\n");
	}
	if (call->refusal.kind == REFUSAL_VERSION) {
		buf_put_str(&call->answer.fields,
			    "Tus-Version: " UPLOAD_TUS_VERSION "\r\n");
	}
	refusal_put(&call->answer.body, &call->refusal);
}

static void send_answer(struct call *call)
{
	const struct answer *answer = &call->answer;
	bool no_body = answer->status == 204 ||
		       text_equal(param(call, "REQUEST_METHOD"), "HEAD");
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
	struct call call = {
		.server = server,
		.exchange = exchange,
		.clock = clock,
		.answer = { 0, NULL, BUF_INIT, BUF_INIT },
	};
	const char *length = param(&call, "CONTENT_LENGTH");
	if (length == NULL ||
	    !text_parse_u64(length, 0, TRANSMISSION_MAX, &call.body_left)) {
		call.body_left = 0;
	}
	call.deadline_ms =
		clock->monotonic_ms() + 1000LL * server->config->api_body_s;
	if (!read_device(&call) || !run_route(&call)) {
		drain(&call);
		note_refusal(&call);
		refuse(&call);
	}
	send_answer(&call);
	buf_clear(&call.answer.fields);
	buf_clear(&call.answer.body);
}
