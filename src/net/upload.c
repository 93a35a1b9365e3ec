/*
 * One upload to the Communication Server in one request: POST as docs/wire.md
 * has it (creation with upload). Knows bytes and a type, not what they mean;
 * whether the receipt is good is client/receipt's to say. Connecting and the
 * sorting of answers are upload_parts.c's, uploads that go on where they were
 * interrupted upload_resumable.c's.
 */
#include "net/upload.h"

#include <string.h>

#include "net/tls_client.h"
#include "net/upload_parts.h"

static bool exchange(struct tls_client *tls, const struct upload_server *server,
		     const struct upload *upload,
		     const struct upload_watch *watch, int64_t now,
		     struct http_answer *answer, struct err *err)
{
	const struct deadline_check check = { watch->going, watch->ctx };
	const struct upload_limits *limits = upload_limits_of(server);
	struct upload_file what = {
		.transaction = upload->transaction,
		.type = upload->type,
		.size = upload->body.size,
	};
	memcpy(what.sha256, upload->sha256, SHA256_SIZE);
	struct upload_fields fields;
	struct buf host = BUF_INIT;
	upload_fields_make(&fields, &what);
	upload_put_host(&host, server);
	const struct http_request request = {
		.method = "POST",
		.target = UPLOAD_TARGET,
		.host = buf_str(&host),
		.fields = fields.list,
		.body_type = UPLOAD_BODY_TYPE,
		.body = upload->body,
	};
	const struct http_pace pace = { .rate = upload->rate };
	const struct http_limits within = {
		.idle_ms = limits->idle_ms,
		.send_ms =
			upload_send_ms(limits, upload->body.size, upload->rate),
		.answer_ms = limits->answer_ms,
		.answer_bytes = UPLOAD_RECEIPT_MAX,
		.stop_fd = watch->stop_fd,
		.check = watch->going != NULL ? &check : NULL,
		.pace = &pace,
	};
	bool ok = http_exchange(tls, &request, &within, now, answer, err);
	upload_fields_clear(&fields);
	buf_clear(&host);
	return ok;
}

static bool take_answer(struct http_answer *got, const char *name,
			struct upload_answer *answer, struct err *err)
{
	upload_note(answer, got);
	if (answer->status != 200 && answer->status != 201) {
		return upload_refused(got, upload_kind_of(answer->status), name,
				      err);
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

bool upload_send(const struct upload_server *server,
		 const struct upload *upload, const struct upload_watch *watch,
		 int64_t now, struct upload_answer *answer, struct err *err)
{
	struct tls_client *tls = NULL;
	struct http_answer got = HTTP_ANSWER_INIT;
	uint8_t peer[SHA256_SIZE];
	bool ok = false;
	if (!upload_tell(watch, UPLOAD_CONNECTING, NULL, err)) {
		return false;
	}
	struct err why = { .kind = ERR_NONE };
	if (!upload_connect(server, watch, now, &tls, err)) {
		return false;
	}
	tls_client_peer(tls, peer);
	if (!upload_tell(watch, UPLOAD_CONNECTED, peer, err) ||
	    !upload_tell(watch, UPLOAD_SENDING, peer, err)) {
		goto out;
	}
	if (!exchange(tls, server, upload, watch, now, &got, &why)) {
		upload_not_understood(&why, server->name);
		err_set(err, why.kind, "%s", why.text);
		goto out;
	}
	ok = upload_tell(watch, UPLOAD_SENT, peer, err) &&
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
