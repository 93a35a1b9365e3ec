/*
 * Samples for the tests of src/documents, made from the field tables. See
 * samples.h.
 */
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* nth = which of its kind the group is, from 1. */
static const char *sample_value(const struct document *d, const struct field *f,
				unsigned nth, char *dst, size_t size)
{
	switch (f->type) {
	case TYPE_COUNTER:
	case TYPE_LEVEL:
	case TYPE_INTEGER:
		if (strcmp(field_name(f), "Index") == 0) {
			snprintf(dst, size, "%u", nth);
		} else {
			snprintf(dst, size, "%u", 40 + nth);
		}
		return dst;
	case TYPE_TIME:
		return "2026-11-23T13:00:00Z";
	case TYPE_KEYWORD:
		if (f->choices == NULL) {
			return "some-word";
		}
		if (field_word_in(f->choices, "percent")) {
			return "percent";
		}
		if (field_word_in(f->choices, "fuser")) {
			return nth == 1 ? "toner" : "fuser";
		}
		snprintf(dst, size, "%.*s", (int)strcspn(f->choices, " "),
			 f->choices);
		return dst;
	default:
		snprintf(dst, size, "canary-%s-%s-%s",
			 field_class_name(f->class), d->name, f->path);
		return dst;
	}
}

static void print_fields(struct collected_writer *w, const struct document *d,
			 const char *parent, unsigned nth)
{
	for (const struct field *f = d->fields; f->path != NULL; f++) {
		unsigned times = f->repeats ? 2 : 1;
		char value[512];
		if (!field_is_below(f, parent)) {
			continue;
		}
		for (unsigned i = 1; i <= times; i++) {
			if (f->type == TYPE_GROUP) {
				collected_writer_group(w, field_name(f));
				print_fields(w, d, f->path, i);
				collected_writer_group_end(w);
				continue;
			}
			collected_writer_field(w, field_name(f),
					       sample_value(d, f, nth, value,
							    sizeof(value)),
					       f->unit, "sample");
		}
	}
}

void samples_print(struct buf *out)
{
	struct collected_writer *w = collected_writer_new("sample", SAMPLES_AT);
	const struct document *d;

	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		collected_writer_document(w, d->kind);
		print_fields(w, d, "", 1);
	}
	collected_writer_finish(w, out);
}

static void must(bool done, const struct err *err)
{
	if (!done) {
		fprintf(stderr, "sample: %s\n", err->text);
		abort();
	}
}

void samples_collect(struct collected *c)
{
	struct buf xml = BUF_INIT;
	struct err err = { 0 };

	samples_print(&xml);
	memset(c, 0, sizeof(*c));
	must(collected_read(c, xml.data, xml.len, &err), &err);
	buf_clear(&xml);
}

void samples_head(struct transmission_head *head, unsigned services)
{
	const struct service *s;

	memset(head, 0, sizeof(*head));
	strcpy(head->transaction, SAMPLES_TRANSACTION);
	strcpy(head->machine_id, "printer-7.example");
	head->make_and_model = "Example Printer 7";
	head->serial_number = "EX7-004211";
	head->reason = services != 0 ? "button" : "sample";
	head->collected_at = SAMPLES_AT;
	for (size_t n = 0; (s = service_at(n)) != NULL; n++) {
		if ((services & SERVICE_BIT(s->id)) != 0) {
			struct transmission_grant *g =
				&head->grants[head->grants_count++];
			g->service = s->id;
			snprintf(g->id, sizeof(g->id),
				 "019ab0c2-0000-7000-8000-00000000000%zu", n);
		}
	}
}

void samples_transmission(struct buf *out, unsigned services, bool personal,
			  struct withheld_list *withheld)
{
	struct redact_rules rules = { .services = services,
				      .personal = personal };
	struct withheld_list own = { .at = NULL };
	struct transmission_head head;
	struct collected c;
	struct err err = { 0 };

	samples_collect(&c);
	samples_head(&head, services);
	must(transmission_write(&head, &c, &rules, out,
				withheld != NULL ? withheld : &own, &err),
	     &err);
	withheld_clear(&own);
	collected_clear(&c);
}
