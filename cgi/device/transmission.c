/*
 * Turns one transmission of the outbox into what people read: facts, a plain
 * summary by document, each value with its class and, for a code, what it
 * stands for, the exact bytes, and what is left out and why. The same on
 * every page that shows one.
 */
#include "cgi/device/transmission.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/words.h"
#include "documents/document.h"
#include "domain/pseudonyms.h"
#include "web/view.h"

#define REASONS_MAX 256 /* rows of one document in the catalogue */
#define OPEN_VALUES 30  /* a longer document is folded at first */

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

static enum field_class class_of(const struct transmission_row *row)
{
	return row->field != NULL ? row->field->class : CLASS_UNSET;
}

/* The names that stand behind the codes in a value, on this page only. */
static bool fill_codes(struct visit *visit, json_t *item, const char *text,
		       struct err *err)
{
	json_t *codes = view_array(item, "codes");
	char token[PSEUDONYM_SIZE];

	while ((text = strstr(text, PSEUDONYM_PREFIX)) != NULL) {
		struct err why = { .kind = ERR_NONE };
		struct buf value = BUF_INIT;

		snprintf(token, sizeof(token), "%s", text);
		text += strlen(PSEUDONYM_PREFIX);
		if (!pseudonym_is(token)) {
			continue;
		}
		if (pseudonyms_value(app_of(visit)->db, token, &value, &why)) {
			view_item_text(codes, buf_str(&value));
		}
		buf_clear(&value);
		if (why.kind != ERR_NONE && why.kind != ERR_NOT_FOUND) {
			return err_set(err, why.kind, "%s", why.text);
		}
	}
	return true;
}

/* One document while its rows are put into the view. */
struct filling {
	struct visit *visit;
	const struct document *document;
	json_t *item;
	json_t *group;    /* the last one; NULL = none yet */
	const char *path; /* of the group, not ended */
	size_t path_len;
	size_t values;
	size_t of_class[CLASS_SECRET + 1];
	bool seen[REASONS_MAX]; /* rows of the catalogue with a reason */
};

/* The reason of a field is said once, not for each group. */
static const char *reason_of(struct filling *f,
			     const struct transmission_row *row)
{
	size_t n = row->field != NULL
			   ? (size_t)(row->field - f->document->fields)
			   : REASONS_MAX;

	if (n >= REASONS_MAX || f->seen[n]) {
		return "";
	}
	f->seen[n] = true;
	return row->field->purpose;
}

static bool fill_row(struct filling *f, const struct transmission_row *row,
		     struct err *err)
{
	json_t *item = view_item(json_object_get(f->group, "rows"));
	const char *name = last_step(row->path);
	enum field_class class = class_of(row);
	uint64_t number;

	put_field_name(item, "what", name, strlen(name));
	view_flag(item, "unknown", text_equal(row->text, "unknown"));
	view_text(item, "value", row->text);
	if (is_number(row->field) &&
	    text_parse_u64(row->text, 0, INT64_MAX, &number)) {
		view_number(item, "value", number);
	}
	view_text(item, "unit", row->unit);
	view_text(item, "why", reason_of(f, row));
	view_flag(item, "personal", class == CLASS_PERSONAL);
	words_class_tag(item, "tag", class);
	f->values++;
	f->of_class[class]++;
	return fill_codes(f->visit, item, row->text, err);
}

/* What is in the document: "26 values: 24 Machine, 2 Network". */
static void end_document(struct filling *f)
{
	json_t *classes;

	if (f->document == NULL) {
		return;
	}
	classes = view_array(f->item, "classes");
	for (unsigned c = 0; c <= CLASS_SECRET; c++) {
		if (f->of_class[c] > 0) {
			json_t *item = view_item(classes);

			view_number(item, "number", f->of_class[c]);
			words_class_tag(item, "tag", (enum field_class)c);
		}
	}
	view_count(f->item, "count", f->values, "value", "values");
	view_flag(f->item, "open", f->values <= OPEN_VALUES);
}

static void start_document(struct filling *f, json_t *documents,
			   const struct document *document)
{
	*f = (struct filling){ .visit = f->visit, .document = document };
	f->item = view_item(documents);
	view_text(f->item, "name", document->name);
	view_text(f->item, "title", document->title);
	view_text(f->item, "purpose", document->purpose);
	view_array(f->item, "groups");
}

