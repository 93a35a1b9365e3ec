/*
 * The catalogue as rows: the fixed form that is hashed, and the table for a
 * terminal. The schema is written by catalogue_xsd.c, the page by
 * catalogue_html.c, all from the same tables.
 */
#include "documents/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "crypto/sha256.h"

static const char *or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

/* Does a form of log lines hold a slot of these classes? */
static bool form_has(const char *form, unsigned classes)
{
	return ((classes & 1u << CLASS_MACHINE) != 0) ||
	       ((classes & 1u << CLASS_PERSONAL) != 0 &&
		strstr(form, "{personal}") != NULL) ||
	       ((classes & 1u << CLASS_NETWORK) != 0 &&
		strstr(form, "{network}") != NULL);
}

/*
 * "document NAME", then for each field its columns with TAB between: path,
 * type, class, one|many, optional|required (then " moment" where it is one),
 * unit, choices, units, source, purpose; LF. No column holds a TAB or LF, "-"
 * stands for none. Then each form of log lines as "form", TAB, the form.
 * difference.c reads this.
 */
void catalogue_put_rows_of(struct buf *out, const struct document *document,
			   unsigned classes)
{
	buf_printf(out, "document %s\n", document->name);
	for (const struct field *f = document->fields; f->path != NULL; f++) {
		if ((classes & 1u << f->class) == 0) {
			continue;
		}
		buf_printf(out, "%s\t%s\t%s\t%s\t%s%s\t", f->path,
			   field_type_name(f->type), field_class_name(f->class),
			   f->repeats ? "many" : "one",
			   f->required ? "required" : "optional",
			   f->moment ? " moment" : "");
		buf_printf(out, "%s\t%s\t%s\t%s\t%s\n", or_dash(f->unit),
			   or_dash(f->choices), or_dash(f->units),
			   or_dash(f->source), or_dash(f->purpose));
	}
	for (const char *const *form = document->forms;
	     form != NULL && *form != NULL; form++) {
		if (form_has(*form, classes)) {
			buf_printf(out, "form\t%s\n", *form);
		}
	}
}

void catalogue_put_rows(struct buf *out, const struct document *document)
{
	catalogue_put_rows_of(out, document, ~0u);
}

void catalogue_hash(uint8_t hash[32])
{
	struct buf rows = BUF_INIT;
	const struct document *d;

	buf_put_str(&rows, "sluice.catalogue/v1\n");
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		catalogue_put_rows(&rows, d);
	}
	sha256_bytes(rows.data, rows.len, hash);
	buf_clear(&rows);
}

/* "Faults/Fault/Time*" */
static void row_path(char *dst, size_t size, const struct document *d,
		     const struct field *f)
{
	snprintf(dst, size, "%s/%s%s", d->name, f->path, f->repeats ? "*" : "");
}

/* How wide the columns are that have no bound of their own. */
struct widths {
	int path, source;
};

static int wider(int width, const char *text)
{
	return strlen(text) > (size_t)width ? (int)strlen(text) : width;
}

static struct widths table_widths(void)
{
	struct widths widths = { 0, 0 };
	const struct document *d;

	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		for (const struct field *f = d->fields; f->path != NULL; f++) {
			char path[256];
			row_path(path, sizeof(path), d, f);
			widths.path = wider(widths.path, path);
			widths.source = wider(widths.source, f->source);
		}
	}
	return widths;
}

static void put_table_row(struct buf *out, const struct widths *widths,
			  const char *const columns[6])
{
	buf_printf(out, "%-*s %-8s %-12s %-9s %-*s %s\n", widths->path,
		   columns[0], columns[1], columns[2], columns[3],
		   widths->source, columns[4], columns[5]);
}

static void put_table_rows(struct buf *out, const struct widths *widths,
			   const struct document *d)
{
	for (const struct field *f = d->fields; f->path != NULL; f++) {
		char path[256];
		row_path(path, sizeof(path), d, f);
		const char *const columns[6] = { path,
						 field_type_name(f->type),
						 or_dash(f->unit),
						 field_class_name(f->class),
						 f->source,
						 f->purpose };
		put_table_row(out, widths, columns);
	}
}

void catalogue_put_table(struct buf *out)
{
	static const char *const head[6] = { "FIELD", "TYPE",   "UNIT",
					     "CLASS", "SOURCE", "PURPOSE" };
	const struct widths widths = table_widths();
	const struct document *d;

	put_table_row(out, &widths, head);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		put_table_rows(out, &widths, d);
	}
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		for (const char *const *form = d->forms;
		     form != NULL && *form != NULL; form++) {
			buf_printf(out, "%s line: %s\n", d->name, *form);
		}
	}
	buf_put_str(out, "* may occur more than once. Classes: machine is sent "
			 "under its service's grant; personal only if\n"
			 "personal data is allowed too, and network as a code "
			 "that the customer alone can read unless it is;\njob "
			 "and secret never.\n");
}
