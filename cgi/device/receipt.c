/*
 * The end of a send: what the server signed, beside what was approved, and
 * the same as a text file to save. The receipt was verified by the client
 * before it was stored; here its lines are only shown.
 */
#include "cgi/device/receipt.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/transmission.h"
#include "cgi/device/words.h"
#include "cgi/people/marks.h"
#include "web/view.h"

void receipt_fill_steps(json_t *view, const struct outbox_item *item)
{
	static const struct {
		enum outbox_stage stage;
		const char *done, *advice;
	} all[] = {
		{ STAGE_PREPARED, "Prepared", "Prepare" },
		{ STAGE_CONNECTED, "Connected", "Connect" },
		{ STAGE_UPLOADED, "Uploaded", "Upload" },
		{ STAGE_RECEIPT_CHECKED, "Receipt checked", "Check receipt" },
	};
	json_t *steps = view_array(view, "steps");
	bool current = item->state == OUTBOX_SENDING;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		json_t *step = view_item(steps);
		bool done = item->state == OUTBOX_SENT || i == 0 ||
			    item->stage >= all[i].stage;
		char text[64];
		char number[28];

		snprintf(text, sizeof(text), "%s",
			 done ? all[i].done : all[i].advice);
		if (all[i].stage == STAGE_UPLOADED) {
			snprintf(text, sizeof(text), "%s %s bytes",
				 done ? all[i].done : all[i].advice,
				 text_thousands(number, sizeof(number),
						item->bytes));
		}
		marks_tag(step, "tag",
			  done      ? "ok"
			  : current ? "warn"
				    : "",
			  done      ? "ok"
			  : current ? "wait"
				    : "idle",
			  text);
		current = current && done;
	}
}

/* Value of a line "name value" of the receipt; "" if it has none. */
static void receipt_line(const struct buf *note, const char *name, char *dst,
			 size_t size)
{
	struct reader r = reader_of(note->data, note->len);
	size_t name_len = strlen(name);
	const char *line;
	size_t len;

	dst[0] = '\0';
	while (reader_line(&r, &line, &len)) {
		if (len > name_len + 1 && line[name_len] == ' ' &&
		    memcmp(line, name, name_len) == 0 &&
		    len - name_len - 1 < size) {
			memcpy(dst, line + name_len + 1, len - name_len - 1);
			dst[len - name_len - 1] = '\0';
			return;
		}
	}
}

/* The grants in the item, in the order of its services. */
static void fill_grants(json_t *view, const struct outbox_item *item)
{
	json_t *grants = view_array(view, "grants");
	const struct service *service;
	const char *at = item->grants;

	for (size_t i = 0; (service = service_at(i)) != NULL; i++) {
		size_t len = strcspn(at, " ");
		char grant[UUID_TEXT_SIZE] = "";

		if ((item->services & SERVICE_BIT(service->id)) == 0) {
			continue;
		}
		if (len < sizeof(grant)) {
			memcpy(grant, at, len);
			grant[len] = '\0';
		}
		json_t *row = view_item(grants);

		view_text(row, "name", service->name);
		view_text(row, "title", service->title);
		view_text(row, "grant", grant);
		at += len;
		at += strspn(at, " ");
	}
}

bool receipt_show(struct visit *visit, const struct outbox_item *item,
		  struct err *err)
{
	json_t *view = visit->view;
	struct buf note = BUF_INIT;
	char signed_hash[80];
	char index[32];

	if (!outbox_receipt(app_of(visit)->db, item->transaction, &note, err)) {
		buf_clear(&note);
		return false;
	}
	receipt_line(&note, "sha256", signed_hash, sizeof(signed_hash));
	receipt_line(&note, "index", index, sizeof(index));
	visit->template = "receipt";
	view_text(view, "title", "Sent and confirmed");
	view_text(view, "receipt", buf_str(&note));
	view_text(view, "index", index);
	view_time(view, "received", item->received_at);
	view_flag(view, "may_log", people_may(visit, READS_LOG));
	receipt_fill_steps(view, item);
	fill_grants(view, item);
	buf_clear(&note);

	json_t *same = view_object(view, "same");

	if (strcmp(signed_hash, item->sha256) == 0) {
		marks_tag(same, "tag", "ok", "ok",
			  "same in preview, log and receipt");
	} else {
		marks_tag(same, "tag", "bad", "bad",
			  "the receipt names another SHA-256");
	}
	return transmission_fill_content(visit, item, err);
}

static void put_line(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%-12s %s\r\n", name, value);
}

static void put_record(struct buf *out, const struct visit *visit,
		       const struct outbox_item *item)
{
	const struct device_config *config = &app_of(visit)->config;
	struct buf services = BUF_INIT;
	char time[CLOCK_TEXT_SIZE];
	char bytes[32];

	words_services_put(&services, item->services);
	snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)item->bytes);
	buf_put_str(out, "Record of one transmission\r\n\r\n");
	put_line(out, "Device", config->title);
	put_line(out, "Serial", config->serial);
	put_line(out, "Transaction", item->transaction);
	put_line(out, "Services", buf_str(&services));
	put_line(out, "Grants", item->grants);
	put_line(out, "To", config->server_name);
	put_line(out, "Bytes", bytes);
	put_line(out, "SHA-256", item->sha256);
	put_line(out, "State", outbox_state_name(item->state));
	if (item->approved_at != 0) {
		clock_format(time, item->approved_at);
		put_line(out, "Approved by", item->approved_by);
		put_line(out, "Approved at", time);
	}
	if (item->received_at != 0) {
		clock_format(time, item->received_at);
		put_line(out, "Received at", time);
	}
	buf_clear(&services);
}

bool record_show(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct outbox_item item;
	struct buf record = BUF_INIT;
	struct buf note = BUF_INIT;
	char name[16 + UUID_TEXT_SIZE];

	if (!transmission_find(visit, &item, err)) {
		return false;
	}
	put_record(&record, visit, &item);
	if (outbox_receipt(app_of(visit)->db, item.transaction, &note, &why)) {
		buf_put_str(&record,
			    "\r\nReceipt, signed by the server:\r\n\r\n");
		buf_put(&record, note.data, note.len);
	}
	buf_clear(&note);

	bool done = why.kind == ERR_NONE || why.kind == ERR_NOT_FOUND;

	if (done) {
		snprintf(name, sizeof(name), "record-%s.txt", item.transaction);
		response_download(visit->response, "text/plain; charset=utf-8",
				  name, record.data, record.len);
	} else {
		err_set(err, why.kind, "%s", why.text);
	}
	buf_clear(&record);
	return done;
}
