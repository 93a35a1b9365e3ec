/*
 * Texts that devices ask for: notices of what became of their sealed files,
 * and the vendor's list of recipients. Both are signed notes that the device
 * checks by keys of its own.
 */
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "server/api_call.h"
#include "server/notices.h"

/* "after=N", or nothing for all. */
static bool read_after(struct api_call *call, int64_t *after)
{
	static const char name[] = "after=";
	const char *query = api_param(call, "QUERY_STRING");
	*after = 0;
	return query == NULL || query[0] == '\0' ||
	       (text_starts_with(query, name) &&
		text_parse_i64(query + strlen(name), 0, INT64_MAX, after)) ||
	       refusal_set(&call->refusal, REFUSAL_SYNTAX,
			   "Only \"after=N\" can be asked for, with the "
			   "number of a notice.");
}

bool api_notices(struct api_call *call)
{
	struct err err = { 0 };
	struct note_signer signer = { call->server->signer,
				      &call->server->key };
	int64_t after = 0;
	if (!read_after(call, &after)) {
		return false;
	}
	if (!notices_write(call->server->db, call->device.id, after, &signer,
			   &call->answer.body, &err)) {
		log_error(call->server->log, "notices: %s", err.text);
		return refusal_set_err(&call->refusal, REFUSAL_BUG, &err);
	}
	call->answer.status = 200;
	call->answer.type = API_NOTE_TYPE;
	return true;
}

bool api_recipients(struct api_call *call)
{
	struct err err = { 0 };
	char *path = server_config_state_path(call->server->config,
					      SERVER_RECIPIENTS);
	bool ok = files_read(path, NOTE_MAX_BYTES, &call->answer.body, &err);
	mem_free(path);
	if (!ok && err.kind == ERR_NOT_FOUND) {
		return refusal_set(&call->refusal, REFUSAL_PATH,
				   "This server holds no list of recipients.");
	}
	if (!ok) {
		log_error(call->server->log, "recipients: %s", err.text);
		return refusal_set_err(&call->refusal, REFUSAL_STORAGE, &err);
	}
	call->answer.status = 200;
	call->answer.type = API_NOTE_TYPE;
	return true;
}
