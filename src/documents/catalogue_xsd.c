/*
 * The catalogue as XML Schema 1.0. It says what document_reader.c checks, as
 * far as XML Schema can: it counts characters where we count bytes, and does
 * not see control characters, days that no month has, the digits of a number
 * together, empty groups, a document's own check(), forms of lines or the
 * grants. Fields that never leave (job, secret) have no element.
 */
#include "documents/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "documents/service.h"
#include "documents/transmission.h"
#include "formats/xml_writer.h"

static void named(struct xml_writer *w, const char *element, const char *name)
{
	xml_start(w, element);
	xml_attr(w, "name", name);
}

static void pattern_type(struct xml_writer *w, const char *name,
			 const char *max_length, const char *pattern)
{
	named(w, "xs:simpleType", name);
	xml_start(w, "xs:restriction");
	xml_attr(w, "base", "xs:string");
	if (max_length != NULL) {
		xml_start(w, "xs:maxLength");
		xml_attr(w, "value", max_length);
		xml_end(w);
	}
	xml_start(w, "xs:pattern");
	xml_attr(w, "value", pattern);
	xml_end(w);
	xml_end(w);
	xml_end(w);
}

/* The values of a list with single spaces between. */
static void enumerate(struct xml_writer *w, const char *list)
{
	xml_start(w, "xs:restriction");
	xml_attr(w, "base", "xs:string");
	while (list != NULL && *list != '\0') {
		char word[64];
		size_t len = strcspn(list, " ");
		snprintf(word, sizeof(word), "%.*s", (int)len, list);
		xml_start(w, "xs:enumeration");
		xml_attr(w, "value", word);
		xml_end(w);
		list += len + (list[len] == ' ');
	}
	xml_end(w);
}

static void enumerated_type(struct xml_writer *w, const char *name,
			    const char *list)
{
	named(w, "xs:simpleType", name);
	enumerate(w, list);
	xml_end(w);
}

#define LINE "\\S|\\S[^\\t\\n\\r]*\\S"
#define NUMBER "-?[0-9]{1,18}(\\.[0-9]{1,17})?"
#define UUID_V7 \
	"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

static void put_types(struct xml_writer *w)
{
	pattern_type(w, "counter", NULL, "unknown|0|[1-9][0-9]{0,18}");
	pattern_type(w, "level", NULL, "unknown|other|some|0|[1-9][0-9]{0,18}");
	pattern_type(w, "integer", NULL, "unknown|0|-?[1-9][0-9]{0,18}");
	pattern_type(w, "token", "255", LINE);
	pattern_type(w, "text", "1023", LINE);
	pattern_type(w, "time", NULL,
		     "unknown|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:"
		     "[0-9]{2}Z");
	pattern_type(w, "keyword", "255", "[A-Za-z0-9._\\-]+");
	pattern_type(w, "numbers", "1023", NUMBER "( " NUMBER ")*");
	pattern_type(w, "digest", NULL, "[0-9a-f]{64}");
	pattern_type(w, "line", "1023", LINE);
	pattern_type(w, "source", "127", "[A-Za-z0-9._\\-/\\[\\]]+");
	pattern_type(w, "uuid", NULL, UUID_V7);
	pattern_type(w, "hash", NULL, "[0-9a-f]{64}");
	pattern_type(w, "machineId", "64", "[a-z0-9.\\-]+");
	enumerated_type(w, "reason", "button timer alarm instruction sample");
	named(w, "xs:simpleType", "service");
	xml_start(w, "xs:restriction");
	xml_attr(w, "base", "xs:string");
	const struct service *s;
	for (size_t n = 0; (s = control_at(n)) != NULL; n++) {
		if (s->id != GATE_JOB_DATA) {
			xml_start(w, "xs:enumeration");
			xml_attr(w, "value", s->name);
			xml_end(w);
		}
	}
	xml_end(w);
	xml_end(w);
}

/* Types of our own name stand in the target namespace, prefix "t". */
static void attribute(struct xml_writer *w, const char *name, const char *type,
		      bool required)
{
	named(w, "xs:attribute", name);
	xml_attr(w, "type", type);
	if (required) {
		xml_attr(w, "use", "required");
	}
	xml_end(w);
}

/* Neither it nor a group around it is of a class that stays. */
static bool leaves(const struct document *d, const struct field *f)
{
	for (const struct field *g = d->fields; g->path != NULL; g++) {
		size_t len = strlen(g->path);
		bool around = strncmp(f->path, g->path, len) == 0 &&
			      (f->path[len] == '/' || f->path[len] == '\0');
		if (around &&
		    (g->class == CLASS_JOB || g->class == CLASS_SECRET)) {
			return false;
		}
	}
	return true;
}

static bool has_own_words(const struct field *f)
{
	return f->type == TYPE_KEYWORD && f->choices != NULL;
}

/* "Billing.SizeClass.Size" */
static void own_type_name(char *dst, size_t size, const char *prefix,
			  const struct document *d, const struct field *f)
{
	snprintf(dst, size, "%s%s.%s", prefix, d->name, f->path);
	for (char *c = dst; *c != '\0'; c++) {
		if (*c == '/') {
			*c = '.';
		}
	}
}

