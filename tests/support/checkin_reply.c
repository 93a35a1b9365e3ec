/* Answers to check-ins, right but for what the faults make wrong. */
#include "tests/support/checkin_reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "formats/checkin.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"
#include "tests/support/fault_list.h"

static bool has(const struct checkin_reply *server, const char *name)
{
	return fault_list_has(server->faults, name, NULL);
}

static uint64_t number(const struct checkin_reply *server, const char *name,
		       uint64_t otherwise)
{
	return fault_list_number(server->faults, name, otherwise);
}

static int64_t time_of(const struct checkin_reply *server)
{
	return clock_utc_now() + (int64_t)number(server, "ahead", 0) -
	       (int64_t)number(server, "behind", 0);
}

/* Takes every head, as a witness that trusts too much. */
static void witness(const struct checkin_reply *server,
		    const struct checkin_request *r, struct checkin_answer *a)
{
	struct buf line = BUF_INIT;
	struct checkpoint head;
	char problem[FAULT_VALUE_SIZE];
	size_t len = strlen(r->checkpoint), text_len;
	if (len > 0 && fault_list_has(server->faults, "head", problem)) {
		(void)!text_copy(a->witness_problem, sizeof(a->witness_problem),
				 problem);
	} else if (len > 0 &&
		   note_text_size(r->checkpoint, len, &text_len, NULL) &&
		   checkpoint_read_text(r->checkpoint, text_len, &head, NULL)) {
		struct note_signer signer = *server->signer;
		struct ed25519_key other;
		if (has(server, "other-witness")) {
			ed25519_generate(&other);
			signer.key = &other;
		}
		*server->witnessed = head.size;
		if (!cosignature_make(r->checkpoint, len, &signer, a->time,
				      &line, NULL)) {
			abort();
		}
		(void)!text_copy(a->cosignature, sizeof(a->cosignature),
				 buf_str(&line));
	}
	a->witnessed = number(server, "witnessed", *server->witnessed);
	buf_clear(&line);
}

static void sign(const struct checkin_reply *server, const struct buf *text,
		 struct buf *note)
{
	struct note_signer signer = *server->signer;
	struct ed25519_key other;
	if (has(server, "other-key")) {
		ed25519_generate(&other);
		signer.key = &other;
	}
	if (!note_sign(buf_str(text), &signer, 1, note, NULL)) {
		abort();
	}
}

static void spoil_names(const struct checkin_reply *server, char *device,
			char *nonce)
{
	if (has(server, "other-device")) {
		(void)strcpy(device, "other-7");
	}
	if (has(server, "other-nonce")) {
		nonce[0] = nonce[0] == '0' ? '1' : '0';
	}
}

static bool reply(const struct checkin_reply *server, const struct buf *body,
		  struct buf *note)
{
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	struct checkin_answer a = { .time = time_of(server) };
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	bool ok = checkin_request_read(body->data, body->len, r, &err);
	if (!ok) {
		(void)printf("no check-in: %s\n", err.text);
		goto out;
	}
	(void)printf("check-in outcomes=%zu rows=%zu key=%d old=%" PRIu64
		     " head=%d version=%s\n",
		     r->outcomes_count, r->rows_count, r->ledger_key[0] != '\0',
		     r->old_size, r->checkpoint[0] != '\0', r->version);
	(void)strcpy(a.device, r->device);
	(void)strcpy(a.nonce, r->nonce);
	a.interval_s = (int64_t)number(server, "interval", 3600);
	a.instruction = number(server, "instruction", 0);
	a.answered = number(server, "answered", 0);
	a.notices = number(server, "notices", 0);
	a.recipients = number(server, "recipients", 0);
	witness(server, r, &a);
	spoil_names(server, a.device, a.nonce);
	if (!checkin_answer_put(&text, &a, NULL)) {
		abort();
	}
	sign(server, &text, note);
out:
	buf_clear(&text);
	mem_free(r);
	return ok;
}

static bool echo(const struct checkin_reply *server, const struct buf *body,
		 struct buf *note)
{
	struct checkin_echo e = { .time = time_of(server) };
	struct buf text = BUF_INIT;
	(void)strcpy(e.device, server->device);
	if (!text_copy(e.nonce, sizeof(e.nonce), buf_str(body))) {
		return false;
	}
	spoil_names(server, e.device, e.nonce);
	bool ok = checkin_echo_put(&text, &e, NULL);
	if (ok) {
		sign(server, &text, note);
	}
	buf_clear(&text);
	return ok;
}

bool checkin_reply(const struct checkin_reply *server, const char *target,
		   const struct buf *body, struct buf *note)
{
	if (text_equal(target, CHECKIN_TARGET)) {
		return reply(server, body, note);
	}
	return text_equal(target, CHECKIN_ECHO_TARGET) &&
	       echo(server, body, note);
}
