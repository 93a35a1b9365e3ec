/*
 * Bodies of devices' requests, piece by piece under a deadline. What a piece
 * is for is decided by the routes in api_uploads.c and api_sealed.c.
 */
#include "base/text.h"
#include "server/api_call.h"

/* A refused body that is longer is not read: then the line is cut. */
#define DRAIN_MAX_BYTES (1024u * 1024u)

void api_body_begin(struct api_call *call)
{
	const char *length = api_param(call, "CONTENT_LENGTH");
	if (length == NULL ||
	    !text_parse_u64(length, 0, INT64_MAX, &call->body_left)) {
		call->body_left = 0;
	}
	api_body_allow(call, call->server->config->api_body_s);
}

void api_body_allow(struct api_call *call, int seconds)
{
	call->deadline_ms = call->clock->monotonic_ms() + 1000LL * seconds;
}

size_t api_body_piece(struct api_call *call, uint8_t piece[API_PIECE_BYTES])
{
	size_t want = call->body_left < API_PIECE_BYTES
			      ? (size_t)call->body_left
			      : API_PIECE_BYTES;
	if (want == 0 || call->body_ended) {
		return 0;
	}
	ssize_t got = call->exchange->read(call->exchange->ctx, piece, want);
	if (got <= 0) {
		call->body_ended = true;
		return 0;
	}
	call->body_left -= (uint64_t)got;
	return (size_t)got;
}

bool api_body_is_late(const struct api_call *call)
{
	return call->clock->monotonic_ms() >= call->deadline_ms;
}

void api_body_drain(struct api_call *call)
{
	uint8_t piece[API_PIECE_BYTES];
	if (call->body_left > DRAIN_MAX_BYTES) {
		return;
	}
	while (!api_body_is_late(call) && api_body_piece(call, piece) > 0) {
		continue;
	}
}
