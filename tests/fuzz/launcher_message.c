/*
 * Any bytes as a request and as a reply: what is read keeps the limits and is
 * written the same again.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "client/launcher_message.h"

#define OUT_MAX 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t bytes[LAUNCHER_REQUEST_SIZE] = { 0 };
	uint8_t again[LAUNCHER_REQUEST_SIZE] = { 0 };
	struct launcher_reply reply;
	struct launcher_request request;

	memcpy(bytes, data, size < sizeof(bytes) ? size : sizeof(bytes));
	if (launcher_read_request(bytes, &request, NULL)) {
		launcher_put_request(again, &request);
		if (memcmp(again, bytes, LAUNCHER_REQUEST_SIZE) != 0 ||
		    (request.kind == LAUNCHER_JOB_GET) !=
			    job_id_valid(request.job)) {
			abort();
		}
	}
	if (launcher_read_reply(bytes, OUT_MAX, &reply, NULL)) {
		launcher_put_reply(again, &reply);
		if (memcmp(again, bytes, LAUNCHER_REPLY_SIZE) != 0 ||
		    reply.text_bytes >= ERR_TEXT_SIZE ||
		    reply.said_bytes > LAUNCHER_SAID_MAX ||
		    reply.out_bytes > OUT_MAX) {
			abort();
		}
	}
	return 0;
}
