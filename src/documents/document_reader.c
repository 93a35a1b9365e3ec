/*
 * Strict reading of one document. Order, number, values, units and sources
 * must be as catalogue.c's schema says, and a little more: a document's own
 * check(), bytes instead of characters, no control characters. The envelope
 * around it is transmission_reader.c's.
 */
#include "documents/document_reader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "documents/log_line.h"
#include "documents/pseudonym.h"
#include "formats/xml_reader.h"

void document_reader_begin(struct document_reader *r,
			   const struct document *document)
{
	r->document = document;
	r->frames[0] = (struct document_frame){
		.item = item_new(NULL, NULL, NULL, NULL),
	};
	r->open = 1;
	snprintf(r->path, sizeof(r->path), "%s", document->name);
}

void document_reader_clear(struct document_reader *r)
{
	while (r->open > 0) {
		/* Children of open frames are not linked to parents yet. */
		item_free(r->frames[--r->open].item);
	}
	r->document = NULL;
}

static const struct field *child_field(const struct document_reader *r,
				       const char *name)
{
	const struct field *above = r->frames[r->open - 1].item->field;
	const char *parent = above != NULL ? above->path : "";
	size_t len = strlen(parent);

	/* Each element comes through here. No name in XML has a slash. */
	for (const struct field *f = r->document->fields; f->path != NULL;
	     f++) {
		if (strncmp(f->path, parent, len) != 0 ||
		    (len > 0 && f->path[len] != '/')) {
			continue;
		}
		if (strcmp(f->path + len + (len > 0), name) == 0) {
			return f;
		}
	}
	return NULL;
}

static bool place_ok(const struct document_reader *r,
		     struct document_frame *parent, const struct field *field,
		     struct err *err)
{
	if (field->class == CLASS_JOB || field->class == CLASS_SECRET) {
		return err_set(err, ERR_INVALID,
			       "%s holds %s, which never leaves a device",
			       r->path, field->path);
	}
	if (field->class == CLASS_PERSONAL && !r->personal) {
		return err_set(err, ERR_INVALID,
			       "%s holds %s, which is personal data that no "
			       "grant covers",
			       r->path, field->path);
	}
	if (parent->last != NULL && field < parent->last) {
		return err_set(err, ERR_INVALID, "%s is out of order in %s",
			       field_name(field), r->path);
	}
	if (field != parent->last) {
		parent->last = field;
		parent->nth = 0;
	}
	parent->nth++;
	if (parent->nth > (field->repeats ? FIELD_REPEAT_MAX : 1)) {
		return err_set(err, ERR_INVALID, "%s stands too often in %s",
			       field_name(field), r->path);
	}
	return true;
}

static bool attrs_ok(const struct document_reader *r, const struct field *field,
		     const char *const *attrs, struct err *err)
{
	for (size_t i = 0; attrs[i] != NULL; i += 2) {
		bool known = field->type != TYPE_GROUP &&
			     (strcmp(attrs[i], "unit") == 0 ||
			      strcmp(attrs[i], "source") == 0);
		if (!known) {
			return err_set(err, ERR_INVALID,
				       "%s has an unknown attribute", r->path);
		}
	}
	const char *source = xml_attr_get(attrs, "source");
	if (source != NULL && !field_source_ok(source)) {
		return err_set(err, ERR_INVALID, "the source of %s is no name",
			       r->path);
	}
	return true;
}

static void path_push(struct document_reader *r, const struct field *field,
		      size_t nth)
{
	const char *name = field_name(field);
	size_t len = strlen(r->path), add = strlen(name);
	/* Names are our own and few; a test holds the tables to it. */
	assert(add + 32 < sizeof(r->path) - len);
	r->path[len++] = '/';
	memcpy(r->path + len, name, add + 1);
	if (field->repeats) {
		snprintf(r->path + len + add, 24, "[%zu]", nth);
	}
}

