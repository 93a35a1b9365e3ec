/*
 * GET /v1/instructions/N: one signed instruction, for the device that asks and
 * for no other. It was signed when it was made; here it is handed out as it
 * is, and the device checks it by a key of its own.
 */
#include "base/text.h"
#include "server/api_call.h"
#include "server/instructions.h"

bool api_instruction(struct api_call *call)
{
	struct err err = { 0 };
	if (instructions_note(call->server->db, call->device.id, call->number,
			      call->clock->utc(), &call->answer.body, &err)) {
		call->answer.status = 200;
		call->answer.type = API_NOTE_TYPE;
		return true;
	}
	if (err.kind == ERR_NOT_FOUND) {
		return refusal_set_err(&call->refusal, REFUSAL_PATH, &err);
	}
	log_error(call->server->log, "instructions: %s", err.text);
	return refusal_set_err(&call->refusal, REFUSAL_STORAGE, &err);
}