static void put_keyword_types(struct xml_writer *w, const struct document *d)
{
	for (const struct field *f = d->fields; f->path != NULL; f++) {
		if (leaves(d, f) && has_own_words(f)) {
			char name[256];
			own_type_name(name, sizeof(name), "", d, f);
			enumerated_type(w, name, f->choices);
		}
	}
}

static void put_value(struct xml_writer *w, const struct document *d,
		      const struct field *f)
{
	char type[256];

	if (has_own_words(f)) {
		own_type_name(type, sizeof(type), "t:", d, f);
	} else {
		snprintf(type, sizeof(type), "t:%s", field_type_name(f->type));
	}
	xml_start(w, "xs:complexType");
	xml_start(w, "xs:simpleContent");
	xml_start(w, "xs:extension");
	xml_attr(w, "base", type);
	if (f->unit != NULL) {
		named(w, "xs:attribute", "unit");
		xml_attr(w, "use", "required");
		xml_start(w, "xs:simpleType");
		enumerate(w, f->units != NULL ? f->units : f->unit);
		xml_end(w);
		xml_end(w);
	}
	attribute(w, "source", "t:source", false);
	xml_end(w);
	xml_end(w);
	xml_end(w);
}

static void put_note(struct xml_writer *w, const char *text)
{
	xml_start(w, "xs:annotation");
	xml_element(w, "xs:documentation", text);
	xml_end(w);
}

/* parent: path of a group, "" = the document. Depth is FIELD_DEPTH_MAX. */
static void put_children(struct xml_writer *w, const struct document *d,
			 const char *parent)
{
	xml_start(w, "xs:complexType");
	xml_start(w, "xs:sequence");
	for (const struct field *f = d->fields; f->path != NULL; f++) {
		if (!leaves(d, f) || !field_is_below(f, parent)) {
			continue;
		}
		char max[16];
		snprintf(max, sizeof(max), "%d",
			 f->repeats ? FIELD_REPEAT_MAX : 1);
		named(w, "xs:element", field_name(f));
		xml_attr(w, "minOccurs", f->required ? "1" : "0");
		xml_attr(w, "maxOccurs", max);
		char note[512];
		snprintf(note, sizeof(note), "%s. Class: %s. Source: %s.",
			 f->purpose, field_class_name(f->class), f->source);
		put_note(w, note);
		if (f->type == TYPE_GROUP) {
			put_children(w, d, f->path);
		} else {
			put_value(w, d, f);
		}
		xml_end(w);
	}
	xml_end(w);
	xml_end(w);
}

static void simple_element(struct xml_writer *w, const char *name,
			   const char *type)
{
	named(w, "xs:element", name);
	xml_attr(w, "type", type);
	xml_end(w);
}

static void put_machine(struct xml_writer *w)
{
	named(w, "xs:element", "Machine");
	xml_start(w, "xs:complexType");
	xml_start(w, "xs:sequence");
	simple_element(w, "Id", "t:machineId");
	simple_element(w, "MakeAndModel", "t:token");
	simple_element(w, "SerialNumber", "t:token");
	xml_end(w);
	xml_end(w);
	xml_end(w);
}

static void put_grants(struct xml_writer *w)
{
	char max[16];

	snprintf(max, sizeof(max), "%d", TRANSMISSION_GRANTS_MAX);
	named(w, "xs:element", "Grants");
	xml_start(w, "xs:complexType");
	xml_start(w, "xs:sequence");
	named(w, "xs:element", "Grant");
	xml_attr(w, "minOccurs", "0");
	xml_attr(w, "maxOccurs", max);
	xml_start(w, "xs:complexType");
	attribute(w, "service", "t:service", true);
	attribute(w, "id", "t:uuid", true);
	xml_end(w);
	xml_end(w);
	xml_end(w);
	xml_end(w);
	xml_end(w);
}

static void put_envelope(struct xml_writer *w)
{
	const struct document *d;

	named(w, "xs:element", "Transmission");
	xml_start(w, "xs:complexType");
	xml_start(w, "xs:sequence");
	put_machine(w);
	put_grants(w);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		named(w, "xs:element", d->name);
		xml_attr(w, "minOccurs", "0");
		put_note(w, d->purpose);
		put_children(w, d, "");
		xml_end(w);
	}
	xml_end(w);
	attribute(w, "transaction", "t:uuid", true);
	attribute(w, "machine", "t:machineId", true);
	attribute(w, "reason", "t:reason", true);
	attribute(w, "collectedAt", "t:time", true);
	attribute(w, "catalogue", "t:hash", true);
	xml_end(w);
	xml_end(w);
}

void catalogue_put_xsd(struct buf *out)
{
	struct xml_writer w;
	const struct document *d;

	xml_writer_init(&w, out);
	xml_declaration(&w);
	xml_start(&w, "xs:schema");
	xml_attr(&w, "xmlns:xs", "http://www.w3.org/2001/XMLSchema");
	xml_attr(&w, "xmlns:t", TRANSMISSION_NAMESPACE);
	xml_attr(&w, "targetNamespace", TRANSMISSION_NAMESPACE);
	xml_attr(&w, "elementFormDefault", "qualified");
	put_types(&w);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		put_keyword_types(&w, d);
	}
	put_envelope(&w);
	xml_end(&w);
}