bool document_reader_start(struct document_reader *r, const char *name,
			   const char *const *attrs, struct err *err)
{
	struct document_frame *parent = &r->frames[r->open - 1];
	const struct field *above = parent->item->field;

	if (above != NULL && above->type != TYPE_GROUP) {
		return err_set(err, ERR_INVALID, "%s holds elements", r->path);
	}
	const struct field *field = child_field(r, name);
	if (field == NULL) {
		return err_set(err, ERR_INVALID, "%s holds an unknown element",
			       r->path);
	}
	if (!place_ok(r, parent, field, err)) {
		return false;
	}
	size_t path_len = strlen(r->path);
	path_push(r, field, parent->nth);
	if (!attrs_ok(r, field, attrs, err)) {
		return false;
	}
	r->frames[r->open++] = (struct document_frame){
		.item = item_new(field, NULL, xml_attr_get(attrs, "unit"),
				 xml_attr_get(attrs, "source")),
		.path_len = path_len,
	};
	return true;
}

bool document_reader_text(struct document_reader *r, const char *text,
			  struct err *err)
{
	struct item *item = r->frames[r->open - 1].item;

	if (item->field == NULL || item->field->type == TYPE_GROUP) {
		return err_set(err, ERR_INVALID, "%s holds text", r->path);
	}
	mem_free(item->text);
	item->text = mem_strdup(text);
	return true;
}

/* A part of a line: what may stand there without its class being covered? */
static bool slot_ok(const struct document_reader *r,
		    const struct log_line_slot *slot)
{
	char text[64] = "";

	if (slot->class == CLASS_MACHINE ||
	    (r->personal &&
	     (slot->class == CLASS_PERSONAL || slot->class == CLASS_NETWORK))) {
		return true;
	}
	if (slot->len >= sizeof(text)) {
		return false;
	}
	memcpy(text, slot->at, slot->len);
	return strcmp(text, log_line_mark(slot->class)) == 0 ||
	       (slot->class == CLASS_NETWORK && pseudonym_is(text));
}

static bool line_ok(const struct document_reader *r, const char *text)
{
	struct log_line line;

	if (!log_line_match(r->document->forms, text, &line)) {
		return false;
	}
	for (size_t i = 0; i < line.count; i++) {
		if (!slot_ok(r, &line.slots[i])) {
			return false;
		}
	}
	return true;
}

/*
 * Without a grant for personal data only codes may stand for names of the
 * network; place_ok() refused the other fields.
 */
static bool class_ok(const struct document_reader *r, const struct item *item,
		     struct err *err)
{
	if (item->field->type == TYPE_LINE && !line_ok(r, item->text)) {
		return err_set(err, ERR_INVALID,
			       "%s is in no form of the catalogue, or holds "
			       "what no grant covers",
			       r->path);
	}
	if (!r->personal && item->field->class == CLASS_NETWORK &&
	    !pseudonym_is(item->text)) {
		return err_set(err, ERR_INVALID,
			       "%s is a name of the network, which no grant "
			       "covers",
			       r->path);
	}
	return true;
}

static bool value_ends(const struct document_reader *r, const struct item *item,
		       struct err *err)
{
	if (!field_check(item->field, item->text, item->unit, err)) {
		return err_prefix(err, "%s", r->document->name);
	}
	if (!class_ok(r, item, err)) {
		return false;
	}
	if (r->seen == NULL || r->seen->field == NULL) {
		return true;
	}
	return r->seen->field(r->seen->ctx, r->document, r->path, item->text,
			      item->unit, item->source, err);
}

static bool group_ends(const struct document_reader *r, const struct item *item,
		       struct err *err)
{
	if (item->children == NULL) {
		return err_set(err, ERR_INVALID, "%s is empty", r->path);
	}
	const struct field *missing = item_missing(r->document, item);
	if (missing != NULL) {
		return err_set(err, ERR_INVALID, "%s has no %s", r->path,
			       field_name(missing));
	}
	if (item->field == NULL && r->document->check != NULL &&
	    !r->document->check(item, err)) {
		return err_prefix(err, "%s", r->document->name);
	}
	return true;
}

bool document_reader_end(struct document_reader *r, struct err *err)
{
	struct document_frame *frame = &r->frames[r->open - 1];
	const struct field *field = frame->item->field;
	bool is_value = field != NULL && field->type != TYPE_GROUP;

	if (is_value ? !value_ends(r, frame->item, err)
		     : !group_ends(r, frame->item, err)) {
		return false;
	}
	if (r->open == 1) {
		document_reader_clear(r);
		return true;
	}
	r->path[frame->path_len] = '\0';
	item_add(r->frames[r->open - 2].item, frame->item);
	frame->item = NULL;
	r->open--;
	return true;
}
