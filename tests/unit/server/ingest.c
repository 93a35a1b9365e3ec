/*
 * Taking an upload: everything must agree, or nothing is kept.
 */
#include "server/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "server/fleet_storage.h"
#include "server/received.h"
#include "tests/unit/server/samples.h"

/* Feeds the body in pieces of this size and finishes. */
static bool take(struct samples *s, const char *device, const char *peer,
		 const struct upload_head *head, const struct buf *body,
		 size_t piece, struct buf *receipt, bool *repeated,
		 struct refusal *refusal)
{
	struct fleet_device row = { 0 };
	snprintf(row.id, sizeof(row.id), "%s", device);
	struct ingest *ingest = ingest_begin(&s->server, &row, peer, head);
	bool ok = true;
	for (size_t at = 0; ok && at < body->len; at += piece) {
		size_t len = body->len - at < piece ? body->len - at : piece;
		ok = ingest_feed(ingest, body->data + at, len, refusal);
	}
	ok = ok &&
	     ingest_finish(ingest, SAMPLES_NOW, receipt, repeated, refusal);
	if (!ok) {
		/* A refused one stays refused. */
		struct refusal again = { 0 };
		assert_false(ingest_finish(ingest, SAMPLES_NOW, receipt,
					   repeated, &again));
	}
	ingest_free(ingest);
	return ok;
}

static struct upload_head head_of(const char *id, const struct buf *body)
{
	struct upload_head head = { .bytes = body->len };
	snprintf(head.transaction, sizeof(head.transaction), "%s", id);
	sha256_bytes(body->data, body->len, head.sha256);
	return head;
}

/* The first upload of the device, and what stands above it. */
static struct upload_head make_upload(struct buf *body, char id[UUID_TEXT_SIZE])
{
	samples_transaction(id, 1);
	samples_upload(body, SAMPLES_DEVICE, id);
	return head_of(id, body);
}

/* The upload of the device must be refused for this reason, and leave nothing. */
static void refuse(struct samples *s, const char *peer,
		   const struct upload_head *head, const struct buf *body,
		   enum refusal_kind kind)
{
	struct buf receipt = BUF_INIT;
	struct refusal refusal = { 0 };
	struct received *list = NULL;
	struct err err = { 0 };
	bool repeated = false;
	size_t before = 0, after = 0;
	size_t entries = samples_entries(s, 0);
	assert_true(
		received_list(s->server.db, NULL, 0, 0, &list, &before, &err));
	mem_free(list);
	assert_false(take(s, SAMPLES_DEVICE, peer, head, body, 100, &receipt,
			  &repeated, &refusal));
	assert_int_equal(kind, refusal.kind);
	assert_int_equal(0, receipt.len);
	assert_true(
		received_list(s->server.db, NULL, 0, 0, &list, &after, &err));
	mem_free(list);
	assert_int_equal(before, after);
	assert_int_equal(entries, samples_entries(s, 0));
}

static void a_good_one_is_stored_with_its_receipt(void **state)
{
	struct samples *s = *state;
	struct buf body = BUF_INIT, receipt = BUF_INIT, kept = BUF_INIT;
	struct refusal refusal = { 0 };
	struct received item;
	struct fleet_device device;
	struct err err = { 0 };
	char id[UUID_TEXT_SIZE];
	bool repeated = true;
	struct upload_head head = make_upload(&body, id);
	assert_true(take(s, SAMPLES_DEVICE, s->device.sha256, &head, &body, 1,
			 &receipt, &repeated, &refusal));
	assert_false(repeated);
	assert_true(
		received_find(s->server.db, SAMPLES_DEVICE, id, &item, &err));
	assert_true(received_body(s->server.db, item.number, &kept, &err));
	assert_int_equal(body.len, kept.len);
	assert_memory_equal(body.data, kept.data, body.len);
	assert_string_equal("metering supplies", item.services);
	assert_string_equal("button", item.reason);
	assert_string_equal(s->device.sha256, item.certificate);
	assert_int_equal((1u << DOCUMENT_BILLING) |
				 (1u << DOCUMENT_SUPPLIES_USAGE),
			 item.documents);
	assert_int_equal(1, samples_entries(s, LEDGER_RECEIVED));
	assert_true(fleet_get(s->server.db, SAMPLES_DEVICE, &device, &err));
	assert_int_equal(SAMPLES_NOW, device.last_seen_at);
	assert_string_equal("Example Printer 7", device.make_and_model);
	assert_string_equal("metering supplies", device.services);

	struct note_verifier verifier;
	struct note_opened opened;
	assert_true(note_verifier_of(s->server.signer, s->server.key.public_key,
				     &verifier, &err));
	assert_true(note_open(buf_str(&receipt), receipt.len, &verifier, 1,
			      &opened, &err));
	assert_null(memmem(body.data, body.len, "canary", 6));
	buf_clear(&body);
	buf_clear(&receipt);
	buf_clear(&kept);
}

