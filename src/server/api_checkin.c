/*
 * POST /v1/checkin and POST /v1/echo: small bodies whole in memory, signed
 * answers. What a check-in changes is checkins.c's; an echo changes nothing.
 */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "server/api_call.h"
#include "server/checkins.h"

/* The whole body; refused when it is longer or ends early. */
static bool read_body(struct api_call *call, size_t max, struct buf *body)
{
	uint8_t *piece;
	if (call->body_left > max) {
		return refusal_set(&call->refusal, REFUSAL_SIZE,
				   "At most %zu bytes are taken here.", max);
	}
	piece = mem_alloc(API_PIECE_BYTES);
	for (size_t len; (len = api_body_piece(call, piece)) > 0;) {
		buf_put(body, piece, len);
		if (call->body_left > 0 && api_body_is_late(call)) {
			mem_free(piece);
			return refusal_set(&call->refusal, REFUSAL_SLOW,
					   "The body took too long.");
		}
	}
	mem_free(piece);
	return call->body_left == 0 || refusal_set(&call->refusal, REFUSAL_CUT,
						   "The body ended early.");
}

static bool check_type(struct api_call *call)
{
	const char *type = api_param(call, "CONTENT_TYPE");
	size_t len = strlen(CHECKIN_MEDIA_TYPE);
	return (type != NULL && text_starts_with(type, CHECKIN_MEDIA_TYPE) &&
		(type[len] == '\0' || type[len] == ';')) ||
	       refusal_set(&call->refusal, REFUSAL_TYPE,
			   "A check-in is " CHECKIN_MEDIA_TYPE ".");
}

static bool give_note(struct api_call *call)
{
	call->answer.status = 200;
	call->answer.type = API_NOTE_TYPE;
	return true;
}

bool api_checkin(struct api_call *call)
{
	struct checkin_request *request = mem_zalloc(sizeof(*request));
	struct buf body = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	bool ok =
		check_type(call) && read_body(call, CHECKIN_REQUEST_MAX, &body);
	if (ok && !checkin_request_read(body.data, body.len, request, &err)) {
		ok = refusal_set(&call->refusal, REFUSAL_CONTENT, "%s",
				 err.text);
	}
	ok = ok && checkins_answer(call->server, &call->device, request,
				   call->clock->utc(), &call->answer.body,
				   &call->refusal);
	buf_clear(&body);
	mem_free(request);
	return ok && give_note(call);
}

bool api_echo(struct api_call *call)
{
	const struct note_signer signer = { call->server->signer,
					    &call->server->key };
	struct checkin_echo echo = { .time = call->clock->utc() };
	struct buf body = BUF_INIT, text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	bool ok = read_body(call, CHECKIN_NONCE_SIZE - 1, &body);
	if (ok) {
		(void)!text_copy(echo.device, sizeof(echo.device),
				 call->device.id);
		(void)!text_copy(echo.nonce, sizeof(echo.nonce),
				 buf_str(&body));
		ok = checkin_echo_put(&text, &echo, &err) ||
		     refusal_set(&call->refusal, REFUSAL_CONTENT,
				 "The body of an echo is 32 hex digits.");
	}
	if (ok &&
	    !note_sign(buf_str(&text), &signer, 1, &call->answer.body, &err)) {
		ok = refusal_set_err(&call->refusal, REFUSAL_BUG, &err);
	}
	buf_clear(&text);
	buf_clear(&body);
	return ok && give_note(call);
}