/* Rows below the same path stand under one heading; "" = of the document. */
static void find_group(struct filling *f, const struct transmission_row *row)
{
	const char *name = last_step(row->path);
	size_t len = name > row->path ? (size_t)(name - row->path) - 1 : 0;

	if (f->group == NULL || len != f->path_len ||
	    memcmp(f->path, row->path, len) != 0) {
		f->group = view_item(json_object_get(f->item, "groups"));
		f->path = row->path;
		f->path_len = len;
		put_field_name(f->group, "name", row->path, len);
		view_text(f->group, "about", "");
		view_array(f->group, "rows");
	}
	if (len > 0 && strcmp(name, "Description") == 0) {
		view_text(f->group, "about", row->text);
	}
}

/* The one sentence that a person looks for first. */
static void say_private(json_t *view, const size_t of_class[])
{
	char text[192];

	snprintf(text, sizeof(text),
		 of_class[CLASS_PERSONAL] == 0
			 ? "No personal data."
			 : "%zu personal %s, marked below.",
		 of_class[CLASS_PERSONAL],
		 of_class[CLASS_PERSONAL] == 1 ? "value" : "values");
	view_text(view, "private", text);
	view_flag(view, "personal_shown", of_class[CLASS_PERSONAL] > 0);
}

static bool fill_documents(struct visit *visit,
			   const struct transmission_rows *rows,
			   struct err *err)
{
	json_t *documents = view_array(visit->view, "documents");
	struct filling f = { .visit = visit };
	struct buf titles = BUF_INIT;
	size_t of_class[CLASS_SECRET + 1] = { 0 };
	bool done = true;

	for (size_t i = 0; done && i < rows->count; i++) {
		const struct transmission_row *row = &rows->at[i];

		if (row->document != f.document) {
			end_document(&f);
			start_document(&f, documents, row->document);
			buf_put_str(&titles, titles.len > 0 ? ", " : "");
			buf_put_str(&titles, row->document->title);
		}
		of_class[class_of(row)]++;
		find_group(&f, row);
		done = fill_row(&f, row, err);
	}
	end_document(&f);
	say_private(visit->view, of_class);
	view_text(visit->view, "document_titles", buf_str(&titles));
	buf_clear(&titles);
	return done;
}

/* The group of a reason, made when it is met first. */
static json_t *withheld_group(json_t *groups, const char *reason)
{
	for (size_t i = 0; i < json_array_size(groups); i++) {
		json_t *group = json_array_get(groups, i);

		if (text_equal(
			    json_string_value(json_object_get(group, "reason")),
			    reason)) {
			return group;
		}
	}
	json_t *group = view_item(groups);

	view_sentence(group, "title", reason);
	view_text(group, "reason", reason);
	view_array(group, "rows");
	return group;
}

static void add_withheld(json_t *groups, const struct withheld *w)
{
	const struct document *document = document_by_name(w->document);
	json_t *rows =
		json_object_get(withheld_group(groups, w->reason), "rows");
	json_t *row = view_item(rows);
	struct buf field = BUF_INIT;

	words_put_field(&field, w->path, strlen(w->path));
	view_text(row, "document",
		  document != NULL ? document->title : w->document);
	view_text(row, "field",
		  field.len > 0 ? buf_str(&field) : "the whole document");
	words_class_tag(row, "tag", w->class);
	view_number(row, "count", w->count);
	buf_clear(&field);
}

static bool fill_withheld(struct visit *visit, const struct outbox_item *item,
			  struct err *err)
{
	json_t *groups = view_array(visit->view, "withheld");
	struct withheld_list list = { .at = NULL };

	if (!outbox_withheld(app_of(visit)->db, item->transaction, &list,
			     err)) {
		return false;
	}
	for (size_t i = 0; i < list.count; i++) {
		add_withheld(groups, &list.at[i]);
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
	view_text(view, "private", "");
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
		done = fill_documents(visit, &rows, err);
	} else {
		fill_nothing(view,
			     "A plain summary cannot be made; look at the "
			     "exact bytes below.");
	}
	transmission_rows_clear(&rows);
	buf_clear(&body);
	return done && fill_withheld(visit, item, err);
}
