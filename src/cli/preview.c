/*
 * "sluice preview": what would leave, before anybody allows it to. The bytes
 * that --xml prints are those that "send" sends, with the same SHA-256.
 */
#include "cli/preview.h"

#include <inttypes.h>
#include <jansson.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "documents/transmission.h"
#include "domain/outbox.h"
#include "domain/requests.h"

#define STAGE_SLACK_MS 30000 /* beyond what the collectors may take */

bool preview_stage(const struct cli *cli, const struct cli_device *device,
		   unsigned services, char transaction[UUID_TEXT_SIZE],
		   struct err *err)
{
	int64_t collectors = (int64_t)device->config.collectors_count;
	struct request_row row;
	return ask_request(cli, device, REQUEST_PREVIEW, services,
			   collectors * device->config.collect_timeout_s *
					   1000 +
				   STAGE_SLACK_MS,
			   &row, err) &&
	       text_copy(transaction, UUID_TEXT_SIZE, row.transaction);
}

static bool put_rows(struct db *db, const char *transaction, FILE *out,
		     struct err *err)
{
	struct buf body = BUF_INIT;
	struct transmission_rows rows = { NULL, 0 };
	bool ok = outbox_body(db, transaction, &body, err) &&
		  transmission_rows_read(body.data, body.len, &rows, err);
	struct print_table table;
	const char *const head[] = { "DOCUMENT", "FIELD", "VALUE", "UNIT",
				     NULL };
	print_table_init(&table, head);
	for (size_t i = 0; i < rows.count; i++) {
		const char *const cells[] = { rows.at[i].document->title,
					      rows.at[i].path, rows.at[i].text,
					      rows.at[i].unit };
		print_table_row(&table, cells);
	}
	print_table_end(&table, out);
	transmission_rows_clear(&rows);
	buf_clear(&body);
	return ok;
}

static void put_withheld(const struct withheld_list *list, FILE *out)
{
	if (list->count == 0) {
		print_line(out, "Withheld: nothing.");
		return;
	}
	print_line(out, "Withheld (found and not sent):");
	for (size_t i = 0; i < list->count; i++) {
		const struct withheld *w = &list->at[i];
		print_line(out, "  %s%s%s: %s (%u)", w->document,
			   w->path[0] == '\0' ? "" : "/", w->path, w->reason,
			   w->count);
	}
}

static void put_end(const struct outbox_item *item, FILE *out)
{
	char size[PRINT_SIZE_SIZE];
	char *services = cli_device_service_names(item->services, " ");
	print_line(out, "Services: %s", services);
	print_line(out, "Size: %s", print_size(size, item->bytes));
	print_line(out, "SHA-256: %s", item->sha256);
	print_line(out, "Transaction: %s", item->transaction);
	if (item->state == OUTBOX_SAMPLE) {
		print_line(out, "This is a sample. It will never be sent: not "
				"all of these services are allowed.");
	} else if (item->state == OUTBOX_STAGED) {
		print_line(out,
			   "Nothing was sent. \"sluice send %s\" sends "
			   "exactly this.",
			   item->transaction);
	} else {
		print_line(out, "State: %s.", outbox_state_title(item->state));
	}
	mem_free(services);
}

static json_t *withheld_json(const struct withheld_list *list)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < list->count; i++) {
		const struct withheld *w = &list->at[i];
		json_array_append_new(
			rows,
			json_pack("{s:s, s:s, s:s, s:s, s:i}", "document",
				  w->document, "path", w->path, "class",
				  w->class == CLASS_UNSET
					  ? "unknown"
					  : field_class_name(w->class),
				  "reason", w->reason, "count", (int)w->count));
	}
	return rows;
}

static void put_json(const struct outbox_item *item,
		     const struct withheld_list *list, FILE *out)
{
	char *services = cli_device_service_names(item->services, " ");
	print_json_block(out,
			 json_pack("{s:s, s:s, s:s, s:I, s:s, s:o}",
				   "transaction", item->transaction, "state",
				   outbox_state_name(item->state), "services",
				   services, "bytes", (json_int_t)item->bytes,
				   "sha256", item->sha256, "withheld",
				   withheld_json(list)));
	mem_free(services);
}

static bool put_exact(struct db *db, const char *transaction, FILE *out,
		      struct err *err)
{
	struct buf body = BUF_INIT;
	bool ok = outbox_body(db, transaction, &body, err);
	print_bytes(out, body.data, body.len);
	buf_clear(&body);
	return ok;
}

static bool show(const struct cli *cli, const struct cli_args *args,
		 struct db *db, const char *transaction, struct err *err)
{
	struct outbox_item item = { 0 };
	struct withheld_list list = { .at = NULL };
	bool ok = false;
	if (cli_flag(args, "--xml")) {
		return put_exact(db, transaction, cli->out, err);
	}
	if (!outbox_get(db, transaction, &item, err) ||
	    !outbox_withheld(db, transaction, &list, err)) {
		goto out;
	}
	if (cli_flag(args, "--json")) {
		put_json(&item, &list, cli->out);
	} else {
		if (!put_rows(db, transaction, cli->out, err)) {
			goto out;
		}
		put_withheld(&list, cli->out);
		put_end(&item, cli->out);
	}
	ok = true;
out:
	withheld_clear(&list);
	return ok;
}

int preview_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	const struct log log = { .fd = STDERR_FILENO,
				 .least = LOG_ERROR_LEVEL,
				 .program = cli->program };
	struct cli_device device = CLI_DEVICE_INIT;
	char transaction[UUID_TEXT_SIZE] = "";
	unsigned services = 0;
	bool known = args->count == 1 && uuid_valid(args->at[0]);
	if (!known &&
	    !cli_device_services(args->at, args->count, &services, err)) {
		return CLI_USAGE;
	}
	if (known && cli_flag(args, "--personal")) {
		return cli_misused(cli, "preview",
				   "--personal goes with the names of "
				   "services.");
	}
	services |=
		cli_flag(args, "--personal") ? SERVICE_BIT(GATE_PERSONAL) : 0;
	if (!cli_device_open_to_collect(args->conf, &log, &device, err)) {
		return CLI_FAILED;
	}
	bool ok =
		known ? text_copy(transaction, sizeof(transaction), args->at[0])
		      : preview_stage(cli, &device, services, transaction, err);
	ok = ok && show(cli, args, device.db, transaction, err);
	cli_device_close(&device);
	return ok ? CLI_DONE : CLI_FAILED;
}
