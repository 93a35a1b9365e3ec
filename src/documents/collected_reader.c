/*
 * Reads what one collector printed (format: docs/collectors.md). Collectors
 * parse what strangers send, so nothing they print is believed: the form of
 * the XML must hold, else all of it is refused; a field that is in no row of
 * the catalogue, or no value of its row, is left out and counted. Compare
 * document_reader.c, which is strict: there every fault refuses the whole.
 */
#include "documents/collected.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "documents/collected_parts.h"
#include "formats/xml_reader.h"

#define DEPTH_MAX 16

static const struct xml_limits limits = {
	.bytes = COLLECTED_MAX,
	.depth = DEPTH_MAX,
	.attributes = 8,
	.text = 16 * 1024,
	.elements = 50000,
};

/* One open element of a document. */
struct frame {
	struct item *item;
	const char *fault; /* it is left out, for this reason; NULL = none */
};

struct reading {
	struct collected found;
	const struct document *document;          /* the open one */
	struct frame frames[FIELD_DEPTH_MAX + 1]; /* [0] is the root */
	unsigned open;                            /* frames in use */
	unsigned skipped; /* open elements that are passed over */
	unsigned depth;   /* all open elements */
	struct item_path path;
};

static void stray(struct reading *r, const char *reason)
{
	collected_add_stray(&r->found, r->path.text, reason, 1);
}

static bool start_collected(struct reading *r, const char *name,
			    const char *const *attrs, struct err *err)
{
	const char *source = xml_attr_get(attrs, "source");
	const char *at = xml_attr_get(attrs, "collectedAt");

	if (strcmp(name, "Collected") != 0) {
		return err_set(err, ERR_INVALID,
			       "the first element is not Collected");
	}
	if (source == NULL || !field_source_ok(source)) {
		return err_set(err, ERR_INVALID,
			       "Collected has no source, or a wrong one");
	}
	if (at == NULL || !clock_parse(at, &r->found.at) || r->found.at <= 0) {
		return err_set(err, ERR_INVALID,
			       "Collected has no collectedAt in UTC");
	}
	for (size_t i = 0; attrs[i] != NULL; i += 2) {
		if (strcmp(attrs[i], "source") != 0 &&
		    strcmp(attrs[i], "collectedAt") != 0) {
			return err_set(err, ERR_INVALID,
				       "Collected has an unknown attribute");
		}
	}
	return true;
}

static void start_document(struct reading *r, const char *name,
			   const char *const *attrs)
{
	const struct document *d = document_by_name(name);
	const char *fault = NULL;

	if (d == NULL) {
		fault = "no document of this name is in the catalogue";
	} else if (r->found.documents[d->kind] != NULL) {
		fault = "the document was given more than once";
	} else if (attrs[0] != NULL) {
		fault = "a document takes no attributes";
	}
	if (fault != NULL) {
		stray(r, fault);
		r->skipped = 1;
		return;
	}
	r->document = d;
	r->frames[0] =
		(struct frame){ .item = item_new(NULL, NULL, NULL, NULL) };
	r->open = 1;
}

static const char *attrs_fault(const struct field *field,
			       const char *const *attrs)
{
	for (size_t i = 0; attrs[i] != NULL; i += 2) {
		bool known = field->type != TYPE_GROUP &&
			     (strcmp(attrs[i], "unit") == 0 ||
			      strcmp(attrs[i], "source") == 0);
		if (!known) {
			return "has an attribute that is not in the catalogue";
		}
	}
	const char *source = xml_attr_get(attrs, "source");
	if (source != NULL && !field_source_ok(source)) {
		return "has a source that is no name";
	}
	return NULL;
}

/* Why an element with this field cannot stand here; NULL = it can. */
static const char *place_fault(const struct frame *parent,
			       const struct field *field,
			       const char *const *attrs)
{
	if (field == NULL) {
		return "not in the catalogue";
	}
	size_t have = item_count(parent->item, field);
	if (!field->repeats && have > 0) {
		return "given more than once";
	}
	if (have >= FIELD_REPEAT_MAX) {
		return "given too often";
	}
	return attrs_fault(field, attrs);
}

