/*
 * One transaction: its documents as tables, its exact bytes, its receipt.
 * Showing it is a look at a customer's data: reading_body() writes the ledger
 * entry first.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/server/console.h"
#include "cgi/server/pages.h"
#include "cgi/server/phrases.h"
#include "cgi/people/marks.h"
#include "documents/transmission.h"
#include "formats/uuid.h"
#include "server/reading.h"
#include "server/received.h"
#include "web/view.h"

/* The transaction that the path names; without ?device= the first of that id. */
static bool find_item(struct visit *visit, struct received *item,
		      struct err *err)
{
	struct db *db = console_of(visit)->db;
	const char *typed = request_query(visit->request, "device");
	char device[65];
	if (!uuid_valid(visit->step)) {
		return visit_fail(visit, 404, err,
				  "There is no such transaction.");
	}
	if (typed[0] != '\0') {
		return received_find(db, typed, visit->step, item, err);
	}
	return received_device_of(db, visit->step, device, err) &&
	       received_find(db, device, visit->step, item, err);
}

/* Numbers as people read them: "148,211". */
static void put_value(json_t *row, const struct transmission_row *r)
{
	char number[32];
	uint64_t value;
	bool counts = r->field->type == TYPE_COUNTER ||
		      r->field->type == TYPE_LEVEL ||
		      r->field->type == TYPE_INTEGER;
	if (counts && text_parse_u64(r->text, 0, UINT64_MAX, &value)) {
		view_text(row, "value",
			  text_thousands(number, sizeof(number), value));
	} else {
		view_text(row, "value", r->text);
	}
	view_flag(row, "unknown", text_equal(r->text, "unknown"));
}

static void put_row(json_t *rows, const struct transmission_row *r)
{
	json_t *row = view_item(rows);
	struct buf what = BUF_INIT;
	const char *slash = strrchr(r->path, '/');
	const char *name = slash == NULL ? r->path : slash + 1;
	phrases_put_field(&what, name, strlen(name));
	view_text(row, "what", buf_str(&what));
	put_value(row, r);
	view_text(row, "unit", r->unit);
	view_text(row, "source", r->source);
	buf_clear(&what);
}

/* Where the rows of a document go: one group for each "Supply[2]". */
struct placing {
	const struct document *document;
	json_t *groups; /* of that document */
	json_t *rows;   /* of the last group */
	char group[128];
};

static void place_group(struct placing *place, const char *path)
{
	char group[sizeof(place->group)];
	struct buf text = BUF_INIT;
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);
	snprintf(group, sizeof(group), "%.*s", (int)len, path);
	if (place->rows != NULL && text_equal(group, place->group)) {
		return;
	}
	memcpy(place->group, group, sizeof(group));
	json_t *item = view_item(place->groups);
	phrases_put_field(&text, path, len);
	view_text(item, "name", buf_str(&text));
	place->rows = view_array(item, "rows");
	buf_clear(&text);
}

static void place_document(struct placing *place, json_t *list,
			   const struct document *document)
{
	json_t *item = view_item(list);
	view_text(item, "id", document->name);
	view_text(item, "title", document->title);
	view_text(item, "purpose", document->purpose);
	*place = (struct placing){
		.document = document,
		.groups = view_array(item, "groups"),
	};
}

static bool put_documents(json_t *view, const struct buf *body, struct err *err)
{
	struct transmission_rows rows = { NULL, 0 };
	struct placing place = { .document = NULL };
	json_t *list = view_array(view, "documents");
	if (!transmission_rows_read(body->data, body->len, &rows, err)) {
		return false;
	}
	for (size_t i = 0; i < rows.count; i++) {
		if (rows.at[i].document != place.document) {
			place_document(&place, list, rows.at[i].document);
		}
		place_group(&place, rows.at[i].path);
		put_row(place.rows, &rows.at[i]);
	}
	transmission_rows_clear(&rows);
	return true;
}

static void put_grants(json_t *view, const struct received *item)
{
	json_t *list = view_array(view, "grants");
	const char *name = item->services;
	const char *id = item->grants;
	while (*name != '\0' && *id != '\0') {
		size_t name_len = strcspn(name, " ");
		size_t id_len = strcspn(id, " ");
		char service[64];
		char grant[64];
		snprintf(service, sizeof(service), "%.*s", (int)name_len, name);
		snprintf(grant, sizeof(grant), "%.*s", (int)id_len, id);
		json_t *row = view_item(list);
		phrases_services(row, "title", service);
		view_text(row, "grant", grant);
		name += name_len + (name[name_len] == ' ' ? 1 : 0);
		id += id_len + (id[id_len] == ' ' ? 1 : 0);
	}
}

static void put_facts(json_t *view, const struct received *item)
{
	view_text(view, "transaction", item->transaction);
	view_text(view, "device", item->device);
	view_time(view, "received", item->received_at);
	view_time(view, "collected", item->collected_at);
	view_text(view, "reason", item->reason);
	view_number(view, "bytes", item->bytes);
	view_text(view, "sha256", item->sha256);
	view_text(view, "certificate", item->certificate);
	view_number(view, "index", item->ledger_index);
	phrases_documents(view, "document_titles", item->documents);
	put_grants(view, item);
}

/* The stored bytes against the hash that receipt and ledger name. */
static void put_check(json_t *view, const struct received *item,
		      const struct buf *body)
{
	bool same = body->len == item->bytes &&
		    reading_is_whole(item, body->data, body->len);
	marks_tag(view, "same", same ? "ok" : "bad", same ? "ok" : "bad",
		  same ? "same as in receipt and ledger"
		       : "not the bytes that were received");
}

bool console_transaction_show(struct visit *visit, struct err *err)
{
	struct db *db = console_of(visit)->db;
	struct received item;
	struct fleet_device device;
	struct buf body = BUF_INIT;
	struct buf receipt = BUF_INIT;
	bool ok = find_item(visit, &item, err) &&
		  fleet_get(db, item.device, &device, err) &&
		  received_receipt(db, item.number, &receipt, err) &&
		  reading_body(db, people_actor(visit), &item,
			       visit->request->now, &body, err) &&
		  put_documents(visit->view, &body, err);
	if (ok) {
		put_facts(visit->view, &item);
		put_check(visit->view, &item, &body);
		view_text(visit->view, "device_title",
			  phrases_device_title(&device));
		view_text(visit->view, "xml", buf_str(&body));
		view_text(visit->view, "receipt", buf_str(&receipt));
	}
	buf_clear(&body);
	buf_clear(&receipt);
	return ok;
}

bool console_bytes_show(struct visit *visit, struct err *err)
{
	struct db *db = console_of(visit)->db;
	struct received item;
	struct buf body = BUF_INIT;
	char name[UUID_TEXT_SIZE + 8];
	bool ok = find_item(visit, &item, err) &&
		  reading_body(db, people_actor(visit), &item,
			       visit->request->now, &body, err);
	if (ok) {
		snprintf(name, sizeof(name), "%s.xml", item.transaction);
		response_download(visit->response, TRANSMISSION_TYPE, name,
				  body.data, body.len);
	}
	buf_clear(&body);
	return ok;
}
