/*
 * "sluice-server transactions": what was received, for the administrator.
 * Looking at the content of a transmission is an entry of the ledger, here as
 * on the console.
 */
#include "cli/server_commands.h"

#include <stdio.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/print.h"
#include "server/reading.h"
#include "server/received.h"

static void put_documents(unsigned bits, struct buf *out)
{
	const struct document *d;
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		if ((bits & (1u << d->kind)) != 0) {
			buf_printf(out, "%s%s", out->len == 0 ? "" : " ",
				   d->name);
		}
	}
}

static void print_list(FILE *out, const struct received *list, size_t count)
{
	static const char *const head[] = { "Received",    "Device",
					    "Transaction", "Bytes",
					    "Documents",   "SHA-256",
					    NULL };
	struct print_table table;
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		const struct received *r = &list[i];
		struct buf documents = BUF_INIT;
		char at[PRINT_TIME_SIZE];
		char bytes[24];
		put_documents(r->documents, &documents);
		snprintf(bytes, sizeof(bytes), "%llu",
			 (unsigned long long)r->bytes);
		const char *const cells[] = { print_time(at, r->received_at),
					      r->device,
					      r->transaction,
					      bytes,
					      buf_str(&documents),
					      r->sha256,
					      NULL };
		print_table_row(&table, cells);
		buf_clear(&documents);
	}
	print_table_end(&table, out);
}

static bool print_json(FILE *out, const struct received *list, size_t count,
		       struct err *err)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct received *r = &list[i];
		struct buf documents = BUF_INIT;
		put_documents(r->documents, &documents);
		json_array_append_new(
			array,
			json_pack(
				"{s:s, s:s, s:s, s:I, s:o, s:o, s:s, s:s, s:s, s:s,"
				" s:I}",
				"transaction", r->transaction, "device",
				r->device, "sha256", r->sha256, "bytes",
				(json_int_t)r->bytes, "received_at",
				print_json_time(r->received_at), "collected_at",
				print_json_time(r->collected_at), "reason",
				r->reason, "services", r->services, "grants",
				r->grants, "documents", buf_str(&documents),
				"ledger_index", (json_int_t)r->ledger_index));
		buf_clear(&documents);
	}
	bool ok = json_dumpf(array, out, JSON_INDENT(2)) == 0;
	fputc('\n', out);
	json_decref(array);
	return ok || err_set(err, ERR_IO, "The list could not be printed.");
}

static bool find_one(struct db *db, const char *device, const char *transaction,
		     struct received *item, struct err *err)
{
	char found[65];
	if (device == NULL) {
		if (!received_device_of(db, transaction, found, err)) {
			return false;
		}
		device = found;
	}
	return received_find(db, device, transaction, item, err);
}

static bool print_body(struct cli *cli, struct db *db,
		       const struct received *item, struct err *err)
{
	struct buf body = BUF_INIT;
	bool ok =
		reading_body(db, cli->actor, item, clock_utc_now(), &body, err);
	if (ok) {
		print_bytes(cli->out, body.data, body.len);
	}
	buf_clear(&body);
	return ok;
}

static bool print_receipt(struct cli *cli, struct db *db,
			  const struct received *item, struct err *err)
{
	struct buf note = BUF_INIT;
	bool ok = received_receipt(db, item->number, &note, err);
	if (ok) {
		print_bytes(cli->out, note.data, note.len);
	}
	buf_clear(&note);
	return ok;
}

static bool show(struct cli *cli, const struct cli_args *args, struct db *db,
		 const struct received *list, size_t count, struct err *err)
{
	if (cli_flag(args, "--body")) {
		return print_body(cli, db, &list[0], err);
	}
	if (cli_flag(args, "--receipt")) {
		return print_receipt(cli, db, &list[0], err);
	}
	if (cli_flag(args, "--json")) {
		return print_json(cli->out, list, count, err);
	}
	if (count == 0) {
		print_line(cli->out, "Nothing was received yet.");
	} else {
		print_list(cli->out, list, count);
	}
	return true;
}

int server_transactions_run(struct cli *cli, const struct cli_args *args,
			    struct err *err)
{
	struct server_cli_open open;
	struct received *list = NULL;
	size_t count = 0;
	long long limit = 50;
	struct server_cli_only only;
	bool one = args->count == 1;
	if (!one && (cli_flag(args, "--body") || cli_flag(args, "--receipt"))) {
		return cli_misused(cli, "transactions",
				   "--body and --receipt need a transaction.");
	}
	if (!cli_number(args, "--limit", 1, 1000000, &limit, err) ||
	    !server_cli_only_device(args, &only, err)) {
		return CLI_USAGE;
	}
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	struct db *db = open.server.db;
	bool ok;
	if (one) {
		list = mem_zalloc(sizeof(*list));
		count = 1;
		ok = find_one(db, only.device, args->at[0], list, err);
	} else {
		ok = received_list(db, only.device, 0, (size_t)limit, &list,
				   &count, err);
	}
	ok = ok && show(cli, args, db, list, count, err);
	mem_free(list);
	server_cli_close(&open);
	return ok ? CLI_DONE : CLI_FAILED;
}
