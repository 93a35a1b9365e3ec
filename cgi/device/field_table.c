/*
 * Rows of the catalogue for people, read from the field tables in
 * src/documents, so that no page can say anything else than what is sent.
 * What really leaves is decided by documents/redact.c.
 */
#include "cgi/device/field_table.h"

#include <string.h>

#include "cgi/device/words.h"
#include "web/view.h"

static const char *leaves(enum field_class class)
{
	switch (class) {
	case CLASS_MACHINE:
		return "as it is";
	case CLASS_NETWORK:
		return "as a code; by name only with personal data allowed";
	case CLASS_PERSONAL:
		return "only with personal data allowed";
	default:
		return "never";
	}
}

static void add_field(json_t *fields, const struct field *field)
{
	json_t *item = view_item(fields);
	struct buf name = BUF_INIT;

	words_put_field(&name, field->path, strlen(field->path));
	view_text(item, "field", buf_str(&name));
	view_text(item, "leaves", leaves(field->class));
	view_text(item, "instead",
		  field->class == CLASS_NETWORK ? "a code" : "nothing");
	view_text(item, "why", field->purpose);
	words_class_tag(item, "tag", field->class);
	buf_clear(&name);
}

/* Does the form have a place for a value of one of these classes? */
static bool form_holds(const char *form, unsigned classes)
{
	return classes == FIELD_TABLE_ALL ||
	       strstr(form, "{network}") != NULL ||
	       strstr(form, "{personal}") != NULL;
}

void field_table_add(json_t *documents, const struct document *document,
		     unsigned classes)
{
	json_t *item = json_object();
	json_t *fields = view_array(item, "fields");
	json_t *forms = view_array(item, "forms");

	for (const struct field *f = document->fields; f->path != NULL; f++) {
		if (f->type != TYPE_GROUP &&
		    (classes & 1u << (unsigned)f->class) != 0) {
			add_field(fields, f);
		}
	}
	for (const char *const *form = document->forms;
	     form != NULL && *form != NULL; form++) {
		if (form_holds(*form, classes)) {
			view_item_text(forms, *form);
		}
	}
	view_text(item, "name", document->name);
	view_text(item, "title", document->title);
	view_text(item, "purpose", document->purpose);
	if (json_array_size(fields) > 0) {
		view_count(item, "count", json_array_size(fields), "field",
			   "fields");
	} else {
		view_count(item, "count", json_array_size(forms),
			   "form of lines", "forms of lines");
	}
	view_flag(item, "fields_shown", json_array_size(fields) > 0);
	view_flag(item, "forms_shown", json_array_size(forms) > 0);
	if (json_array_size(fields) + json_array_size(forms) > 0) {
		json_array_append(documents, item);
	}
	json_decref(item);
}

void field_table_legend(json_t *view, unsigned classes)
{
	static const struct {
		enum field_class class;
		const char *text;
	} rows[] = {
		{ CLASS_MACHINE,
		  "sent as it is, with a service that you allow" },
		{ CLASS_NETWORK,
		  "a code that only this device can read leaves in its place; "
		  "the name itself only with personal data allowed" },
		{ CLASS_PERSONAL,
		  "stays here; sent only with personal data allowed" },
		{ CLASS_JOB, "never sent in a document" },
		{ CLASS_SECRET, "never sent" },
	};
	json_t *legend = view_array(view, "legend");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((classes & 1u << (unsigned)rows[i].class) == 0) {
			continue;
		}
		json_t *item = view_item(legend);

		words_class_tag(item, "tag", rows[i].class);
		view_text(item, "text", rows[i].text);
	}
}
