/*
 * Requests of devices: who asks, which route, the answer's frame. The routes
 * are in api_uploads.c (machine data, and what both kinds share), api_sealed.c
 * (job data), api_notes.c and api_instructions.c. Who asks is peer.c's to say.
 */
#include "server/api.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "formats/checkin.h"
#include "server/api_call.h"
#include "server/fleet_limits.h"
#include "server/fleet_storage.h"
#include "server/ingest.h"
#include "server/peer.h"

const char *api_param(const struct api_call *call, const char *name)
{
	return exchange_param(call->exchange, name);
}

static bool read_device(struct api_call *call)
{
	return peer_read(call->exchange, call->peer, &call->refusal) &&
	       peer_device(call->server->db, call->peer, call->clock->utc(),
			   &call->device, &call->refusal);
}

/* "*" in a path stands for one transaction, "#" at its end for a number. */
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
	{ CHECKIN_TARGET, "POST", api_checkin },
	{ CHECKIN_ECHO_TARGET, "POST", api_echo },
	{ "/v1/instructions/#", "GET", api_instruction },
	{ "/v1/notices", "GET", api_notices },
	{ "/v1/recipients", "GET", api_recipients },
	{ NULL, NULL, NULL },
};
/* clang-format on */

static bool number_fits(const char *pattern, size_t before, const char *path,
			uint64_t *number)
{
	return strncmp(pattern, path, before) == 0 && path[before] != '0' &&
	       text_parse_u64(path + before, 1, INT64_MAX, number);
}

/* Does the path fit? What stands in it for "*" or "#" goes into call. */
static bool path_fits(const char *pattern, const char *path,
		      struct api_call *call)
{
	const char *star = strpbrk(pattern, "*#");
	if (star == NULL) {
		return strcmp(pattern, path) == 0;
	}
	if (*star == '#') {
		return number_fits(pattern, (size_t)(star - pattern), path,
				   &call->number);
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
	memcpy(call->transaction, id, sizeof(id));
	return true;
}

static bool run_route(struct api_call *call)
{
	const char *path = api_param(call, "PATH_INFO");
	const char *method = api_param(call, "REQUEST_METHOD");
	struct buf allowed = BUF_INIT;
	for (const struct route *route = routes; route->path != NULL; route++) {
		if (path == NULL || !path_fits(route->path, path, call)) {
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
	       kind == REFUSAL_OFTEN || kind == REFUSAL_QUOTA ||
	       refusal_status(kind) >= 500 ||
	       (call->in_pieces && refusal_is_passing(kind));
}

static const char *address_of(const struct api_call *call)
{
	const char *address = api_param(call, "REMOTE_ADDR");
	return address == NULL ? "" : address;
}

static void write_entry(struct api_call *call)
{
	struct err err = { 0 };
	if (!ingest_note_refusal(call->server,
				 call->device.id[0] == '\0' ? NULL
							    : call->device.id,
				 address_of(call), call->peer, &call->head,
				 &call->refusal, call->clock->utc(), &err)) {
		log_error(call->server->log, "ledger: %s", err.text);
	}
}

/*
 * Refusals stand in the running log and most of them in the ledger, but not
 * without end: the device may be broken, or not the vendor's friend.
 */
static void note_refusal(struct api_call *call)
{
	struct err err = { 0 };
	bool may = false;
	const struct stranger_words words = { "", call->device.id,
					      call->refusal.detail };
	strangers_log(&call->server->devices, call->server->log, &words,
		      call->clock->monotonic_ms());
	if (call->refusal.kind == REFUSAL_QUOTA &&
	    !fleet_storage_note(call->server->db, call->device.id,
				call->server->config->day_bytes,
				call->refused_at, &err)) {
		log_error(call->server->log, "ledger: %s", err.text);
	}
	if (is_no_entry(call)) {
		return;
	}
	if (!fleet_may_cause(call->server->db, call->device.id,
			     call->clock->utc(), &may, &err)) {
		log_error(call->server->log, "ledger: %s", err.text);
	}
	if (may) {
		write_entry(call);
	}
}

/*
 * One who is no device that stands. Anybody gets this far, so that nothing of
 * the request is read on and an entry is only for a certificate of ours, and
 * not for each time it comes.
 */
static void note_stranger(struct api_call *call)
{
	struct err err = { 0 };
	bool entry = false;
	struct strangers *strangers = &call->server->strangers;
	const struct stranger who = {
		.name = call->device.id,
		.address = address_of(call),
		.now = call->clock->utc(),
		.monotonic_ms = call->clock->monotonic_ms(),
	};
	const struct stranger_words words = { "stranger at ", who.address,
					      call->refusal.detail };
	strangers_log(strangers, call->server->log, &words, who.monotonic_ms);
	if (call->peer[0] == '\0' ||
	    refusal_status(call->refusal.kind) >= 500) {
		return;
	}
	if (!strangers_count(strangers, call->server->db, &who, &entry, &err)) {
		log_error(call->server->log, "ledger: %s", err.text);
	}
	if (entry) {
		write_entry(call);
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
	if (call->refusal.kind == REFUSAL_OFTEN) {
		buf_printf(&call->answer.fields, "Retry-After: %" PRId64 "\r\n",
			   fleet_checkin_pause(&call->device,
					       call->refused_at));
	}
	if (call->refusal.kind == REFUSAL_QUOTA) {
		buf_printf(&call->answer.fields, "Retry-After: %" PRId64 "\r\n",
			   fleet_storage_pause(call->refused_at));
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
	if (!read_device(&call)) {
		note_stranger(&call);
		refuse(&call);
	} else if (!run_route(&call)) {
		call.refused_at = clock->utc();
		api_body_drain(&call);
		note_refusal(&call);
		refuse(&call);
	}
	send_answer(&call);
	buf_clear(&call.answer.fields);
	buf_clear(&call.answer.body);
}
