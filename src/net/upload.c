/*
 * One upload to the Communication Server: look up, connect, shake hands, POST
 * as wire.md section 5 has it (creation with upload), and sort the outcome
 * into "try again" and "refused for good". Knows bytes and a type, not what
 * they mean; whether the receipt is good is client/receipt's to say.
 */
#include "net/upload.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "formats/problem.h"
#include "net/tcp.h"
#include "net/tls_client.h"

#define UPLOAD_TARGET "/v1/uploads"
#define TUS_VERSION "1.0.0"
#define BODY_TYPE "application/offset+octet-stream"

const struct upload_limits upload_limits_preset = {
	.connect_ms = 20 * 1000,
	.handshake_ms = 20 * 1000,
	.idle_ms = 30 * 1000,
	.answer_ms = 60 * 1000,
	.least_rate = 1024,
};

/* The texts of the request's fields; freed together. */
struct fields {
	struct buf length, metadata, digest, key, host;
	struct http1_field list[6];
};

static void fields_clear(struct fields *f)
{
	buf_clear(&f->length);
	buf_clear(&f->metadata);
	buf_clear(&f->digest);
	buf_clear(&f->key);
	buf_clear(&f->host);
}

static void fields_make(struct fields *f, const struct upload_server *server,
			const struct upload *upload)
{
	memset(f, 0, sizeof(*f));
	buf_printf(&f->length, "%llu", (unsigned long long)upload->body.size);
	buf_put_str(&f->metadata, "transaction ");
	base64_put(&f->metadata, upload->transaction,
		   strlen(upload->transaction));
	buf_put_str(&f->metadata, ",type ");
	base64_put(&f->metadata, upload->type, strlen(upload->type));
	buf_put_str(&f->digest, "sha-256=:");
	base64_put(&f->digest, upload->sha256, SHA256_SIZE);
	buf_put_str(&f->digest, ":");
	buf_printf(&f->key, "\"%s\"", upload->transaction);
	buf_put_str(&f->host, server->name);
	if (server->port != 443) {
		buf_printf(&f->host, ":%d", server->port);
	}
	const struct http1_field list[] = {
		{ "Tus-Resumable", TUS_VERSION },
		{ "Upload-Length", buf_str(&f->length) },
		{ "Upload-Metadata", buf_str(&f->metadata) },
		{ "Repr-Digest", buf_str(&f->digest) },
		{ "Idempotency-Key", buf_str(&f->key) },
		{ NULL, NULL },
	};
	memcpy(f->list, list, sizeof(list));
}

static const struct upload_limits *limits_of(const struct upload_server *server)
{
	return server->limits != NULL ? server->limits : &upload_limits_preset;
}

/* A proved connection to the server, or the reason why there is none. */
static bool open_connection(const struct upload_server *server,
			    const struct upload_watch *watch, int64_t now,
			    struct tls_client **tls, struct err *err)
{
	const struct upload_limits *limits = limits_of(server);
	const char *host =
		server->address[0] != '\0' ? server->address : server->name;
	struct deadline connect =
		deadline_in(limits->connect_ms, watch->stop_fd);
	struct tcp_addresses addresses;
	int fd;
	if (!tcp_resolve(host, server->port, &connect, &addresses, err) ||
	    !tcp_connect(&addresses, host, server->port, &connect, &fd, err)) {
		return false;
	}
	struct deadline handshake =
		deadline_in(limits->handshake_ms, watch->stop_fd);
	return tls_client_open(fd, server->trust, server->name, now, &handshake,
			       tls, err);
}

static bool exchange(struct tls_client *tls, const struct upload_server *server,
		     const struct upload *upload,
		     const struct upload_watch *watch, int64_t now,
		     struct http_answer *answer, struct err *err)
{
	const struct deadline_check check = { watch->going, watch->ctx };
	const struct upload_limits *limits = limits_of(server);
	struct fields fields;
	fields_make(&fields, server, upload);
	const struct http_request request = {
		.method = "POST",
		.target = UPLOAD_TARGET,
		.host = buf_str(&fields.host),
		.fields = fields.list,
		.body_type = BODY_TYPE,
		.body = upload->body,
	};
	uint64_t slowest_s = upload->body.size / limits->least_rate;
	const struct http_limits within = {
		.idle_ms = limits->idle_ms,
		.send_ms = limits->idle_ms + (int64_t)slowest_s * 1000,
		.answer_ms = limits->answer_ms,
		.answer_bytes = UPLOAD_RECEIPT_MAX,
		.stop_fd = watch->stop_fd,
		.check = watch->going != NULL ? &check : NULL,
	};
	bool ok = http_exchange(tls, &request, &within, now, answer, err);
	fields_clear(&fields);
	return ok;
}

