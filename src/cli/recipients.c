/*
 * "sluice recipients": to whom job data can be sealed, and taking in a list
 * that came as a file. Which list is believed is domain/recipient_list's; to
 * whom something is sealed a person decides on the page, never here.
 */
#include "cli/recipients.h"

#include <jansson.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "domain/recipient_list.h"

static const char *kind_of(const struct recipient *r)
{
	return r->is_desk ? "desk" : "person";
}

void recipients_print(const struct recipients *list, FILE *out)
{
	static const char *const head[] = { "Name",        "Role", "Kind",
					    "Valid until", "Key",  NULL };
	struct print_table table;
	char until[PRINT_TIME_SIZE];
	print_line(out, "List %llu of %s, good until %s.",
		   (unsigned long long)list->number, list->vendor,
		   print_time(until, list->until));
	print_table_init(&table, head);
	for (size_t i = 0; i < list->count; i++) {
		const struct recipient *r = &list->of[i];
		const char *const cells[] = {
			r->name,    r->role,
			kind_of(r), print_time(until, r->until),
			r->key,     NULL
		};
		print_table_row(&table, cells);
	}
	print_table_end(&table, out);
}

static json_t *recipient_json(const struct recipient *r)
{
	char until[CLOCK_TEXT_SIZE];
	clock_format(until, r->until);
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", r->name, "role",
			 r->role, "kind", kind_of(r), "valid_until", until,
			 "key", r->key);
}

static void put_json(const struct recipients *list, FILE *out)
{
	char issued[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
	json_t *all = json_array();
	for (size_t i = 0; i < list->count; i++) {
		json_array_append_new(all, recipient_json(&list->of[i]));
	}
	clock_format(issued, list->issued);
	clock_format(until, list->until);
	print_json_block(out,
			 json_pack("{s:s, s:I, s:s, s:s, s:o}", "vendor",
				   list->vendor, "number",
				   (json_int_t)list->number, "issued", issued,
				   "until", until, "recipients", all));
}

/* No list is no failure: the text says where one comes from. */
static void put_none(bool json, struct err *err, FILE *out)
{
	if (json) {
		print_json_block(out,
				 json_pack("{s:n, s:s, s:[]}", "number",
					   "problem", err->text, "recipients"));
	} else {
		print_line(out, "%s", err->text);
	}
	err_reset(err);
}

int recipients_run(struct cli *cli, const struct cli_args *args,
		   struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct note_verifier vendor;
	struct recipients *list = mem_zalloc(sizeof(*list));
	bool json = cli_flag(args, "--json");
	if (!cli_device_open(args->conf, &device, err)) {
		goto out;
	}
	bool ok = recipient_list_vendor(&device.config, &vendor, err) &&
		  recipient_list_load(device.db, &vendor, clock_utc_now(), list,
				      err);
	if (ok && json) {
		put_json(list, cli->out);
	} else if (ok) {
		recipients_print(list, cli->out);
	} else if (err->kind == ERR_NOT_FOUND) {
		put_none(json, err, cli->out);
	}
out:
	mem_free(list);
	cli_device_close(&device);
	return CLI_DONE;
}

static bool take_in(struct cli *cli, const struct cli_device *device,
		    const struct buf *note, struct err *err)
{
	int64_t now = clock_utc_now();
	struct note_verifier vendor;
	struct recipients *list = mem_zalloc(sizeof(*list));
	bool taken = false;
	bool ok = recipient_list_vendor(&device->config, &vendor, err) &&
		  recipient_list_take(device->db, cli->actor, buf_str(note),
				      note->len, &vendor, now, &taken, err) &&
		  recipient_list_load(device->db, &vendor, now, list, err);
	if (ok) {
		print_line(cli->out,
			   taken ? "Taken in: list %llu of %s."
				 : "List %llu of %s is here already; nothing "
				   "was changed.",
			   (unsigned long long)list->number, list->vendor);
	}
	mem_free(list);
	return ok;
}

/* The file is read as whoever started this, the database as its owner. */
int recipients_import_run(struct cli *cli, const struct cli_args *args,
			  struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct buf note = BUF_INIT;
	bool done = files_read(args->at[0], NOTE_MAX_BYTES, &note, err) &&
		    cli_device_open(args->conf, &device, err) &&
		    take_in(cli, &device, &note, err);
	(void)done; /* what failed stands in err */
	cli_device_close(&device);
	buf_clear(&note);
	return CLI_DONE;
}
