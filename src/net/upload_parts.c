/*
 * What all requests to the Communication Server have in common: look up,
 * connect, shake hands, and sort the outcome into "try again" and "refused
 * for good". Which requests there are is upload.c's and upload_resumable.c's
 * to know.
 */
#include "net/upload_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "formats/problem.h"
#include "net/tcp.h"
#include "net/tls_client.h"

/* Ten years: no sum of times overflows, and nobody waits that long. */
#define SEND_MAX_S ((uint64_t)10 * 366 * 86400)

const struct upload_limits upload_limits_preset = {
	.connect_ms = 20 * 1000,
	.handshake_ms = 20 * 1000,
	.idle_ms = 30 * 1000,
	.answer_ms = 60 * 1000,
	.least_rate = 1024,
};

const struct upload_limits *upload_limits_of(const struct upload_server *server)
{
	return server->limits != NULL ? server->limits : &upload_limits_preset;
}

int64_t upload_send_ms(const struct upload_limits *limits, uint64_t size,
		       uint64_t rate)
{
	uint64_t seconds = size / limits->least_rate;
	if (rate != 0 && size / rate > seconds / 2) {
		seconds = size / rate; /* and as long again for its hitches */
		seconds += seconds < SEND_MAX_S ? seconds : 0;
	}
	if (seconds > SEND_MAX_S) {
		seconds = SEND_MAX_S;
	}
	return limits->idle_ms + (int64_t)seconds * 1000;
}

static bool open_connection(const struct upload_server *server,
			    const struct upload_watch *watch, int64_t now,
			    struct tls_client **tls, struct err *err)
{
	const struct upload_limits *limits = upload_limits_of(server);
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
			       watch->count, tls, err);
}

bool upload_connect(const struct upload_server *server,
		    const struct upload_watch *watch, int64_t now,
		    struct tls_client **tls, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	return open_connection(server, watch, now, tls, &why) ||
	       err_set(err, ERR_RETRY, "%s", why.text);
}

bool upload_tell(const struct upload_watch *watch, enum upload_stage stage,
		 const uint8_t *peer, struct err *err)
{
	return watch->stage == NULL ||
	       watch->stage(watch->ctx, stage, peer, err);
}

void upload_put_host(struct buf *out, const struct upload_server *server)
{
	buf_put_str(out, server->name);
	if (server->port != 443) {
		buf_printf(out, ":%d", server->port);
	}
}

static void put_pair(struct buf *out, const char *name, const char *value)
{
	if (out->len > 0) {
		buf_put_char(out, ',');
	}
	buf_printf(out, "%s ", name);
	base64_put(out, value, strlen(value));
}

static void put_metadata(struct buf *out, const struct upload_file *file)
{
	put_pair(out, "transaction", file->transaction);
	put_pair(out, "type", file->type);
	for (const struct http1_field *more = file->metadata;
	     more != NULL && more->name != NULL; more++) {
		put_pair(out, more->name, more->value);
	}
}

void upload_fields_make(struct upload_fields *fields,
			const struct upload_file *file)
{
	memset(fields, 0, sizeof(*fields));
	buf_printf(&fields->length, "%" PRIu64, file->size);
	put_metadata(&fields->metadata, file);
	buf_put_str(&fields->digest, "sha-256=:");
	base64_put(&fields->digest, file->sha256, SHA256_SIZE);
	buf_put_str(&fields->digest, ":");
	buf_printf(&fields->key, "\"%s\"", file->transaction);
	const struct http1_field list[] = {
		{ "Tus-Resumable", UPLOAD_TUS_VERSION },
		{ "Upload-Length", buf_str(&fields->length) },
		{ "Upload-Metadata", buf_str(&fields->metadata) },
		{ "Repr-Digest", buf_str(&fields->digest) },
		{ "Idempotency-Key", buf_str(&fields->key) },
		{ NULL, NULL },
	};
	memcpy(fields->list, list, sizeof(list));
}

