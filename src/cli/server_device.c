/*
 * "sluice-server device ...": adding, listing and revoking devices. Checking
 * requests and issuing certificates is server/ca, the fleet server/fleet.
 */
#include "cli/server_commands.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/print.h"
#include "cli/server_bundle.h"
#include "documents/envelope.h"
#include "formats/note.h"
#include "server/checkins.h"
#include "server/ca.h"
#include "server/fleet.h"

#define KEY_TEXT_MAX 1024
#define LEDGER_NAME_PREFIX "sluice/"

/* Everything that "device add" works with. */
struct adding {
	struct server_cli_open open;
	struct ca *ca;
	struct ca_request request;
	struct ca_certificate certificate;
	struct note_verifier ledger_key;
	struct buf ledger_text; /* the key again, "" = none given */
	const char *id;
	char typed[FLEET_ID_SIZE]; /* what --id says */
	const char *serial;
	const char *title;
};

static bool read_text(const char *path, size_t max, struct buf *out,
		      struct err *err)
{
	if (!files_read(path, max, out, err)) {
		return err_prefix(err, "%s", path);
	}
	return true;
}

static bool read_ledger_key(struct adding *a, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	bool ok = read_text(path, KEY_TEXT_MAX, &text, err);
	if (ok) {
		char *line = buf_take_str(&text);
		line[strcspn(line, "\n")] = '\0';
		ok = note_verifier_parse(line, &a->ledger_key, err);
		if (ok) {
			buf_put_str(&a->ledger_text, line);
		} else {
			err_prefix(err, "%s", path);
		}
		mem_free(line);
	}
	buf_clear(&text);
	return ok;
}

static bool read_request(struct adding *a, const char *path, struct err *err)
{
	struct buf pem = BUF_INIT;
	bool ok = read_text(path, CA_REQUEST_MAX, &pem, err);
	if (ok && !ca_request_read(buf_str(&pem), pem.len, &a->request, err)) {
		ok = err_prefix(err, "%s", path);
	}
	buf_clear(&pem);
	return ok;
}

/* The id is the ledger key's name without its prefix; --id must agree. */
static bool settle_id(struct adding *a, const char *wanted, struct err *err)
{
	const char *named = "";
	if (a->ledger_text.len > 0) {
		if (!text_starts_with(a->ledger_key.name, LEDGER_NAME_PREFIX)) {
			return err_set(err, ERR_INVALID,
				       "The ledger key's name does not begin "
				       "with " LEDGER_NAME_PREFIX ".");
		}
		named = a->ledger_key.name + strlen(LEDGER_NAME_PREFIX);
	}
	if (wanted != NULL && !server_cli_device(wanted, a->typed, err)) {
		return false;
	}
	a->id = wanted != NULL ? a->typed : named;
	if (a->id[0] == '\0') {
		a->id = a->request.common_name;
	}
	if (named[0] != '\0' && !text_equal(a->id, named)) {
		return err_set(err, ERR_INVALID,
			       "The ledger key belongs to %s, not to %s.",
			       named, a->id);
	}
	if (!envelope_machine_id_is_valid(a->id)) {
		return err_set(err, ERR_INVALID,
			       "A device's id has 1 to 64 small letters, "
			       "digits, dots or dashes. --id gives one.");
	}
	return true;
}

static bool read_inputs(struct adding *a, const struct cli_args *args,
			struct err *err)
{
	const char *ledger = cli_value(args, "--ledger-key");
	const char *serial = cli_value(args, "--serial");
	const char *title = cli_value(args, "--title");
	if (!read_request(a, cli_value(args, "--request"), err) ||
	    (ledger != NULL && !read_ledger_key(a, ledger, err)) ||
	    !settle_id(a, cli_value(args, "--id"), err)) {
		return false;
	}
	a->serial = serial != NULL ? serial : a->request.serial_number;
	a->title = title != NULL ? title : "";
	return true;
}

