/*
 * The record of one order as a text to save: what was sent to whom, with the
 * sums of plaintext and sealed file, the server's receipts and what it told
 * afterwards. It holds no name of a job, because none is kept.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cgi/device/app.h"
#include "cgi/device/jobdata.h"
#include "cgi/device/pages.h"
#include "base/mem.h"

static void put_line(struct buf *out, const char *name, const char *value)
{
	if (value[0] != '\0') {
		buf_printf(out, "%-18s %s\r\n", name, value);
	}
}

static void put_time(struct buf *out, const char *name, int64_t at)
{
	char time[CLOCK_TEXT_SIZE];

	if (at != 0) {
		clock_format(time, at);
		put_line(out, name, time);
	}
}

static void put_number(struct buf *out, const char *name, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	put_line(out, name, text);
}

static void put_order(struct buf *out, const struct visit *visit,
		      const struct jobs_order *order)
{
	const struct device_config *config = &app_of(visit)->config;
	char text[3 * RECIPIENTS_TEXT_SIZE];

	buf_put_str(out, "Record of job data that was sent, or was to be\r\n"
			 "\r\n");
	put_line(out, "Device", config->title);
	put_line(out, "Serial", config->serial);
	put_line(out, "Order", order->id);
	put_line(out, "To", config->server_name);
	for (size_t i = 0; i < order->recipients_count; i++) {
		snprintf(text, sizeof(text), "%s, %s",
			 order->recipients[i].name, order->recipients[i].role);
		put_line(out, "Can be opened by", text);
		put_line(out, "  with key", order->recipients[i].key);
	}
	put_line(out, "Purpose", order->purpose);
	put_line(out, "Grant", order->grant);
	put_line(out, "Chosen by", order->actor);
	put_time(out, "Chosen at", order->created_at);
	put_time(out, "Confirmed at", order->confirmed_at);
	put_line(out, "Second person", order->second);
	put_time(out, "Over at", order->over_at);
	put_line(out, "Dropped", order->problem);
}

static bool put_notices(struct buf *out, const struct visit *visit,
			const struct jobs_item *item, struct err *err)
{
	struct jobs_notice *list = NULL;
	size_t count = 0;

	if (!jobs_notices(app_of(visit)->db, item->transaction, &list, &count,
			  err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		char time[CLOCK_TEXT_SIZE];
		char text[200];

		clock_format(time, list[i].at);
		snprintf(text, sizeof(text), "%s %s %s",
			 jobs_notice_name(list[i].kind), time, list[i].who);
		put_line(out, "Server told", text);
	}
	mem_free(list);
	return true;
}

static bool put_item(struct buf *out, const struct visit *visit,
		     const struct jobs_item *item, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct buf note = BUF_INIT;

	buf_put_str(out, "\r\n");
	put_number(out, "Job", item->number);
	put_line(out, "Transaction", item->transaction);
	put_line(out, "State", jobs_item_state_name(item->state));
	put_line(out, "Why", item->problem);
	if (item->plain_sha256[0] != '\0') {
		put_number(out, "Bytes", item->plain_bytes);
		put_line(out, "SHA-256", item->plain_sha256);
		put_number(out, "Bytes, sealed", item->sealed_bytes);
		put_line(out, "SHA-256, sealed", item->sealed_sha256);
	}
	put_time(out, "Received at", item->received_at);
	if (!put_notices(out, visit, item, err)) {
		return false;
	}
	if (jobs_receipt(app_of(visit)->db, item->transaction, &note, &why)) {
		buf_put_str(out, "\r\nReceipt, signed by the server:\r\n\r\n");
		buf_put(out, note.data, note.len);
	}
	buf_clear(&note);
	return why.kind == ERR_NONE || why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}

static bool put_record(struct buf *out, const struct visit *visit,
		       const struct jobdata_order *o, struct err *err)
{
	put_order(out, visit, &o->order);
	for (size_t i = 0; i < o->count; i++) {
		if (!put_item(out, visit, &o->items[i], err)) {
			return false;
		}
	}
	return true;
}

bool jobdata_record_show(struct visit *visit, struct err *err)
{
	struct jobdata_order o;
	struct buf record = BUF_INIT;
	char name[24 + UUID_TEXT_SIZE];

	if (!jobdata_order_find(visit, &o, err)) {
		return false;
	}
	bool done = jobdata_order_shows(visit, &o)
			    ? put_record(&record, visit, &o, err)
			    : visit_fail(visit, 403, err,
					 "Only who sent this can save its "
					 "record.");

	if (done) {
		snprintf(name, sizeof(name), "job-data-%s.txt", o.order.id);
		response_download(visit->response, "text/plain; charset=utf-8",
				  name, record.data, record.len);
	}
	jobdata_order_clear(&o);
	buf_clear(&record);
	return done;
}
