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

#define REASONS_MAX 256 /* rows of one document in the catalogue */

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

/* The step of the path that is the field itself. */
static const char *last_step(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void put_field_name(json_t *item, const char *name, const char *path,
			   size_t len)
{
	struct buf text = BUF_INIT;

	words_put_field(&text, path, len);
	view_text(item, name, buf_str(&text));
	buf_clear(&text);
}

static bool is_number(const struct field *field)
{
	return field != NULL &&
	       (field->type == TYPE_COUNTER || field->type == TYPE_LEVEL ||
		field->type == TYPE_INTEGER);
}

static void fill_row(json_t *rows, const struct transmission_row *row)
{
	json_t *item = view_item(rows);
	const char *name = last_step(row->path);
	uint64_t number;

	put_field_name(item, "what", name, strlen(name));
	view_flag(item, "unknown", text_equal(row->text, "unknown"));
	view_text(item, "value", row->text);
	if (is_number(row->field) &&
	    text_parse_u64(row->text, 0, INT64_MAX, &number)) {
		view_number(item, "value", number);
	}
	view_text(item, "unit", row->unit);
	view_text(item, "why", row->field != NULL ? row->field->purpose : "");
}

/* One document while its rows are put into the view. */
struct filling {
	const struct document *document;
	json_t *item;
	json_t *group;    /* the last one; NULL = none yet */
	const char *path; /* of the group, not ended */
	size_t path_len;
	bool seen[REASONS_MAX]; /* rows of the catalogue with a reason */
};

static void start_document(struct filling *f, json_t *documents,
			   const struct document *document)
{
	*f = (struct filling){ .document = document };
	f->item = view_item(documents);
	view_text(f->item, "title", document->title);
	view_text(f->item, "purpose", document->purpose);
	view_array(f->item, "rows");
	view_array(f->item, "groups");
	view_array(f->item, "reasons");
	view_flag(f->item, "rows_shown", false);
	view_flag(f->item, "groups_shown", false);
}

/* The reason of a field in groups is said once, not for each group. */
static void add_reason(struct filling *f, const struct transmission_row *row)
{
	size_t n = row->field != NULL
			   ? (size_t)(row->field - f->document->fields)
			   : REASONS_MAX;

	if (n >= REASONS_MAX || f->seen[n]) {
		return;
	}
	json_t *reason = view_item(json_object_get(f->item, "reasons"));

	f->seen[n] = true;
	put_field_name(reason, "what", row->field->path,
		       strlen(row->field->path));
	view_text(reason, "why", row->field->purpose);
}

static void add_to_group(struct filling *f, const struct transmission_row *row)
{
	const char *name = last_step(row->path);
	size_t len = (size_t)(name - row->path) - 1;

	if (f->group == NULL || len != f->path_len ||
	    memcmp(f->path, row->path, len) != 0) {
		f->group = view_item(json_object_get(f->item, "groups"));
		f->path = row->path;
		f->path_len = len;
		put_field_name(f->group, "name", row->path, len);
		view_text(f->group, "about", "");
		view_array(f->group, "rows");
		view_flag(f->item, "groups_shown", true);
	}
	if (strcmp(name, "Description") == 0) {
		view_text(f->group, "about", row->text);
	}
	fill_row(json_object_get(f->group, "rows"), row);
	add_reason(f, row);
}

static void fill_documents(json_t *view, const struct transmission_rows *rows)
{
	json_t *documents = view_array(view, "documents");
	struct filling f = { .document = NULL };
	struct buf titles = BUF_INIT;

	for (size_t i = 0; i < rows->count; i++) {
		const struct transmission_row *row = &rows->at[i];

		if (row->document != f.document) {
			start_document(&f, documents, row->document);
			buf_put_str(&titles, titles.len > 0 ? ", " : "");
			buf_put_str(&titles, row->document->title);
		}
		if (strchr(row->path, '/') != NULL) {
			add_to_group(&f, row);
		} else {
			fill_row(json_object_get(f.item, "rows"), row);
			view_flag(f.item, "rows_shown", true);
		}
	}
	view_text(view, "document_titles", buf_str(&titles));
	buf_clear(&titles);
}

static bool fill_withheld(struct visit *visit, const struct outbox_item *item,
			  struct err *err)
{
	json_t *withheld = view_array(visit->view, "withheld");
	struct withheld_list list = { .at = NULL };

	if (!outbox_withheld(app_of(visit)->db, item->transaction, &list,
			     err)) {
		return false;
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct withheld *w = &list.at[i];
		const struct document *document = document_by_name(w->document);
		struct buf field = BUF_INIT;
		json_t *row = view_item(withheld);

		words_put_field(&field, w->path, strlen(w->path));
		view_text(row, "document",
			  document != NULL ? document->title : w->document);
		view_text(row, "field",
			  field.len > 0 ? buf_str(&field)
					: "the whole document");
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
	bool kept =
		outbox_body(app_of(visit)->db, item->transaction, &body, &why);
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
		fill_nothing(view,
			     "A plain summary cannot be made; look at the "
			     "exact bytes below.");
	}
	transmission_rows_clear(&rows);
	buf_clear(&body);
	return done && fill_withheld(visit, item, err);
}
