/*
 * The catalogue as one page that stands by itself: services with their
 * words, then each document with its fields. Written with the XML writer,
 * so every text is escaped; no cell stays empty, because "<td/>" is no HTML.
 */
#include "documents/catalogue.h"

#include <string.h>

#include "base/encoding.h"
#include "documents/service.h"
#include "formats/xml_writer.h"

static const char style[] =
	"body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;"
	"max-width:76rem;padding:0 1rem;color-scheme:light dark}"
	"table{border-collapse:collapse;width:100%;font-size:.9rem}"
	"th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;"
	"border-bottom:1px solid #8888}"
	"div{overflow-x:auto}";

static void element_with(struct xml_writer *w, const char *name,
			 const char *attr, const char *value, const char *text)
{
	xml_start(w, name);
	xml_attr(w, attr, value);
	xml_text(w, text);
	xml_end(w);
}

static void put_head_row(struct xml_writer *w, const char *const *titles)
{
	xml_start(w, "thead");
	xml_start(w, "tr");
	for (size_t i = 0; titles[i] != NULL; i++) {
		element_with(w, "th", "scope", "col", titles[i]);
	}
	xml_end(w);
	xml_end(w);
}

static void put_cell(struct xml_writer *w, const char *text)
{
	xml_element(w, "td", text != NULL ? text : "none");
}

static void put_field(struct xml_writer *w, const struct field *f)
{
	xml_start(w, "tr");
	element_with(w, "th", "scope", "row", f->path);
	put_cell(w, f->moment ? "time; what is older than the permission stays"
			      : field_type_name(f->type));
	put_cell(w, f->units != NULL ? f->units : f->unit);
	put_cell(w, field_class_name(f->class));
	put_cell(w, f->repeats ? "several" : f->required ? "required" : "one");
	put_cell(w, f->source);
	put_cell(w, f->purpose);
	xml_end(w);
}

static void put_forms(struct xml_writer *w, const struct document *d)
{
	if (d->forms == NULL) {
		return;
	}
	xml_element(w, "p",
		    "A line leaves only in one of these forms. Where it says "
		    "network, personal, job or secret, what stood there is "
		    "treated as a field of that class.");
	xml_start(w, "ul");
	for (const char *const *form = d->forms; *form != NULL; form++) {
		xml_start(w, "li");
		xml_element(w, "code", *form);
		xml_end(w);
	}
	xml_end(w);
}

static void put_document(struct xml_writer *w, const struct document *d)
{
	static const char *const titles[] = { "Field",
					      "Type",
					      "Unit",
					      "Class",
					      "How often",
					      "Source",
					      "Why it is wanted",
					      NULL };

	element_with(w, "h2", "id", d->name, d->title);
	xml_element(w, "p", d->purpose);
	xml_start(w, "div");
	xml_start(w, "table");
	put_head_row(w, titles);
	xml_start(w, "tbody");
	for (const struct field *f = d->fields; f->path != NULL; f++) {
		put_field(w, f);
	}
	xml_end(w);
	xml_end(w);
	xml_end(w);
	put_forms(w, d);
}

static void put_services(struct xml_writer *w)
{
	static const char *const titles[] = { "Service", "Purpose",
					      "Sends",   "Never sends",
					      "When",    "If not allowed",
					      NULL };
	const struct service *s;

	element_with(w, "h2", "id", "services", "Services and gates");
	xml_start(w, "div");
	xml_start(w, "table");
	put_head_row(w, titles);
	xml_start(w, "tbody");
	for (size_t n = 0; (s = control_at(n)) != NULL; n++) {
		xml_start(w, "tr");
		element_with(w, "th", "scope", "row", s->title);
		put_cell(w, s->purpose);
		put_cell(w, s->sends);
		put_cell(w, s->never_sends);
		put_cell(w, s->when);
		put_cell(w, s->if_off);
		xml_end(w);
	}
	xml_end(w);
	xml_end(w);
	xml_end(w);
}

static void put_page_head(struct xml_writer *w)
{
	xml_start(w, "head");
	xml_start(w, "meta");
	xml_attr(w, "charset", "utf-8");
	xml_end(w);
	xml_start(w, "meta");
	xml_attr(w, "name", "viewport");
	xml_attr(w, "content", "width=device-width, initial-scale=1");
	xml_end(w);
	xml_element(w, "title", "Sluice: what may leave the device");
	xml_element(w, "style", style);
	xml_end(w);
}

void catalogue_put_html(struct buf *out)
{
	struct xml_writer w;
	const struct document *d;
	uint8_t hash[32];
	char hex[65];

	catalogue_hash(hash);
	hex_encode(hex, hash, sizeof(hash));
	buf_put_str(out, "<!DOCTYPE html>\n");
	xml_writer_init(&w, out);
	xml_start(&w, "html");
	xml_attr(&w, "lang", "en");
	put_page_head(&w);
	xml_start(&w, "body");
	xml_element(&w, "h1", "What may leave the device");
	xml_element(&w, "p",
		    "Only what stands here can be sent, and only for a service "
		    "that is allowed. Fields of class machine are sent with "
		    "their service; personal only if personal data is allowed "
		    "as well, and network as a code that the customer alone "
		    "can read unless it is; job and secret never.");
	xml_start(&w, "p");
	xml_text(&w, "SHA-256 of this catalogue: ");
	xml_text(&w, hex);
	xml_end(&w);
	put_services(&w);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		put_document(&w, d);
	}
	xml_end(&w);
	xml_end(&w);
	buf_put_char(out, '\n');
}