void upload_fields_clear(struct upload_fields *fields)
{
	buf_clear(&fields->length);
	buf_clear(&fields->metadata);
	buf_clear(&fields->digest);
	buf_clear(&fields->key);
}

bool upload_is_misled(int status)
{
	return status == 404 || status == 405 ||
	       (status >= 300 && status < 400);
}

enum err_kind upload_kind_of(int status)
{
	switch (status) {
	case 401:
	case 403:
		return ERR_DENIED;
	case 413:
		return ERR_LIMIT;
	case 408:
	case 409: /* another request of the same is under way */
	case 423:
	case 425:
	case 429:
		return ERR_RETRY;
	default:
		return status < 400 || status >= 500 || upload_is_misled(status)
			       ? ERR_RETRY
			       : ERR_INVALID;
	}
}

/* What to do, for a person, when the server says no. */
static const char *remedy(int status, enum err_kind kind)
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
	if (kind == ERR_NOT_FOUND) {
		return "It has none.";
	}
	if (upload_is_misled(status)) {
		return "It takes no transmissions there. Check the server's "
		       "address.";
	}
	return kind == ERR_RETRY ? "This will be tried again."
				 : "It will not be sent again.";
}

/* Problem details, when the server sent them. */
static bool read_problem(const struct http_answer *answer,
			 struct problem *problem)
{
	const char *type = http1_get(&answer->head, "Content-Type");
	return type != NULL && text_starts_with(type, PROBLEM_MEDIA_TYPE) &&
	       problem_read(answer->body.data, answer->body.len, problem, NULL);
}

/*
 * Not we are refused but the certificate that we came with: it has run out, or
 * it is not known. That can be mended, so what is to be sent waits for it.
 */
static bool is_certificate_trouble(const struct problem *problem)
{
	return text_equal(problem->type, "urn:sluice:problem:certificate") ||
	       text_equal(problem->type, "urn:sluice:problem:stranger");
}

static bool is_quota(const struct http_answer *answer)
{
	struct problem problem;
	return answer->head.status == 429 && read_problem(answer, &problem) &&
	       text_equal(problem.type, "urn:sluice:problem:quota");
}

void upload_note(struct upload_answer *answer, const struct http_answer *got)
{
	answer->status = got->head.status;
	answer->retry_after_s = got->retry_after_s;
	answer->quota = is_quota(got);
}

void upload_put_words(const struct http_answer *answer, struct buf *text)
{
	struct problem problem;
	if (!read_problem(answer, &problem)) {
		return;
	}
	const char *words =
		problem.detail[0] != '\0' ? problem.detail : problem.title;
	size_t len = strnlen(words, 200);
	if (len > 0) {
		/* in the midst of a sentence */
		len -= words[len - 1] == '.';
		buf_printf(text, ", \"%.*s\"", (int)len, words);
	}
}

bool upload_refused(const struct http_answer *answer, enum err_kind kind,
		    const char *server, struct err *err)
{
	int status = answer->head.status;
	struct buf text = BUF_INIT;
	struct problem problem;
	const char *what = remedy(status, kind);
	text.max = 256;
	upload_put_words(answer, &text);
	if (kind == ERR_DENIED && read_problem(answer, &problem) &&
	    is_certificate_trouble(&problem)) {
		kind = ERR_RETRY;
		what = "Enrol this device again, with a code of the vendor; "
		       "what waits is sent then.";
	}
	if (is_quota(answer)) {
		what = "It is sent then.";
	}
	err_set(err, kind, "The server %s answered %d%s. %s", server, status,
		buf_str(&text), what);
	buf_clear(&text);
	return false;
}

void upload_not_understood(struct err *err, const char *server)
{
	if (err->kind == ERR_INVALID || err->kind == ERR_LIMIT) {
		err->kind = ERR_RETRY;
		err_prefix(err, "The server %s gave no usable answer", server);
	}
}
