/*
 * Requests to a server over one connection after another: opens it when it is
 * needed, tells the stages once, repeats what may come twice when a
 * connection that had worked was lost. What an answer means is the caller's
 * to say; connecting and the words for a refusal are upload_parts.c's.
 */
#include "net/ask.h"

#include <string.h>

#include "net/upload_parts.h"

void ask_begin(struct ask_way *way, const struct upload_server *server,
	       const struct upload_watch *watch, int64_t now)
{
	*way = (struct ask_way){ .server = server, .watch = watch, .now = now };
}

static void close_connection(struct ask_way *way)
{
	tls_client_close(way->tls);
	way->tls = NULL;
}

void ask_end(struct ask_way *way)
{
	close_connection(way);
}

static bool may_go(const struct ask_way *way, struct err *err)
{
	const struct upload_watch *watch = way->watch;
	return way->whole || watch->going == NULL ||
	       watch->going(watch->ctx, err);
}

/* Each stage is told once, however many connections it takes. */
static bool open_connection(struct ask_way *way, struct err *err)
{
	const struct upload_watch *watch = way->watch;
	if (way->tls != NULL) {
		return true;
	}
	if (way->told ? !may_go(way, err)
		      : !upload_tell(watch, UPLOAD_CONNECTING, NULL, err)) {
		return false;
	}
	if (!upload_connect(way->server, watch, way->now, &way->tls, err)) {
		return false;
	}
	if (way->told) {
		return true;
	}
	way->told = true;
	tls_client_peer(way->tls, way->peer);
	return upload_tell(watch, UPLOAD_CONNECTED, way->peer, err) &&
	       upload_tell(watch, UPLOAD_SENDING, way->peer, err);
}

bool ask_exchange(struct ask_way *way, struct http_request *request,
		  struct http_limits limits, struct http_answer *answer,
		  struct err *err)
{
	const struct upload_watch *watch = way->watch;
	const struct deadline_check check = { watch->going, watch->ctx };
	struct err why = { .kind = ERR_NONE };
	struct buf host = BUF_INIT;
	way->lost = false;
	way->too_long = false;
	if (!open_connection(way, err)) {
		return false;
	}
	upload_put_host(&host, way->server);
	request->host = buf_str(&host);
	limits.stop_fd = watch->stop_fd;
	limits.check = watch->going != NULL && !way->whole ? &check : NULL;
	bool ok = http_exchange(way->tls, request, &limits, way->now, answer,
				&why);
	buf_clear(&host);
	request->host = NULL;
	if (ok) {
		way->answered = true;
	} else {
		way->lost = tls_client_is_lost(way->tls);
		way->too_long = why.kind == ERR_LIMIT;
		upload_not_understood(&why, way->server->name);
		err_set(err, why.kind, "%s", why.text);
	}
	if (!ok || !answer->keep) {
		close_connection(way);
	}
	return ok;
}

bool ask_may_replace(struct ask_way *way)
{
	bool may = way->lost && way->answered && !way->replaced;
	way->replaced = way->replaced || may;
	return may;
}

bool ask_again(struct ask_way *way, struct http_request *request,
	       const struct http_limits *limits, struct http_answer *answer,
	       struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (ask_exchange(way, request, *limits, answer, &why)) {
		return true;
	}
	if (ask_may_replace(way)) {
		return ask_exchange(way, request, *limits, answer, err);
	}
	return err_set(err, why.kind, "%s", why.text);
}

struct http_limits ask_limits(const struct ask_way *way)
{
	const struct upload_limits *limits = upload_limits_of(way->server);
	return (struct http_limits){
		.idle_ms = limits->idle_ms,
		.send_ms = limits->idle_ms,
		.answer_ms = limits->answer_ms,
		.answer_bytes = ASK_BYTES,
	};
}

bool ask_do(struct ask_way *way, const struct ask *what,
	    struct http_answer *answer, struct err *err)
{
	struct http_limits limits = ask_limits(way);
	struct http_request request = {
		.method = what->method,
		.target = what->target,
		.fields = what->fields,
		.body_type = what->body_type,
		.body = { .data = what->body,
			  .fd = -1,
			  .size = what->body_len },
		.keep = !what->last,
	};
	if (what->answer_bytes != 0) {
		limits.answer_bytes = what->answer_bytes;
	}
	return ask_again(way, &request, &limits, answer, err);
}

bool ask_refused(const struct ask_way *way, const struct http_answer *answer,
		 struct err *err)
{
	int status = answer->head.status;
	enum err_kind kind =
		status == 404 ? ERR_NOT_FOUND : upload_kind_of(status);
	if (kind == ERR_INVALID) {
		/* nothing that was, or was to be, sent again */
		struct buf words = BUF_INIT;
		upload_put_words(answer, &words);
		err_set(err, kind, "The server %s answered %d%s.",
			way->server->name, status, buf_str(&words));
		buf_clear(&words);
		return false;
	}
	return upload_refused(answer, kind, way->server->name, err);
}

void ask_put_words(const struct http_answer *answer, struct buf *text)
{
	upload_put_words(answer, text);
}
