/*
 * Exports the ledger to a file, entry by entry. The forms are
 * domain/ledger_export's.
 */
#include "cli/log_export.h"

#include "cli/print.h"

struct export
{
	FILE *out;
	enum ledger_format format;
};

static void print_and_clear(FILE *out, struct buf *text)
{
	print_bytes(out, text->data, text->len);
	buf_clear(text);
}

static bool put_entry(void *ctx, const struct ledger_entry *entry,
		      struct err *err)
{
	const struct export *export = ctx;
	struct buf text = BUF_INIT;
	ledger_export_entry(&text, export->format, entry);
	print_and_clear(export->out, &text);
	if (ferror(export->out)) {
		return err_set(err, ERR_IO, "The export could not be written.");
	}
	return true;
}

bool log_export(struct db *db, const struct ledger_filter *filter, size_t limit,
		enum ledger_format format, FILE *out, struct err *err)
{
	struct export export = { out, format };
	struct buf text = BUF_INIT;
	ledger_export_begin(&text, format);
	print_and_clear(out, &text);
	if (!ledger_each(db, filter, limit, put_entry, &export, err)) {
		return false;
	}
	ledger_export_end(&text, format);
	print_and_clear(out, &text);
	return true;
}
