/*
 * "sluice-server instruction ...": asking a device for something, and what
 * became of it. Signing is server/instructions', which needs a key that only
 * the user who made the server can read.
 */
#include "cli/server_instruction.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/print.h"
#include "cli/server_commands.h"
#include "domain/checkins.h"
#include "domain/instructions.h"
#include "server/instructions.h"

#define PRESET_DAYS 7
#define DAY_S ((int64_t)86400)
#define SHOWN 100

static bool copy(char *dst, size_t size, const char *src, const char *what,
		 struct err *err)
{
	size_t len = strlen(src);
	return (len > 0 && text_is_shown(src, len) &&
		text_copy(dst, size, src)) ||
	       err_set(err, ERR_INVALID,
		       "%s: one line of text is taken, of at most %zu bytes.",
		       what, size - 1);
}

/* "root" of "command line: root": devices need no more. */
static const char *account_of(const char *actor)
{
	const char *colon = strstr(actor, ": ");
	return colon != NULL ? colon + 2 : actor;
}

/* What all kinds have. */
static bool read_common(const struct cli *cli, const struct cli_args *args,
			struct instruction *is, struct err *err)
{
	const char *by = cli_value(args, "--by");
	long long days = PRESET_DAYS;
	if (!cli_number(args, "--days", 1, INSTRUCTION_LIFE_MAX_S / DAY_S,
			&days, err)) {
		return false;
	}
	is->issued_at = clock_utc_now();
	is->expires_at = is->issued_at + days * DAY_S;
	return server_cli_device(args->at[0], is->device, err) &&
	       copy(is->reason, sizeof(is->reason), cli_value(args, "--reason"),
		    "--reason", err) &&
	       copy(is->by, sizeof(is->by),
		    by != NULL ? by : account_of(cli->actor), "--by", err);
}

static bool make(struct cli *cli, const char *conf, struct instruction *is,
		 struct err *err)
{
	struct server_cli_open open;
	if (!server_cli_load(cli, conf, &open, err)) {
		return false;
	}
	bool ok = instructions_make(open.server.db, &open.config, is,
				    cli->actor, is->issued_at, err);
	server_cli_close(&open);
	return ok;
}

/* Signs it and says what happens next. */
static int ask(struct cli *cli, const struct cli_args *args,
	       struct instruction *is, struct err *err)
{
	char until[PRINT_TIME_SIZE];
	struct buf sentence = BUF_INIT;
	const char *name = instruction_kind_name(is->kind);
	if (cli_value(args, "--reason") == NULL) {
		struct buf command = BUF_INIT;
		buf_printf(&command, "instruction %s", name);
		int code = cli_misused(cli, buf_str(&command),
				       "--reason is needed: people at the "
				       "device decide by it.");
		buf_clear(&command);
		return code;
	}
	if (!read_common(cli, args, is, err)) {
		return CLI_USAGE;
	}
	if (!make(cli, args->conf, is, err)) {
		return cli_exit_of_words(err);
	}
	instruction_put_sentence(&sentence, is);
	print_line(cli->out, "Instruction %llu for %s is made: %s",
		   (unsigned long long)is->number, is->device,
		   buf_str(&sentence));
	print_line(cli->out,
		   "The device fetches it when it checks in; it stands until "
		   "%s.",
		   print_time(until, is->expires_at));
	buf_clear(&sentence);
	return CLI_DONE;
}

/* Is it one of the names, which have one space between? */
static bool has_name(const char *names, const char *name, size_t len)
{
	for (const char *at = names; *at != '\0'; at += *at == ' ' ? 1 : 0) {
		size_t here = strcspn(at, " ");
		if (here == len && memcmp(at, name, len) == 0) {
			return true;
		}
		at += here;
	}
	return false;
}

/* Commas count as spaces, several as one, and a name counts once. */
static bool read_services(const char *list, struct instruction *is,
			  struct err *err)
{
	static const char between[] = ", ";
	struct buf names = BUF_INIT;
	for (const char *at = list + strspn(list, between); *at != '\0';
	     at += strspn(at, between)) {
		size_t len = strcspn(at, between);
		if (!has_name(buf_str(&names), at, len)) {
			buf_put_str(&names, names.len > 0 ? " " : "");
			buf_put(&names, at, len);
		}
		at += len;
	}
	bool ok = copy(is->services, sizeof(is->services), buf_str(&names),
		       "--services", err);
	buf_clear(&names);
	return ok;
}

int server_instruction_send_run(struct cli *cli, const struct cli_args *args,
				struct err *err)
{
	struct instruction is = { .kind = INSTRUCTION_SEND };
	const char *services = cli_value(args, "--services");
	if (services == NULL) {
		return cli_misused(cli, "instruction send",
				   "--services is needed, such as "
				   "maintenance,supplies.");
	}
	return read_services(services, &is, err) ? ask(cli, args, &is, err)
						 : CLI_USAGE;
}

static bool number(const char *text, const char *what, uint64_t *value,
		   struct err *err)
{
	return text_parse_u64(text, 0, INT32_MAX, value) ||
	       err_set(err, ERR_INVALID, "%s must be a whole number.", what);
}

