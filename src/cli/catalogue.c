/*
 * "sluice catalogue": what may leave at all, printed from the field tables.
 * Needs neither a configuration nor a device. The whole is documents'; one
 * document at length, with the words and units that values may have, is for
 * whoever writes a collector.
 */
#include "base/buf.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "documents/catalogue.h"

static void put_field(const struct field *f, FILE *out)
{
	print_line(out, "%s%s: %s, %s%s%s", f->path, f->repeats ? "*" : "",
		   field_type_name(f->type), field_class_name(f->class),
		   f->required ? ", required" : "",
		   f->moment ? ", says when it happened" : "");
	print_line(out, "    %s", f->purpose);
	print_line(out, "    from: %s", f->source);
	if (f->unit != NULL) {
		print_line(out, "    unit: %s%s", f->unit,
			   f->units != NULL ? " if none is given" : "");
	}
	if (f->units != NULL) {
		print_line(out, "    units: %s", f->units);
	}
	if (f->choices != NULL) {
		print_line(out, "    words: %s", f->choices);
	}
}

static void put_document(const struct document *d, FILE *out)
{
	print_line(out, "%s: %s", d->name, d->purpose);
	for (const struct field *f = d->fields; f->path != NULL; f++) {
		put_field(f, out);
	}
	for (const char *const *form = d->forms; form != NULL && *form != NULL;
	     form++) {
		print_line(out, "line: %s", *form);
	}
}

static bool put_one(const char *name, FILE *out, struct err *err)
{
	const struct document *d = document_by_name(name);
	struct buf known = BUF_INIT;

	if (d != NULL) {
		put_document(d, out);
		return true;
	}
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		buf_printf(&known, "%s%s", n > 0 ? ", " : "", d->name);
	}
	err_set(err, ERR_INVALID,
		"There is no document \"%.40s\". The documents are: %s.", name,
		buf_str(&known));
	buf_clear(&known);
	return false;
}

int catalogue_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	const char *document = cli_value(args, "--document");
	if (cli_flag(args, "--table") + cli_flag(args, "--xsd") +
		    cli_flag(args, "--html") + (document != NULL) >
	    1) {
		return cli_misused(cli, "catalogue",
				   "Give one of --table, "
				   "--xsd, --html, --document.");
	}
	if (document != NULL) {
		return put_one(document, cli->out, err) ? CLI_DONE : CLI_USAGE;
	}
	struct buf out = BUF_INIT;
	if (cli_flag(args, "--xsd")) {
		catalogue_put_xsd(&out);
	} else if (cli_flag(args, "--html")) {
		catalogue_put_html(&out);
	} else {
		catalogue_put_table(&out);
	}
	print_bytes(cli->out, out.data, out.len);
	buf_clear(&out);
	return CLI_DONE;
}