static bool is_transient(int status)
{
	return status == 408 || status == 425 || status == 429 ||
	       status >= 500 || status < 400;
}

static enum err_kind kind_of(int status)
{
	switch (status) {
	case 401:
	case 403:
		return ERR_DENIED;
	case 413:
		return ERR_LIMIT;
	default:
		return is_transient(status) ? ERR_RETRY : ERR_INVALID;
	}
}

/* What to do, for a person, when the server says no. */
static const char *remedy(int status)
{
	switch (status) {
	case 401:
	case 403:
		return "Ask the vendor whether this device is registered.";
	case 413:
		return "The transmission is larger than the server takes.";
	case 429:
	case 503:
		return "It is busy; this will be tried again.";
	default:
		break;
	}
	if (status >= 300 && status < 400) {
		return "Redirects are not followed. Check the server's "
		       "address.";
	}
	return is_transient(status) ? "This will be tried again."
				    : "It will not be sent again.";
}

/* The server's words, when it sent problem details. */
static void put_problem(const struct http_answer *answer, struct buf *text)
{
	const char *type = http1_get(&answer->head, "Content-Type");
	struct problem problem;
	if (type == NULL || !text_starts_with(type, PROBLEM_MEDIA_TYPE) ||
	    !problem_read(answer->body.data, answer->body.len, &problem,
			  NULL)) {
		return;
	}
	const char *words =
		problem.detail[0] != '\0' ? problem.detail : problem.title;
	if (words[0] != '\0') {
		buf_printf(text, ", \"%.200s\"", words);
	}
}

static bool refused(const struct http_answer *answer, const char *name,
		    struct err *err)
{
	int status = answer->head.status;
	struct buf text = BUF_INIT;
	text.max = 256;
	put_problem(answer, &text);
	err_set(err, kind_of(status), "The server %s answered %d%s. %s", name,
		status, buf_str(&text), remedy(status));
	buf_clear(&text);
	return false;
}

/*
 * A server that cannot be understood is no reason to give a transmission up:
 * the next answer may come from the right one.
 */
static bool not_understood(struct err *err, const char *name)
{
	if (err->kind == ERR_INVALID || err->kind == ERR_LIMIT) {
		err->kind = ERR_RETRY;
		err_prefix(err, "The server %s gave no usable answer", name);
	}
	return false;
}

static bool take_answer(struct http_answer *got, const char *name,
			struct upload_answer *answer, struct err *err)
{
	answer->status = got->head.status;
	answer->retry_after_s = got->retry_after_s;
	if (answer->status != 200 && answer->status != 201) {
		return refused(got, name, err);
	}
	if (got->body.len == 0) {
		return err_set(err, ERR_RETRY,
			       "The server %s answered %d without a receipt. "
			       "This will be tried again.",
			       name, answer->status);
	}
	answer->receipt = got->body;
	got->body = (struct buf)BUF_INIT;
	return true;
}

static bool tell(const struct upload_watch *watch, enum upload_stage stage,
		 const uint8_t *peer, struct err *err)
{
	return watch->stage == NULL ||
	       watch->stage(watch->ctx, stage, peer, err);
}

bool upload_send(const struct upload_server *server,
		 const struct upload *upload, const struct upload_watch *watch,
		 int64_t now, struct upload_answer *answer, struct err *err)
{
	struct tls_client *tls = NULL;
	struct http_answer got = HTTP_ANSWER_INIT;
	uint8_t peer[SHA256_SIZE];
	bool ok = false;
	if (!tell(watch, UPLOAD_CONNECTING, NULL, err)) {
		return false;
	}
	struct err why = { .kind = ERR_NONE };
	if (!open_connection(server, watch, now, &tls, &why)) {
		/* However wrong the name or address is, it can be mended. */
		return err_set(err, ERR_RETRY, "%s", why.text);
	}
	tls_client_peer(tls, peer);
	if (!tell(watch, UPLOAD_CONNECTED, peer, err) ||
	    !tell(watch, UPLOAD_SENDING, peer, err)) {
		goto out;
	}
	if (!exchange(tls, server, upload, watch, now, &got, &why)) {
		not_understood(&why, server->name);
		err_set(err, why.kind, "%s", why.text);
		goto out;
	}
	ok = tell(watch, UPLOAD_SENT, peer, err) &&
	     take_answer(&got, server->name, answer, err);
out:
	http_answer_clear(&got);
	tls_client_close(tls);
	return ok;
}

void upload_answer_clear(struct upload_answer *answer)
{
	buf_clear(&answer->receipt);
}
