/*
 * Samples for the tests of src/documents, made from the field tables. See
 * samples.h.
 */
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const uint8_t samples_key[PSEUDONYM_KEY_SIZE] =
	"a key for the tests alone, 32 b";

/* nth = which of its kind the group is, from 1. */
static const char *number(const struct field *f, unsigned nth, char *dst,
			  size_t size)
{
	bool is_index = strcmp(field_name(f), "Index") == 0;

	snprintf(dst, size, "%u", is_index ? nth : 40 + nth);
	return dst;
}

static const char *keyword(const struct field *f, unsigned nth, char *dst,
			   size_t size)
{
	if (field_word_in(f->choices, "percent")) {
		return "percent";
	}
	if (field_word_in(f->choices, "fuser")) {
		return nth == 1 ? "toner" : "fuser";
	}
	snprintf(dst, size, "%.*s", (int)strcspn(f->choices, " "), f->choices);
	return dst;
}

static const char *canary(const struct document *d, const struct field *f,
			  char *dst, size_t size)
{
	snprintf(dst, size, "canary-%s-%s-%s", field_class_name(f->class),
		 d->name, f->path);
	for (char *c = dst; f->type == TYPE_KEYWORD && *c != '\0'; c++) {
		if (*c == '/') {
			*c = '.';
		}
	}
	return dst;
}

const char *samples_value(const struct document *d, const struct field *f,
			  unsigned nth, char *dst, size_t size)
{
	switch (f->type) {
	case TYPE_COUNTER:
	case TYPE_LEVEL:
	case TYPE_INTEGER:
		return number(f, nth, dst, size);
	case TYPE_TIME:
		return SAMPLES_MOMENT;
	case TYPE_NUMBERS:
		return "20 -0.5 184467440737095516";
	case TYPE_DIGEST:
		return "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991"
		       "b7852b855";
	case TYPE_KEYWORD:
		return f->choices != NULL ? keyword(f, nth, dst, size)
					  : canary(d, f, dst, size);
	default:
		return canary(d, f, dst, size);
	}
}

/* What stands for a slot; name is behind its brace and ends at the other. */
static void put_slot(struct buf *out, const struct document *d,
		     const char *name, size_t len)
{
	static const struct {
		const char *name, *value;
	} plain[] = { { "time", SAMPLES_MOMENT },
		      { "number", "-41.5" },
		      { "hex", "0x1fE" },
		      { "version", "7.2.1" } };

	if (strncmp(name, "one:", 4) == 0) {
		buf_put(out, name + 4, strcspn(name + 4, "|}"));
		return;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (strlen(plain[i].name) == len &&
		    strncmp(plain[i].name, name, len) == 0) {
			buf_put_str(out, plain[i].value);
			return;
		}
	}
	buf_printf(out, "canary-%.*s-%s-line", (int)len, name, d->name);
}

void samples_line(struct buf *out, const struct document *d, const char *form)
{
	while (*form != '\0') {
		if (*form != '{') {
			buf_put(out, form++, 1);
			continue;
		}
		size_t len = strcspn(form + 1, "}");
		put_slot(out, d, form + 1, len);
		form += len + 2;
	}
}

static void print_lines(struct collected_writer *w, const struct document *d,
			const struct field *f)
{
	for (const char *const *form = d->forms; *form != NULL; form++) {
		struct buf line = BUF_INIT;
		samples_line(&line, d, *form);
		collected_writer_field(w, field_name(f), buf_str(&line), NULL,
				       "sample");
		buf_clear(&line);
	}
	collected_writer_field(w, field_name(f), SAMPLES_STRAY_LINE, NULL,
			       "sample");
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
		if (f->type == TYPE_LINE) {
			print_lines(w, d, f);
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
					       samples_value(d, f, nth, value,
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
	if (c->strays != NULL) {
		fprintf(stderr, "sample: %s: %s\n", c->strays->path,
			c->strays->reason);
		abort();
	}
	buf_clear(&xml);
}

void samples_collect_body(struct collected *c, const char *body)
{
	struct buf xml = BUF_INIT;
	struct err err = { 0 };

	memset(c, 0, sizeof(*c));
	buf_printf(&xml,
		   "<Collected xmlns='urn:sluice:collected:1' source='t' "
		   "collectedAt='2026-11-23T14:00:00Z'>%s</Collected>",
		   body);
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
	for (size_t n = 0; (s = control_at(n)) != NULL; n++) {
		if ((services & SERVICE_BIT(s->id)) != 0) {
			struct transmission_grant *g =
				&head->grants[head->grants_count++];
			g->service = s->id;
			snprintf(g->id, sizeof(g->id),
				 "019ab0c2-0000-7000-8000-00000000000%zu", n);
		}
	}
}

void samples_write(struct buf *out, const struct redact_rules *rules,
		   struct withheld_list *withheld)
{
	struct withheld_list own = { .at = NULL };
	struct transmission_head head;
	struct collected c;
	struct err err = { 0 };

	samples_collect(&c);
	samples_head(&head,
		     rules->services |
			     (rules->personal ? SERVICE_BIT(GATE_PERSONAL)
					      : 0));
	must(transmission_write(&head, &c, rules, out,
				withheld != NULL ? withheld : &own, &err),
	     &err);
	withheld_clear(&own);
	collected_clear(&c);
}

void samples_transmission(struct buf *out, unsigned services, bool personal,
			  struct withheld_list *withheld)
{
	const struct redact_rules rules = { .services = services,
					    .personal = personal,
					    .pseudonym_key = samples_key };

	samples_write(out, &rules, withheld);
}
