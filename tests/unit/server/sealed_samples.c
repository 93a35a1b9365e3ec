/*
 * Sealed uploads for the tests of the server and of its pages.
 */
#include "tests/unit/server/sealed_samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/sealed_intake.h"

void sealed_bytes(struct buf *out, size_t len, unsigned seed)
{
	uint32_t x = seed + 1;
	buf_put_str(out, "age-encryption.org/v1\n");
	while (out->len < len) {
		x = x * 1664525u + 1013904223u;
		buf_put_char(out, (char)(x >> 24));
	}
}

void sealed_head_of(struct upload_head *head, const char *transaction,
		    const struct buf *whole)
{
	*head = (struct upload_head){
		.kind = UPLOAD_SEALED,
		.bytes = whole->len,
		.purpose = SEALED_PURPOSE,
		.recipients = SEALED_KEYS,
	};
	snprintf(head->transaction, sizeof(head->transaction), "%s",
		 transaction);
	sha256_bytes(whole->data, whole->len, head->sha256);
}

void sealed_receive(struct samples *s, const char *device, unsigned n,
		    size_t len, int64_t now, struct sealed *item)
{
	struct buf whole = BUF_INIT;
	struct upload_head head;
	struct sealed_progress progress = { 0 };
	struct sealed_intake *intake = NULL;
	struct refusal refusal = { 0 };
	struct err err = { 0 };
	char id[UUID_TEXT_SIZE];
	samples_transaction(id, n);
	const struct sealed_sender sender = {
		.server = &s->server,
		.device = device,
		.peer = strcmp(device, SAMPLES_DEVICE) == 0 ? s->device.sha256
							    : s->other.sha256,
		.transaction = id,
		.now = now,
	};
	sealed_bytes(&whole, len, n);
	sealed_head_of(&head, id, &whole);
	if (!sealed_intake_create(&sender, &head, &refusal) ||
	    !sealed_intake_open(&sender, &intake, &refusal) ||
	    !sealed_intake_feed(intake, whole.data, whole.len, &refusal) ||
	    !sealed_intake_end(intake, &progress, &refusal)) {
		fail_msg("%s", refusal.detail);
	}
	assert_true(progress.complete);
	sealed_intake_free(intake);
	if (!sealed_find(s->server.db, device, id, item, &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&whole);
}

struct sealed_keeper sealed_keeper_of(struct samples *s)
{
	return (struct sealed_keeper){ &s->config, s->server.db, &s->log };
}

char *sealed_path(const struct samples *s, const char *device,
		  const char *transaction, const char *end)
{
	struct buf path = BUF_INIT;
	buf_printf(&path, "%s/" SERVER_SEALED "/%s/%s%s", s->config.state,
		   device, transaction, end);
	return buf_take_str(&path);
}