int server_instruction_interval_run(struct cli *cli,
				    const struct cli_args *args,
				    struct err *err)
{
	struct instruction is = { .kind = INSTRUCTION_INTERVAL };
	uint64_t seconds;
	if (!number(args->at[1], "SECONDS", &seconds, err)) {
		return CLI_USAGE;
	}
	if (seconds < CHECKIN_LEAST_S || seconds > CHECKIN_MOST_S) {
		err_set(err, ERR_INVALID,
			"An interval has 300 to 604800 seconds; no device "
			"takes another.");
		return CLI_USAGE;
	}
	is.interval_s = (int64_t)seconds;
	return ask(cli, args, &is, err);
}

int server_instruction_package_run(struct cli *cli, const struct cli_args *args,
				   struct err *err)
{
	struct instruction is = { .kind = INSTRUCTION_PACKAGE };
	return copy(is.package, sizeof(is.package), args->at[1], "NAME", err)
		       ? ask(cli, args, &is, err)
		       : CLI_USAGE;
}

int server_instruction_message_run(struct cli *cli, const struct cli_args *args,
				   struct err *err)
{
	struct instruction is = { .kind = INSTRUCTION_MESSAGE };
	return copy(is.message, sizeof(is.message), args->at[1], "TEXT", err)
		       ? ask(cli, args, &is, err)
		       : CLI_USAGE;
}

int server_instruction_renew_run(struct cli *cli, const struct cli_args *args,
				 struct err *err)
{
	struct instruction is = { .kind = INSTRUCTION_RENEW };
	return ask(cli, args, &is, err);
}

int server_instruction_ledger_run(struct cli *cli, const struct cli_args *args,
				  struct err *err)
{
	struct instruction is = { .kind = INSTRUCTION_LEDGER };
	return number(args->at[1], "FROM", &is.from, err) &&
			       number(args->at[2], "TO", &is.to, err)
		       ? ask(cli, args, &is, err)
		       : CLI_USAGE;
}

/* ---- list ---- */

static void print_list(FILE *out, const struct instruction_made *list,
		       size_t count)
{
	static const char *const head[] = { "No",      "Asks",    "By",
					    "Made",    "Fetched", "Answer",
					    "Outcome", NULL };
	struct print_table table;
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		const struct instruction_made *m = &list[i];
		char no[24], made[PRINT_TIME_SIZE], fetched[PRINT_TIME_SIZE];
		(void)snprintf(no, sizeof(no), "%llu",
			       (unsigned long long)m->number);
		const char *const cells[] = {
			no,
			m->kind,
			m->is.by,
			print_time(made, m->made_at),
			print_time(fetched, m->fetched_at),
			m->result[0] != '\0' ? m->result : "none yet",
			m->outcome,
			NULL
		};
		print_table_row(&table, cells);
	}
	print_table_end(&table, out);
}

static void print_list_json(FILE *out, const struct instruction_made *list,
			    size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct instruction_made *m = &list[i];
		struct buf asks = BUF_INIT;
		instruction_put_sentence(&asks, &m->is);
		json_array_append_new(
			array,
			json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:s, "
				  "s:o, s:s, s:s, s:o}",
				  "number", (json_int_t)m->number, "kind",
				  m->kind, "asks", buf_str(&asks), "by",
				  m->is.by, "reason", m->is.reason, "made_at",
				  print_json_time(m->made_at), "expires_at",
				  print_json_time(m->expires_at), "made_by",
				  m->made_by, "fetched_at",
				  print_json_time(m->fetched_at), "result",
				  m->result, "outcome", m->outcome,
				  "reported_at",
				  print_json_time(m->reported_at)));
		buf_clear(&asks);
	}
	print_json_block(out, array);
}

static bool read_list(struct db *db, const char *device,
		      struct instruction_made **list, size_t *count,
		      struct err *err)
{
	struct fleet_device known;
	return fleet_get(db, device, &known, err) &&
	       instructions_made_list(db, device, SHOWN, list, count, err);
}

int server_instruction_list_run(struct cli *cli, const struct cli_args *args,
				struct err *err)
{
	struct server_cli_open open;
	struct instruction_made *list = NULL;
	size_t count = 0;
	char device[FLEET_ID_SIZE];
	if (!server_cli_device(args->at[0], device, err)) {
		return CLI_USAGE;
	}
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (read_list(open.server.db, device, &list, &count, err)) {
		if (cli_flag(args, "--json")) {
			print_list_json(cli->out, list, count);
		} else if (count == 0) {
			print_line(cli->out, "%s was asked nothing yet.",
				   device);
		} else {
			print_list(cli->out, list, count);
		}
	}
	mem_free(list);
	server_cli_close(&open);
	return CLI_DONE;
}

int server_instruction_key_run(struct cli *cli, const struct cli_args *args,
			       struct err *err)
{
	struct server_cli_open open;
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (instructions_make_key(&open.config, err)) {
		print_line(cli->out,
			   "The key that signs instructions is made; keep a "
			   "copy of %s/" SERVER_INSTRUCTION_KEY
			   " in a safe place.",
			   open.config.keys);
		print_line(cli->out,
			   "Devices need %s/" SERVER_INSTRUCTION_VERIFIER
			   ": \"sluice-server anchors\" writes it out, "
			   "\"sluice init --provision\" takes it in.",
			   open.config.keys);
	}
	server_cli_close(&open);
	return CLI_DONE;
}
