/*
 * "sluice consent": every grant there ever was. The record itself is
 * domain/consent_record's; here it is read from the database and shown.
 */
#include <jansson.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "domain/consent_record.h"

static bool put_record(const struct cli_device *device,
		       enum consent_record_format format, struct buf *out,
		       struct err *err)
{
	struct machine machine;
	struct consent_record_about about;
	return consent_record_of_device(device->db, &device->config, &machine,
					&about, err) &&
	       consent_record_put(device->db, format, &about, clock_utc_now(),
				  out, err);
}

static const char *text_at(const json_t *record, const char *key)
{
	return json_string_value(
		json_object_get(json_object_get(record, "sluice"), key));
}

static const char *event_at(const json_t *record, size_t n, const char *key)
{
	return json_string_value(json_object_get(
		json_array_get(json_object_get(record, "events"), n), key));
}

static void put_row(struct print_table *table, const json_t *record)
{
	const char *const cells[] = {
		text_at(record, "control"),
		event_at(record, 0, "event_state"),
		event_at(record, 0, "event_time"),
		event_at(record, 0, "entity_id"),
		text_at(record, "until"),
		text_at(record, "state"),
		event_at(record, 1, "event_time"),
		event_at(record, 1, "entity_id"),
	};
	print_table_row(table, cells);
}

static void print_record(FILE *out, const struct buf *text)
{
	json_t *all = json_loadb((const char *)text->data, text->len, 0, NULL);
	json_t *records = json_object_get(all, "records");
	struct print_table table;
	const char *const head[] = { "CONTROL", "HOW",      "WHEN",
				     "BY",      "UNTIL",    "STATE",
				     "SINCE",   "ENDED BY", NULL };
	if (json_array_size(records) == 0) {
		print_line(out, "Nothing was ever allowed on this device.");
		json_decref(all);
		return;
	}
	print_table_init(&table, head);
	for (size_t i = 0; i < json_array_size(records); i++) {
		put_row(&table, json_array_get(records, i));
	}
	print_table_end(&table, out);
	print_line(out, "--json and --csv give the words and the fields that "
			"were agreed to as well.");
	json_decref(all);
}

int consent_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct buf out = BUF_INIT;
	bool csv = cli_flag(args, "--csv"), json = cli_flag(args, "--json");
	if (csv && json) {
		return cli_misused(cli, "consent",
				   "Give one of --json and --csv.");
	}
	if (cli_device_open(args->conf, &device, err) &&
	    put_record(&device, csv ? CONSENT_RECORD_CSV : CONSENT_RECORD_JSON,
		       &out, err)) {
		if (csv || json) {
			print_bytes(cli->out, out.data, out.len);
		} else {
			print_record(cli->out, &out);
		}
	}
	buf_clear(&out);
	cli_device_close(&device);
	return CLI_DONE;
}