static void the_same_again_gives_the_same_receipt(void **state)
{
	struct samples *s = *state;
	struct buf body = BUF_INIT, one = BUF_INIT, two = BUF_INIT;
	struct refusal refusal = { 0 };
	char id[UUID_TEXT_SIZE];
	bool repeated = false;
	struct upload_head head = make_upload(&body, id);
	assert_true(take(s, SAMPLES_DEVICE, s->device.sha256, &head, &body,
			 4096, &one, &repeated, &refusal));
	assert_true(take(s, SAMPLES_DEVICE, s->device.sha256, &head, &body,
			 4096, &two, &repeated, &refusal));
	assert_true(repeated);
	assert_string_equal(buf_str(&one), buf_str(&two));
	assert_int_equal(1, samples_entries(s, LEDGER_RECEIVED));
	buf_clear(&one);
	buf_clear(&two);
	buf_clear(&body);
}

static void other_bytes_under_the_same_id_are_refused(void **state)
{
	struct samples *s = *state;
	struct buf body = BUF_INIT, receipt = BUF_INIT;
	struct refusal refusal = { 0 };
	char id[UUID_TEXT_SIZE];
	bool repeated = false;
	struct upload_head head = make_upload(&body, id);
	assert_true(take(s, SAMPLES_DEVICE, s->device.sha256, &head, &body,
			 4096, &receipt, &repeated, &refusal));
	char *value = memmem(body.data, body.len, "148211", 6);
	value[5] = '2';
	head = head_of(id, &body);
	refuse(s, s->device.sha256, &head, &body, REFUSAL_REUSED);
	buf_clear(&receipt);
	buf_clear(&body);
}

static void what_does_not_agree_is_refused(void **state)
{
	struct samples *s = *state;
	struct buf body = BUF_INIT;
	char id[UUID_TEXT_SIZE], other[UUID_TEXT_SIZE];
	samples_transaction(id, 1);
	samples_transaction(other, 2);
	samples_upload(&body, SAMPLES_DEVICE, id);

	struct upload_head head = head_of(id, &body);
	head.sha256[31] ^= 1;
	refuse(s, s->device.sha256, &head, &body, REFUSAL_DIGEST);

	head = head_of(other, &body);
	refuse(s, s->device.sha256, &head, &body, REFUSAL_CONTENT);

	head = head_of(id, &body);
	head.bytes += 1;
	refuse(s, s->device.sha256, &head, &body, REFUSAL_CUT);
	head.bytes -= 2;
	refuse(s, s->device.sha256, &head, &body, REFUSAL_CUT);

	buf_reset(&body);
	samples_upload(&body, SAMPLES_OTHER, id);
	head = head_of(id, &body);
	refuse(s, s->device.sha256, &head, &body, REFUSAL_FOREIGN);
	buf_clear(&body);
}

static void hostile_content_is_refused(void **state)
{
	struct samples *s = *state;
	static const char *const bad[] = {
		"",
		"nonsense",
		"<a/>",
		"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
		"<Transmission xmlns=\"urn:sluice:transmission:1\"/>",
		"\xff\xfe<\0",
	};
	char id[UUID_TEXT_SIZE];
	samples_transaction(id, 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf body = BUF_INIT;
		buf_put_str(&body, bad[i]);
		struct upload_head head = head_of(id, &body);
		refuse(s, s->device.sha256, &head, &body, REFUSAL_CONTENT);
		buf_clear(&body);
	}
}

static void a_sample_is_refused(void **state)
{
	struct samples *s = *state;
	struct buf body = BUF_INIT, sample = BUF_INIT;
	char id[UUID_TEXT_SIZE];
	samples_transaction(id, 1);
	samples_upload(&body, SAMPLES_DEVICE, id);
	const char *at = strstr(buf_str(&body), "button");
	buf_put(&sample, body.data, (size_t)(at - buf_str(&body)));
	buf_put_str(&sample, "sample");
	buf_put_str(&sample, at + 6);
	struct upload_head head = head_of(id, &sample);
	refuse(s, s->device.sha256, &head, &sample, REFUSAL_CONTENT);
	buf_clear(&body);
	buf_clear(&sample);
}

