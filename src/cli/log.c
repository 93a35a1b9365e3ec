/*
 * "sluice log": reads the transaction history log. Nothing here writes to it.
 * The formats of exports are log_export's.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/log_export.h"
#include "cli/log_options.h"
#include "cli/log_show.h"
#include "cli/print.h"
#include "domain/ledger.h"
#include "domain/witnessed.h"

#define LIST_LIMIT 50
#define VERIFIER_MAX 4096

static bool put_row(void *ctx, const struct ledger_entry *entry,
		    struct err *err)
{
	(void)err;
	char sequence[24], at[PRINT_TIME_SIZE];
	char *what = print_words(entry->text);
	snprintf(sequence, sizeof(sequence), "%" PRId64, entry->sequence);
	const char *const cells[] = { sequence,
				      print_time(at, entry->at),
				      ledger_kind_name(entry->kind),
				      entry->actor,
				      entry->result,
				      what };
	print_table_row(ctx, cells);
	mem_free(what);
	return true;
}

static bool list(struct db *db, const struct ledger_filter *filter,
		 size_t limit, FILE *out, struct err *err)
{
	struct print_table table;
	const char *const head[] = { "ENTRY",  "TIME (UTC)", "KIND", "WHO",
				     "RESULT", "WHAT",       NULL };
	print_table_init(&table, head);
	bool ok = ledger_each(db, filter, limit, put_row, &table, err);
	print_table_end(&table, out);
	return ok;
}

static enum ledger_format format_of(const struct cli_args *args)
{
	return cli_flag(args, "--csv")    ? LEDGER_FORMAT_CSV
	       : cli_flag(args, "--json") ? LEDGER_FORMAT_JSON
	       : cli_flag(args, "--xml")  ? LEDGER_FORMAT_XML
					  : LEDGER_FORMAT_UNSET;
}

int log_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct ledger_filter filter = { 0 };
	enum ledger_format format = format_of(args);
	long long limit = format == LEDGER_FORMAT_UNSET ? LIST_LIMIT : 0;
	if (cli_flag(args, "--csv") + cli_flag(args, "--json") +
		    cli_flag(args, "--xml") >
	    1) {
		return cli_misused(cli, "log",
				   "Give one of --csv, --json, "
				   "--xml.");
	}
	if (!log_options_read(args, &filter, err) ||
	    !cli_number(args, "--limit", 0, 1000000000, &limit, err)) {
		return CLI_USAGE;
	}
	if (!cli_device_open(args->conf, &device, err)) {
		goto out;
	}
	filter.oldest_first =
		format != LEDGER_FORMAT_UNSET && filter.before == 0;
	if (format == LEDGER_FORMAT_UNSET) {
		(void)!list(device.db, &filter, (size_t)limit, cli->out, err);
	} else {
		(void)!log_export(device.db, &filter, (size_t)limit, format,
				  cli->out, err);
	}
out:
	cli_device_close(&device);
	return CLI_DONE;
}

int log_show_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	if (!log_show_names(args, err)) {
		return CLI_USAGE;
	}
	if (cli_device_open(args->conf, &device, err)) {
		(void)!log_show_one(device.db, args, cli->out, err);
	}
	cli_device_close(&device);
	return CLI_DONE;
}

int log_head_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct buf note = BUF_INIT;
	if (cli_device_open(args->conf, &device, err) &&
	    witnessed_note(device.db, &note, err)) {
		print_bytes(cli->out, note.data, note.len);
	}
	buf_clear(&note);
	cli_device_close(&device);
	return CLI_DONE;
}

/* The text of the device's verifier key, without its line break. */
static bool read_verifier(const struct device_config *config,
			  struct buf *verifier, struct err *err)
{
	char *path = device_config_key_path(config, "ledger.verifier");
	bool ok = files_read(path, VERIFIER_MAX, verifier, err);
	mem_free(path);
	if (ok && verifier->len > 0 &&
	    verifier->data[verifier->len - 1] == '\n') {
		verifier->data[--verifier->len] = '\0';
	}
	return ok;
}

int log_verify_run(struct cli *cli, const struct cli_args *args,
		   struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct buf verifier = BUF_INIT;
	struct ledger_report report = { 0 };
	if (!cli_device_open(args->conf, &device, err) ||
	    !read_verifier(&device.config, &verifier, err)) {
		goto out;
	}
	if (!ledger_verify(device.db, buf_str(&verifier), &report, err)) {
		err_prefix(err, "The log does not verify");
		goto out;
	}
	char root[65];
	hex_encode(root, report.head.root, sizeof(report.head.root));
	print_line(cli->out,
		   "The log verifies: %" PRIu64 " entries, %" PRIu64
		   " signed heads, the newest over %" PRIu64 " entries.",
		   report.entries, report.checkpoints, report.signed_size);
	print_line(cli->out, "size %" PRIu64 " root %s ok", report.head.size,
		   root);
out:
	buf_clear(&verifier);
	cli_device_close(&device);
	return CLI_DONE;
}