static bool issue(struct adding *a, int64_t now, struct err *err)
{
	const struct server_config *config = &a->open.config;
	char *key = server_config_key_path(config, SERVER_DEVICE_CA_KEY);
	char *certificate = server_config_key_path(config, SERVER_DEVICE_CA);
	bool ok =
		ca_load(key, certificate, &a->ca, err) &&
		ca_issue_device(a->ca, &a->request, a->id, a->serial, now,
				config->certificate_days, &a->certificate, err);
	mem_free(key);
	mem_free(certificate);
	return ok;
}

/* What the device takes in with "sluice init --provision". */
static bool write_bundle(const struct adding *a, const char *dir,
			 struct err *err)
{
	struct buf id = BUF_INIT;
	buf_printf(&id, "%s\n", a->id);
	bool ok =
		server_bundle_write(&a->open.config, dir, err) &&
		server_bundle_put(dir, "identity.pem", a->certificate.pem.data,
				  a->certificate.pem.len, err) &&
		server_bundle_put(dir, "device.id", id.data, id.len, err);
	buf_clear(&id);
	return ok;
}

/*
 * The fleet first, the files after: files without a row would be a device
 * that nobody knows. A row without files is told and can be revoked.
 */
static bool add(struct adding *a, const char *actor, const char *dir,
		int64_t now, struct err *err)
{
	struct fleet_new row = {
		.id = a->id,
		.title = a->title,
		.serial_number = a->serial,
		.ledger_key = buf_str(&a->ledger_text),
		.certificate = a->certificate.sha256,
		.certificate_serial = a->certificate.serial,
		.not_before = a->certificate.not_before,
		.not_after = a->certificate.not_after,
		.origin = "added",
		.pem = buf_str(&a->certificate.pem),
	};
	struct db *db = a->open.server.db;
	if (!db_begin(db, err)) {
		return false;
	}
	if (!fleet_add(db, actor, &row, now, err) ||
	    !write_bundle(a, dir, err)) {
		db_rollback(db);
		return false;
	}
	return db_commit(db, err);
}

int server_device_add_run(struct cli *cli, const struct cli_args *args,
			  struct err *err)
{
	struct adding a = { .request = CA_REQUEST_INIT,
			    .certificate = CA_CERTIFICATE_INIT };
	const char *dir = cli_value(args, "--out");
	const char *id = cli_value(args, "--id");
	int64_t now = clock_utc_now();
	char until[PRINT_TIME_SIZE];
	if (cli_value(args, "--request") == NULL || dir == NULL) {
		return cli_misused(cli, "device add",
				   "--request and --out are needed.");
	}
	if (id != NULL && !server_cli_device(id, a.typed, err)) {
		return CLI_USAGE;
	}
	if (!server_cli_load(cli, args->conf, &a.open, err)) {
		return CLI_FAILED;
	}
	if (read_inputs(&a, args, err) && issue(&a, now, err) &&
	    add(&a, cli->actor, dir, now, err)) {
		print_line(cli->out,
			   "Device %s is added; its certificate is "
			   "valid until %s.",
			   a.id, print_time(until, a.certificate.not_after));
		print_line(cli->out,
			   "Take %s to the device and run \"sluice "
			   "init --provision %s\" there.",
			   dir, dir);
	}
	ca_free(a.ca);
	ca_request_clear(&a.request);
	ca_certificate_clear(&a.certificate);
	buf_clear(&a.ledger_text);
	server_cli_close(&a.open);
	return CLI_DONE;
}

static const char *state_of(const struct fleet_device *d, int64_t now)
{
	return d->revoked_at != 0                           ? "revoked"
	       : fleet_contact_at(d) == 0                   ? "never seen"
	       : checkins_missed(d, now) >= CHECKINS_MISSED ? "overdue"
							    : "stands";
}

