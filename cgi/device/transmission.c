/*
 * Turns one transmission of the outbox into what people read: facts, a plain
 * summary by document, what is withheld and why, and the exact bytes. The
 * same on every page that shows one.
 */
#include "cgi/device/transmission.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/words.h"
#include "documents/document.h"
#include "web/view.h"

bool transmission_find(struct visit *visit, struct outbox_item *item,
		       struct err *err)
{
	struct err why = { .kind = ERR_NONE };

	if (uuid_valid(visit->step) &&
	    outbox_get(app_of(visit)->db, visit->step, item, &why)) {
		return true;
	}
	if (why.kind != ERR_NONE && why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	return visit_fail(visit, 404, err,
			  "There is no transmission with this number.");
}

void transmission_fill_facts(json_t *view, const struct outbox_item *item)
{
	char time[VIEW_TIME_SIZE];
	char approved[VIEW_TIME_SIZE + 72] = "not yet";

	if (item->approved_at != 0) {
		view_format_time(time, item->approved_at);
		snprintf(approved, sizeof(approved), "by %s, %s",
			 item->approved_by, time);
	}
	view_text(view, "transaction", item->transaction);
	words_services(view, "services", item->services);
	view_number(view, "bytes", item->bytes);
	view_text(view, "sha256", item->sha256);
	view_time(view, "made", item->created_at);
	view_text(view, "by", item->created_by);
	view_text(view, "approved", approved);
	view_number(view, "attempts", item->attempts);
	view_text(view, "peer", item->peer);
	words_outbox_tag(view, "tag", item);
}

static void fill_row(json_t *rows, const struct transmission_row *row)
{
	json_t *item = view_item(rows);
	const char *slash = strrchr(row->path, '/');
	const char *name = slash != NULL ? slash + 1 : row->path;
	struct buf what = BUF_INIT;
	struct buf group = BUF_INIT;

	words_put_field(&what, name, strlen(name));
	if (slash != NULL) {
		words_put_field(&group, row->path, (size_t)(slash - row->path));
	}
	view_text(item, "what", buf_str(&what));
	view_text(item, "group", buf_str(&group));
	view_flag(item, "unknown", text_equal(row->text, "unknown"));
	view_text(item, "value", row->text);
	view_text(item, "unit", row->unit);
	view_text(item, "why", row->field != NULL ? row->field->purpose : "");
	buf_clear(&what);
	buf_clear(&group);
}

static void fill_documents(json_t *view, const struct transmission_rows *rows)
{
	json_t *documents = view_array(view, "documents");
	const struct document *document = NULL;
	struct buf titles = BUF_INIT;
	json_t *list = NULL;

	for (size_t i = 0; i < rows->count; i++) {
		if (rows->at[i].document != document) {
			document = rows->at[i].document;

			json_t *item = view_item(documents);

			view_text(item, "title", document->title);
			view_text(item, "purpose", document->purpose);
			list = view_array(item, "rows");
			buf_put_str(&titles, titles.len > 0 ? ", " : "");
			buf_put_str(&titles, document->title);
		}
		fill_row(list, &rows->at[i]);
	}
	view_text(view, "document_titles", buf_str(&titles));
	buf_clear(&titles);
}

static bool fill_withheld(struct visit *visit, const struct outbox_item *item,
			  struct err *err)
{
	json_t *withheld = view_array(visit->view, "withheld");
	struct withheld_list list = { NULL, 0 };

	if (!outbox_withheld(app_of(visit)->db, item->transaction, &list,
			     err)) {
		return false;
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct withheld *w = &list.at[i];
		const struct document *document =
			document_by_name(w->document);
		struct buf field = BUF_INIT;
		json_t *row = view_item(withheld);

		words_put_field(&field, w->path, strlen(w->path));
		view_text(row, "document",
			  document != NULL ? document->title : w->document);
		view_text(row, "field",
			  field.len > 0 ? buf_str(&field) : "the whole document");
		view_text(row, "reason", w->reason);
		view_number(row, "count", w->count);
		buf_clear(&field);
	}
	view_flag(visit->view, "withheld_shown", list.count > 0);
	view_count(visit->view, "withheld_count", list.count, "kind of field",
		   "kinds of field");
	withheld_clear(&list);
	return true;
}

static void fill_nothing(json_t *view, const char *note)
{
	view_array(view, "documents");
	view_text(view, "documents_note", note);
	view_text(view, "document_titles", "unknown");
}

bool transmission_fill_content(struct visit *visit,
			       const struct outbox_item *item, struct err *err)
{
	struct transmission_rows rows = { NULL, 0 };
	struct err why = { .kind = ERR_NONE };
	struct buf body = BUF_INIT;
	json_t *view = visit->view;
	bool kept = outbox_body(app_of(visit)->db, item->transaction, &body,
				&why);
	bool done = true;

	view_text(view, "xml", buf_str(&body));
	view_flag(view, "bytes_kept", kept);
	if (!kept) {
		fill_nothing(view, "The bytes are no longer kept here.");
		done = why.kind == ERR_NOT_FOUND ||
		       err_set(err, why.kind, "%s", why.text);
	} else if (transmission_rows_read(body.data, body.len, &rows, &why)) {
		fill_documents(view, &rows);
	} else {
		fill_nothing(view, "A plain summary cannot be made; look at the "
				   "exact bytes below.");
	}
	transmission_rows_clear(&rows);
	buf_clear(&body);
	return done && fill_withheld(visit, item, err);
}