static void start_field(struct reading *r, const char *const *attrs)
{
	struct frame *parent = &r->frames[r->open - 1];
	const struct field *above = parent->item->field;

	if (above != NULL && above->type != TYPE_GROUP) {
		parent->fault = "holds elements instead of a value";
		r->skipped = 1;
		return;
	}
	/* The path begins with the document's name and "/". */
	const char *below = strchr(r->path.text, '/');
	const struct field *field =
		below == NULL ? NULL : document_field(r->document, below + 1);
	const char *fault = place_fault(parent, field, attrs);
	if (fault != NULL) {
		stray(r, fault);
		r->skipped = 1;
		return;
	}
	const char *unit = xml_attr_get(attrs, "unit");
	r->frames[r->open++] = (struct frame){
		.item = item_new(field, NULL, unit != NULL ? unit : field->unit,
				 xml_attr_get(attrs, "source")),
	};
}

static bool on_start(void *ctx, const char *name, const char *const *attrs,
		     struct err *err)
{
	struct reading *r = ctx;

	r->depth++;
	if (r->depth == 1) {
		return start_collected(r, name, attrs, err);
	}
	item_path_push(&r->path, name);
	if (r->skipped > 0) {
		r->skipped++;
	} else if (r->depth == 2) {
		start_document(r, name, attrs);
	} else {
		start_field(r, attrs);
	}
	return true;
}

static bool is_space(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static bool on_text(void *ctx, const char *text, size_t len, struct err *err)
{
	struct reading *r = ctx;

	(void)len;
	if (r->skipped > 0 || is_space(text)) {
		return true;
	}
	if (r->depth < 2) {
		return err_set(err, ERR_INVALID,
			       "text stands between the documents");
	}
	struct frame *f = &r->frames[r->open - 1];
	const struct field *field = f->item->field;
	if (field == NULL || field->type == TYPE_GROUP) {
		stray(r, "holds text where elements belong");
		return true;
	}
	const char *from = text + strspn(text, " \t\r\n");
	size_t have = strlen(from);
	while (have > 0 && strchr(" \t\r\n", from[have - 1]) != NULL) {
		have--;
	}
	mem_free(f->item->text);
	f->item->text = mem_strndup(from, have);
	return true;
}

/* Is what the frame holds complete and right? If not, says why in err. */
static bool frame_ok(const struct reading *r, const struct frame *f,
		     struct err *err)
{
	const struct item *item = f->item;

	if (f->fault != NULL) {
		return err_set(err, ERR_INVALID, "%s", f->fault);
	}
	if (item->field != NULL && item->field->type != TYPE_GROUP) {
		return field_check(item->field, item->text, item->unit, err);
	}
	if (item->children == NULL) {
		return err_set(err, ERR_INVALID, "holds nothing");
	}
	const struct field *missing = item_missing(r->document, item);
	if (missing != NULL) {
		return err_set(err, ERR_INVALID, "has no %s",
			       field_name(missing));
	}
	if (item->field == NULL && r->document->check != NULL) {
		return r->document->check(item, err);
	}
	return true;
}

static void end_frame(struct reading *r)
{
	struct frame *f = &r->frames[--r->open];
	struct err why = { 0 };

	if (!frame_ok(r, f, &why)) {
		stray(r, why.text);
		item_free(f->item);
	} else if (r->open == 0) {
		r->found.documents[r->document->kind] = f->item;
	} else {
		item_add(r->frames[r->open - 1].item, f->item);
	}
	f->item = NULL;
}

static bool on_end(void *ctx, const char *name, struct err *err)
{
	struct reading *r = ctx;

	(void)name;
	(void)err;
	r->depth--;
	if (r->depth == 0) {
		return true;
	}
	if (r->skipped > 0) {
		r->skipped--;
	} else {
		end_frame(r);
	}
	item_path_pop(&r->path);
	return true;
}

bool collected_read(struct collected *c, const void *xml, size_t len,
		    struct err *err)
{
	static const struct xml_callbacks callbacks = {
		.start = on_start,
		.text = on_text,
		.end = on_end,
	};
	struct reading r = { 0 };
	struct xml_reader *reader =
		xml_reader_new(COLLECTED_NAMESPACE, &limits, &callbacks, &r);
	bool done = xml_reader_feed(reader, xml, len, err) &&
		    xml_reader_finish(reader, err);

	if (done) {
		collected_merge(c, &r.found);
	}
	while (r.open > 0) {
		item_free(r.frames[--r.open].item);
	}
	collected_clear(&r.found);
	xml_reader_free(reader);
	return done;
}
