/*
 * Sealed files over tus 1.0: creation, pieces, how far one is, cancelling, the
 * receipt. What is kept and when is sealed_intake.c's business. A request with
 * a piece ends when it brings nothing for a while, or after some minutes
 * anyway: what came is kept, the device goes on in another one, and no slow
 * line holds a worker for ever.
 */
#include "server/api_sealed.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "server/received.h"
#include "server/sealed.h"
#include "server/sealed_intake.h"

/* Less than this within [api] body_s is no progress. */
#define PROGRESS_BYTES 16384

static struct sealed_sender sender_of(const struct api_call *call,
				      const char *transaction)
{
	return (struct sealed_sender){
		.server = call->server,
		.device = call->device.id,
		.peer = call->peer,
		.transaction = transaction,
		.now = call->clock->utc(),
	};
}

/* RFC 9110, section 5.6.7; programs here keep the C locale. */
static void put_expires(struct api_call *call, int64_t at)
{
	char text[40];
	struct tm parts;
	time_t when = (time_t)at;
	if (gmtime_r(&when, &parts) != NULL &&
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts) >
		    0) {
		buf_printf(&call->answer.fields, "Upload-Expires: %s\r\n",
			   text);
	}
}

static bool put_receipt(struct api_call *call, int64_t number)
{
	struct err err = { 0 };
	call->answer.type = API_NOTE_TYPE;
	return sealed_receipt(call->server->db, number, &call->answer.body,
			      &err) ||
	       refusal_set_err(&call->refusal, REFUSAL_PATH, &err);
}

static void put_progress(struct api_call *call,
			 const struct sealed_progress *progress)
{
	api_put_number(call, "Upload-Offset", progress->offset);
	if (!progress->complete) {
		put_expires(call, progress->expires_at);
	}
}

/* What one request may still do. */
struct pace {
	int64_t until_ms; /* of this look at the progress */
	uint64_t bytes;   /* since the last one */
};

static bool check_pace(struct api_call *call, struct pace *pace, size_t len)
{
	int64_t now_ms = call->clock->monotonic_ms();
	int body_s = call->server->config->api_body_s;
	pace->bytes += len;
	if (call->body_left == 0) {
		return true;
	}
	bool still = now_ms >= pace->until_ms && pace->bytes < PROGRESS_BYTES;
	if (still || api_body_is_late(call)) {
		return refusal_set(&call->refusal, REFUSAL_SLOW,
				   "This request brought pieces for too long "
				   "or too slowly. What came is kept: ask for "
				   "the offset and go on there.");
	}
	if (now_ms >= pace->until_ms) {
		*pace = (struct pace){ now_ms + 1000LL * body_s, 0 };
	}
	return true;
}

/* The body into the file. What came is kept, whatever this returns. */
static bool feed_body(struct api_call *call, struct sealed_intake *intake)
{
	uint8_t piece[API_PIECE_BYTES];
	struct pace pace = { call->deadline_ms, 0 };
	api_body_allow(call, call->server->config->api_piece_s);
	while (call->body_left > 0) {
		size_t len = api_body_piece(call, piece);
		if (len == 0) {
			return refusal_set(&call->refusal, REFUSAL_CUT,
					   "The body ended early. What came "
					   "is kept.");
		}
		if (!sealed_intake_feed(intake, piece, len, &call->refusal) ||
		    !check_pace(call, &pace, len)) {
			return false;
		}
	}
	return true;
}

/* The body, and what follows from it. */
static bool take_body(struct api_call *call, struct sealed_intake *intake,
		      struct sealed_progress *progress)
{
	bool fed = feed_body(call, intake);
	struct refusal after = { 0 };
	struct sealed_progress reached = { 0 };
	bool ended = sealed_intake_end(intake, &reached, &after);
	if (!ended) {
		/* Without a reason of its own: that of the body stands. */
		return after.kind != REFUSAL_NONE &&
		       refusal_set(&call->refusal, after.kind, "%s",
				   after.detail);
	}
	if (!fed) {
		put_progress(call, &reached);
		return false;
	}
	*progress = reached;
	return true;
}

static bool create_body(struct api_call *call,
			const struct sealed_sender *sender,
			struct sealed_progress *progress)
{
	struct sealed_intake *intake = NULL;
	if (!sealed_intake_open(sender, &intake, &call->refusal)) {
		return false;
	}
	/* Another request may have begun it meanwhile: then it goes on. */
	bool ok = true;
	if (sealed_intake_offset(intake) == 0) {
		ok = take_body(call, intake, progress);
	} else {
		api_body_drain(call);
	}
	sealed_intake_free(intake);
	return ok;
}

