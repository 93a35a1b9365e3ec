/*
 * Uploads of devices: what machine data and job data share, and the whole of
 * machine data, whose body ingest.c takes. Sealed files are api_sealed.c's.
 */
#include <inttypes.h>

#include "documents/transmission.h"
#include "server/api_sealed.h"
#include "server/ingest.h"
#include "server/received.h"
#include "server/sealed.h"

void api_put_number(struct api_call *call, const char *name, uint64_t value)
{
	buf_printf(&call->answer.fields, "%s: %" PRIu64 "\r\n", name, value);
}

struct upload_fields api_upload_fields(const struct api_call *call)
{
	return (struct upload_fields){
		.tus_resumable = api_param(call, "HTTP_TUS_RESUMABLE"),
		.upload_length = api_param(call, "HTTP_UPLOAD_LENGTH"),
		.upload_metadata = api_param(call, "HTTP_UPLOAD_METADATA"),
		.repr_digest = api_param(call, "HTTP_REPR_DIGEST"),
		.idempotency_key = api_param(call, "HTTP_IDEMPOTENCY_KEY"),
		.content_type = api_param(call, "CONTENT_TYPE"),
		.content_length = api_param(call, "CONTENT_LENGTH"),
		.upload_offset = api_param(call, "HTTP_UPLOAD_OFFSET"),
	};
}

/* The body into the ingest, under a deadline for the whole of it. */
static bool read_body(struct api_call *call, struct ingest *ingest)
{
	uint8_t piece[API_PIECE_BYTES];
	for (;;) {
		size_t len = api_body_piece(call, piece);
		if (len == 0) {
			return true; /* ingest_finish() says what is missing */
		}
		if (!ingest_feed(ingest, piece, len, &call->refusal)) {
			return false;
		}
		if (call->body_left > 0 && api_body_is_late(call)) {
			return refusal_set(&call->refusal, REFUSAL_SLOW,
					   "The upload took longer than %d "
					   "seconds.",
					   call->server->config->api_body_s);
		}
	}
}

static bool create_transmission(struct api_call *call)
{
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
	call->answer.type = API_NOTE_TYPE;
	api_put_number(call, "Upload-Offset", call->head.bytes);
	return true;
}

bool api_upload_create(struct api_call *call)
{
	struct upload_fields fields = api_upload_fields(call);
	if (!upload_head_read(&fields,
			      server_config_sealed_max(call->server->config),
			      &call->head, &call->refusal)) {
		return false;
	}
	bool ok = call->head.kind == UPLOAD_SEALED ? api_sealed_create(call)
						   : create_transmission(call);
	if (ok) {
		call->answer.status = 201;
		buf_printf(&call->answer.fields,
			   "Location: " API_UPLOADS "/%s\r\n",
			   call->head.transaction);
	}
	return ok;
}

bool api_options(struct api_call *call)
{
	call->answer.status = 204;
	buf_put_str(&call->answer.fields,
		    "Tus-Version: " UPLOAD_TUS_VERSION "\r\n"
		    "Tus-Extension: creation,creation-with-upload,"
		    "termination,expiration\r\n");
	api_put_number(call, "Tus-Max-Size",
		       server_config_sealed_max(call->server->config));
	return true;
}

/* *found = false without a refusal: it is no transmission. */
static bool find_transmission(struct api_call *call, struct received *item,
			      bool *found)
{
	struct err err = { 0 };
	*found = received_find(call->server->db, call->device.id,
			       call->transaction, item, &err);
	return *found || err.kind == ERR_NOT_FOUND ||
	       refusal_set_err(&call->refusal, REFUSAL_PATH, &err);
}

bool api_upload_head(struct api_call *call)
{
	struct received item;
	bool found = false;
	if (!find_transmission(call, &item, &found)) {
		return false;
	}
	if (!found) {
		return api_sealed_head(call);
	}
	call->answer.status = 200;
	api_put_number(call, "Upload-Offset", item.bytes);
	api_put_number(call, "Upload-Length", item.bytes);
	return true;
}

bool api_upload_receipt(struct api_call *call)
{
	struct err err = { 0 };
	struct received item;
	bool found = false;
	if (!find_transmission(call, &item, &found)) {
		return false;
	}
	if (!found) {
		return api_sealed_receipt(call);
	}
	if (!received_receipt(call->server->db, item.number, &call->answer.body,
			      &err)) {
		return refusal_set_err(&call->refusal, REFUSAL_PATH, &err);
	}
	call->answer.status = 200;
	call->answer.type = API_NOTE_TYPE;
	return true;
}
