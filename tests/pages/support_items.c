/*
 * Prepares what pages show: grants, transmissions in every state, ledger
 * entries. All through the domain layer, as the daemon and the command line
 * do it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "documents/collected.h"
#include "documents/transmission.h"
#include "domain/consent.h"
#include "domain/ledger.h"
#include "tests/pages/support.h"
#include "tests/support/schema.h"

#define METERING SERVICE_BIT(SERVICE_METERING)

void pages_allow(struct pages *pages)
{
	assert_true(consent_allow(pages->db, "frontdesk", SERVICE_UNSET,
				  pages->now, NULL));
	assert_true(consent_allow(pages->db, "frontdesk", SERVICE_METERING,
				  pages->now, NULL));
}

/* What a collector found: a counter, a hostile name, a contact. */
static void collect(struct pages *pages, struct collected *collected)
{
	struct collected_writer *w = collected_writer_new("test", pages->now);
	struct err err = { .kind = ERR_NONE };
	struct buf xml = BUF_INIT;

	collected_writer_document(w, DOCUMENT_BILLING);
	collected_writer_field(w, "TotalImpressions", "148211", "impressions",
			       "printer-impressions-completed");
	collected_writer_field(w, "TotalSheets", "unknown", "sheets", NULL);
	collected_writer_document(w, DOCUMENT_CUSTOMER_INFO);
	collected_writer_field(w, "PrinterLocation", PAGES_HOSTILE, NULL, NULL);
	collected_writer_finish(w, &xml);
	if (!collected_read(collected, xml.data, xml.len, &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&xml);
}

static void write_body(struct pages *pages, struct outbox_item *item,
		       struct buf *body, struct withheld_list *withheld)
{
	struct transmission_head head = {
		.machine_id = "ex7-004211",
		.make_and_model = PAGES_HOSTILE,
		.serial_number = "EX7-004211",
		.reason = item->state == OUTBOX_SAMPLE ? "sample" : "button",
		.collected_at = pages->now,
	};
	struct redact_rules rules = { .services = METERING };
	struct collected collected = { .at = 0 };
	struct err err = { .kind = ERR_NONE };

	memcpy(head.transaction, item->transaction, UUID_TEXT_SIZE);
	if (item->state == OUTBOX_STAGED) {
		assert_true(consent_grants(pages->db, METERING, pages->now,
					   &head, &err));
		snprintf(item->grants, sizeof(item->grants), "%s",
			 head.grants[0].id);
	}
	collect(pages, &collected);
	if (!transmission_write(&head, &collected, &rules, body, withheld,
				&err)) {
		fail_msg("%s", err.text);
	}
	schema_check(body->data, body->len);
	collected_clear(&collected);
}

struct outbox_item pages_stage(struct pages *pages)
{
	struct withheld_list withheld = { .at = NULL };
	struct err err = { .kind = ERR_NONE };
	struct buf body = BUF_INIT;
	uint8_t hash[SHA256_SIZE];
	unsigned allowed = 0;
	struct outbox_item item = {
		.services = METERING,
		.created_at = pages->now,
		.created_by = "frontdesk",
		.stage = STAGE_PREPARED,
	};

	assert_true(consent_effective(pages->db, pages->now, &allowed, NULL));
	item.state = (allowed & METERING) != 0 ? OUTBOX_STAGED : OUTBOX_SAMPLE;
	uuid_v7(item.transaction, pages->now * 1000);
	write_body(pages, &item, &body, &withheld);
	sha256_bytes(body.data, body.len, hash);
	hex_encode(item.sha256, hash, sizeof(hash));
	item.bytes = body.len;
	if (!outbox_stage(pages->db, &item, body.data, body.len, &withheld,
			  &err)) {
		fail_msg("%s", err.text);
	}
	withheld_clear(&withheld);
	buf_clear(&body);
	return item;
}

static void receive(struct pages *pages, const struct outbox_item *item)
{
	struct buf note = BUF_INIT;

	buf_printf(&note,
		   "sluice.receipt/v1\ndevice ex7-004211\ntransaction %s\n"
		   "sha256 %s\nbytes %llu\nreceived 2026-11-23T14:02:07Z\n"
		   "index 88213\nsize 88214\n\n"
		   "\xe2\x80\x94 comms.example/receipts AAAA\n",
		   item->transaction, item->sha256,
		   (unsigned long long)item->bytes);
	assert_true(outbox_sent(pages->db, item->transaction, buf_str(&note),
				pages->now, pages->now, NULL));
	buf_clear(&note);
}

static void move(struct pages *pages, const struct outbox_item *item,
		 enum outbox_state state)
{
	static const char peer[] = "9f3b9f3b9f3b9f3b9f3b9f3b9f3b9f3b"
				   "9f3b9f3b9f3b9f3b9f3b9f3b9f3b9f3b";
	const char *id = item->transaction;

	if (state == OUTBOX_STAGED || state == OUTBOX_SAMPLE) {
		return;
	}
	if (state == OUTBOX_CANCELLED) {
		assert_true(outbox_cancel(pages->db, "pat", id, "not wanted",
					  pages->now, NULL));
		return;
	}
	assert_true(outbox_approve(pages->db, "pat", id, item->sha256,
				   pages->now, NULL));
	if (state == OUTBOX_QUEUED) {
		return;
	}
	assert_true(outbox_begin(pages->db, id, peer, pages->now, NULL));
	if (state == OUTBOX_SENDING) {
		assert_true(
			outbox_progress(pages->db, id, STAGE_UPLOADING, NULL));
	} else if (state == OUTBOX_FAILED) {
		assert_true(outbox_fail(pages->db, id,
					"the server refused: no such device",
					pages->now, NULL));
	} else {
		receive(pages, item);
	}
}

struct outbox_item pages_item(struct pages *pages, enum outbox_state state)
{
	struct outbox_item item = pages_stage(pages);

	move(pages, &item, state);
	assert_true(outbox_get(pages->db, item.transaction, &item, NULL));
	assert_int_equal(item.state, state);
	return item;
}

struct counting {
	const char *text;
	size_t count;
};

static bool count_entry(void *ctx, const struct ledger_entry *entry,
			struct err *err)
{
	struct counting *counting = ctx;

	(void)err;
	if (counting->text == NULL ||
	    (entry->text != NULL &&
	     strstr(entry->text, counting->text) != NULL)) {
		counting->count++;
	}
	return true;
}

size_t pages_ledger_count(struct pages *pages, const char *kind,
			  const char *text)
{
	struct counting counting = { .text = text };
	struct ledger_filter filter = { .kind = ledger_kind_by_name(kind) };

	assert_true(ledger_each(pages->db, &filter, 0, count_entry, &counting,
				NULL));
	return counting.count;
}