static void a_device_revoked_meanwhile_is_refused(void **state)
{
	struct samples *s = *state;
	struct buf body = BUF_INIT;
	struct err err = { 0 };
	char id[UUID_TEXT_SIZE];
	struct upload_head head = make_upload(&body, id);
	assert_true(fleet_revoke(s->server.db, "root", SAMPLES_DEVICE,
				 SAMPLES_NOW, &err));
	refuse(s, s->device.sha256, &head, &body, REFUSAL_REVOKED);
	buf_clear(&body);
}

static void a_refusal_is_an_entry_of_the_ledger(void **state)
{
	struct samples *s = *state;
	struct upload_head head = { .bytes = 10 };
	struct refusal refusal = { 0 };
	struct err err = { 0 };
	refusal_set(&refusal, REFUSAL_DIGEST, "bytes differ\nforged line");
	assert_true(ingest_note_refusal(&s->server, SAMPLES_DEVICE, "192.0.2.1",
					s->device.sha256, &head, &refusal,
					SAMPLES_NOW, &err));
	assert_int_equal(1, samples_entries(s, LEDGER_REFUSED));
	refusal.kind = REFUSAL_CUT;
	assert_true(ingest_note_refusal(&s->server, NULL, "192.0.2.1", "",
					&head, &refusal, SAMPLES_NOW, &err));
	assert_int_equal(1, samples_entries(s, LEDGER_FAILED));
}

static void a_checkpoint_is_signed_from_time_to_time(void **state)
{
	struct samples *s = *state;
	struct ledger_head first = { 0 }, last = { 0 };
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	assert_true(ledger_checkpoint_last(s->server.db, &first, &note, &err));
	for (unsigned n = 1; n <= 70; n++) {
		struct buf body = BUF_INIT, receipt = BUF_INIT;
		struct refusal refusal = { 0 };
		bool repeated = false;
		char id[UUID_TEXT_SIZE];
		samples_transaction(id, n);
		samples_upload(&body, SAMPLES_DEVICE, id);
		struct upload_head head = head_of(id, &body);
		assert_true(take(s, SAMPLES_DEVICE, s->device.sha256, &head,
				 &body, 4096, &receipt, &repeated, &refusal));
		buf_clear(&body);
		buf_clear(&receipt);
	}
	buf_reset(&note);
	assert_true(ledger_checkpoint_last(s->server.db, &last, &note, &err));
	assert_true(last.size >= first.size + 64);
	buf_clear(&note);
}

/* A known one is answered, however full the day is. */
static void a_full_day_takes_no_more(void **state)
{
	struct samples *s = *state;
	struct buf body = BUF_INIT, more = BUF_INIT, receipt = BUF_INIT;
	struct refusal refusal = { 0 };
	char id[UUID_TEXT_SIZE];
	bool repeated = false;
	struct upload_head head = make_upload(&body, id);
	/* It is small, so it counts as the least that there is. */
	s->config.day_bytes = 2 * FLEET_STORED_LEAST - 1;
	assert_true(take(s, SAMPLES_DEVICE, s->device.sha256, &head, &body,
			 4096, &receipt, &repeated, &refusal));
	samples_transaction(id, 2);
	samples_upload(&more, SAMPLES_DEVICE, id);
	struct upload_head second = head_of(id, &more);
	assert_true(body.len <= FLEET_STORED_LEAST);
	refuse(s, s->device.sha256, &second, &more, REFUSAL_QUOTA);
	buf_reset(&receipt);
	assert_true(take(s, SAMPLES_DEVICE, s->device.sha256, &head, &body,
			 4096, &receipt, &repeated, &refusal));
	assert_true(repeated);
	s->config.day_bytes++;
	assert_true(take(s, SAMPLES_DEVICE, s->device.sha256, &second, &more,
			 4096, &receipt, &repeated, &refusal));
	assert_false(repeated);
	buf_clear(&body);
	buf_clear(&more);
	buf_clear(&receipt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_good_one_is_stored_with_its_receipt),
		SAMPLES_TEST(the_same_again_gives_the_same_receipt),
		SAMPLES_TEST(other_bytes_under_the_same_id_are_refused),
		SAMPLES_TEST(what_does_not_agree_is_refused),
		SAMPLES_TEST(hostile_content_is_refused),
		SAMPLES_TEST(a_sample_is_refused),
		SAMPLES_TEST(a_device_revoked_meanwhile_is_refused),
		SAMPLES_TEST(a_refusal_is_an_entry_of_the_ledger),
		SAMPLES_TEST(a_checkpoint_is_signed_from_time_to_time),
		SAMPLES_TEST(a_full_day_takes_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
