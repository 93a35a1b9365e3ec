/*
 * POST /v1/echo: the smallest question that only the right server can answer,
 * and only to a device that it knows. For proving a new certificate
 * (enrol_prove.c) and for testing the connection (doctor_network.c).
 */
#include "client/echo.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/random.h"

#define ECHO_MAX 4096 /* bytes of the answer */

static void make_nonce(char nonce[CHECKIN_NONCE_SIZE])
{
	uint8_t bytes[(CHECKIN_NONCE_SIZE - 1) / 2];
	random_bytes(bytes, sizeof(bytes));
	hex_encode(nonce, bytes, sizeof(bytes));
}

static bool read_answer(const struct http_answer *answer,
			const struct note_verifier *verifier,
			const char *device, const char *nonce,
			struct checkin_echo *echo, struct err *err)
{
	struct checkin_echo found;
	struct err why = { .kind = ERR_NONE };
	if (!checkin_echo_read(buf_str(&answer->body), answer->body.len,
			       verifier, &found, &why)) {
		return err_set(err, ERR_INVALID, "%s", why.text);
	}
	if (!text_equal(found.nonce, nonce)) {
		return err_set(err, ERR_INVALID,
			       "The answer is one to another question.");
	}
	if (!text_equal(found.device, device)) {
		return err_set(err, ERR_INVALID,
			       "The server takes this device for another one.");
	}
	*echo = found;
	return true;
}

bool echo_ask(struct ask_way *way, const struct note_verifier *verifier,
	      const char *device, struct checkin_echo *echo, int *status,
	      struct err *err)
{
	char nonce[CHECKIN_NONCE_SIZE];
	struct http_answer answer = HTTP_ANSWER_INIT;
	make_nonce(nonce);
	const struct ask what = {
		.method = "POST",
		.target = CHECKIN_ECHO_TARGET,
		.body_type = "text/plain",
		.body = nonce,
		.body_len = strlen(nonce),
		.answer_bytes = ECHO_MAX,
		.last = true,
	};
	*status = 0;
	if (!ask_do(way, &what, &answer, err)) {
		return false;
	}
	*status = answer.head.status;
	bool ok = *status == 200 ? read_answer(&answer, verifier, device, nonce,
					       echo, err)
				 : ask_refused(way, &answer, err);
	http_answer_clear(&answer);
	return ok;
}