bool api_sealed_create(struct api_call *call)
{
	struct sealed_sender sender = sender_of(call, call->head.transaction);
	struct sealed_progress progress;
	call->in_pieces = true;
	if (!sealed_intake_create(&sender, &call->head, &call->refusal) ||
	    !sealed_intake_progress(&sender, &progress, &call->refusal)) {
		return false;
	}
	if (call->head.body_bytes > 0) {
		if (progress.offset > 0) {
			api_body_drain(call);
		} else if (!create_body(call, &sender, &progress)) {
			return false;
		}
	}
	put_progress(call, &progress);
	return !progress.complete || put_receipt(call, progress.number);
}

bool api_sealed_head(struct api_call *call)
{
	struct sealed_sender sender = sender_of(call, call->transaction);
	struct sealed_progress progress;
	if (!sealed_intake_progress(&sender, &progress, &call->refusal)) {
		return false;
	}
	call->answer.status = 200;
	put_progress(call, &progress);
	api_put_number(call, "Upload-Length", progress.bytes);
	return true;
}

bool api_sealed_receipt(struct api_call *call)
{
	struct sealed_sender sender = sender_of(call, call->transaction);
	struct sealed_progress progress;
	if (!sealed_intake_progress(&sender, &progress, &call->refusal)) {
		return false;
	}
	if (!progress.complete) {
		return refusal_set(&call->refusal, REFUSAL_PATH,
				   "The upload is not complete: there is no "
				   "receipt yet.");
	}
	call->answer.status = 200;
	return put_receipt(call, progress.number);
}

/* Does the piece begin where the file ends, and end where that may? */
static bool check_place(struct api_call *call, uint64_t offset, uint64_t bytes,
			uint64_t here, uint64_t whole)
{
	if (offset != here) {
		api_put_number(call, "Upload-Offset", here);
		return refusal_set(&call->refusal, REFUSAL_OFFSET,
				   "%" PRIu64 " bytes are here; the piece "
				   "begins at %" PRIu64 ".",
				   here, offset);
	}
	if (bytes > whole - here) {
		return refusal_set(&call->refusal, REFUSAL_SIZE,
				   "The piece goes beyond Upload-Length. "
				   "Nothing of it was kept.");
	}
	return true;
}

static bool patch(struct api_call *call, const struct sealed_sender *sender,
		  uint64_t offset, uint64_t bytes,
		  struct sealed_progress *progress)
{
	struct sealed_intake *intake = NULL;
	if (!sealed_intake_open(sender, &intake, &call->refusal)) {
		return false;
	}
	bool ok = check_place(call, offset, bytes, sealed_intake_offset(intake),
			      sealed_intake_bytes(intake)) &&
		  take_body(call, intake, progress);
	sealed_intake_free(intake);
	return ok;
}

bool api_upload_patch(struct api_call *call)
{
	struct sealed_sender sender = sender_of(call, call->transaction);
	struct upload_fields fields = api_upload_fields(call);
	struct sealed_progress progress;
	uint64_t offset = 0;
	uint64_t bytes = 0;
	call->in_pieces = true;
	memcpy(call->head.transaction, call->transaction,
	       sizeof(call->transaction));
	if (!upload_piece_read(&fields, &offset, &bytes, &call->refusal) ||
	    !sealed_intake_progress(&sender, &progress, &call->refusal)) {
		return false;
	}
	bool ok = progress.complete
			  ? check_place(call, offset, bytes, progress.offset,
					progress.bytes)
			  : patch(call, &sender, offset, bytes, &progress);
	if (ok) {
		call->answer.status = 204;
		put_progress(call, &progress);
	}
	return ok;
}

bool api_upload_delete(struct api_call *call)
{
	struct sealed_sender sender = sender_of(call, call->transaction);
	struct err err = { 0 };
	struct received item;
	memcpy(call->head.transaction, call->transaction,
	       sizeof(call->transaction));
	if (received_find(call->server->db, call->device.id, call->transaction,
			  &item, &err)) {
		return refusal_set(&call->refusal, REFUSAL_COMPLETE,
				   "The transmission is complete and its "
				   "receipt was given.");
	}
	if (!sealed_intake_cancel(&sender, &call->refusal)) {
		return false;
	}
	log_info(call->server->log, "%s: %s cancelled", call->device.id,
		 call->transaction);
	call->answer.status = 204;
	return true;
}