static void print_devices(FILE *out, const struct fleet_device *list,
			  size_t count, int64_t now)
{
	static const char *const head[] = { "Device",        "Title",
					    "Serial",        "Last contact",
					    "Next expected", "Received",
					    "State",         NULL };
	struct print_table table;
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		const struct fleet_device *d = &list[i];
		char seen[PRINT_TIME_SIZE], next[PRINT_TIME_SIZE], number[24];
		(void)snprintf(number, sizeof(number), "%lld",
			       (long long)d->transmissions);
		const char *const cells[] = {
			d->id,
			d->title,
			d->serial_number,
			print_time(seen, fleet_contact_at(d)),
			d->checkin_interval == 0
				? NULL
				: print_time(next, d->checkin_expected),
			number,
			state_of(d, now),
			NULL
		};
		print_table_row(&table, cells);
	}
	print_table_end(&table, out);
}

static json_t *device_json(const struct fleet_device *d, int64_t now)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:I, s:s, s:o, s:I, "
		"s:I, s:o, s:I, s:s, s:I, s:b}",
		"id", d->id, "title", d->title, "serial", d->serial_number,
		"model", d->make_and_model, "added_at",
		print_json_time(d->added_at), "last_seen_at",
		print_json_time(d->last_seen_at), "revoked_at",
		print_json_time(d->revoked_at), "certificate", d->certificate,
		"transmissions", (json_int_t)d->transmissions, "services",
		d->services, "checkin_at", print_json_time(d->checkin_at),
		"interval_s", (json_int_t)d->checkin_interval,
		"wanted_interval_s", (json_int_t)d->wanted_interval,
		"next_expected_at", print_json_time(d->checkin_expected),
		"missed", (json_int_t)checkins_missed(d, now), "version",
		d->client_version, "clock_ahead_s", (json_int_t)d->clock_ahead,
		"overdue", (int)(checkins_missed(d, now) >= CHECKINS_MISSED));
}

static bool print_devices_json(FILE *out, const struct fleet_device *list,
			       size_t count, int64_t now, struct err *err)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(array, device_json(&list[i], now));
	}
	bool ok = json_dumpf(array, out, JSON_INDENT(2)) == 0;
	fputc('\n', out);
	json_decref(array);
	return ok || err_set(err, ERR_IO, "The list could not be printed.");
}

int server_device_list_run(struct cli *cli, const struct cli_args *args,
			   struct err *err)
{
	struct server_cli_open open;
	struct fleet_device *list = NULL;
	size_t count = 0;
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (fleet_list(open.server.db, &list, &count, err)) {
		if (cli_flag(args, "--json")) {
			(void)!print_devices_json(cli->out, list, count,
						  clock_utc_now(), err);
		} else if (count == 0) {
			print_line(cli->out, "There is no device yet.");
		} else {
			print_devices(cli->out, list, count, clock_utc_now());
		}
	}
	mem_free(list);
	server_cli_close(&open);
	return CLI_DONE;
}

int server_device_revoke_run(struct cli *cli, const struct cli_args *args,
			     struct err *err)
{
	struct server_cli_open open;
	char id[FLEET_ID_SIZE];
	if (!server_cli_device(args->at[0], id, err)) {
		return CLI_USAGE;
	}
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (fleet_revoke(open.server.db, cli->actor, id, clock_utc_now(),
			 err)) {
		print_line(cli->out, "Device %s is revoked.", id);
	}
	server_cli_close(&open);
	return CLI_DONE;
}

int server_device_interval_run(struct cli *cli, const struct cli_args *args,
			       struct err *err)
{
	struct server_cli_open open;
	char id[FLEET_ID_SIZE];
	int64_t seconds;
	int code = CLI_DONE;
	if (!text_parse_i64(args->at[1], 0, INT64_MAX, &seconds)) {
		return cli_misused(cli, "device interval",
				   "SECONDS is a number; 0 = as all others.");
	}
	if (!server_cli_device(args->at[0], id, err)) {
		return CLI_USAGE;
	}
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (fleet_want_interval(open.server.db, cli->actor, id, seconds,
				clock_utc_now(), err)) {
		print_line(cli->out,
			   "Device %s is told at its next check-in; it keeps "
			   "to the limits that its owner set.",
			   id);
	} else {
		code = cli_exit_of_words(err);
	}
	server_cli_close(&open);
	return code;
}
