/*
 * "sluice-server init": options to a plan, and what the administrator is told
 * afterwards. Making the server is server/founding.
 */
#include "cli/server_commands.h"

#include "base/clock.h"
#include "base/mem.h"
#include "cli/print.h"
#include "domain/ledger.h"
#include "domain/setup.h"
#include "server/founding.h"

#define DAY_S (24 * 60 * 60)
#define DEFAULT_API_PORT 8443
#define DEFAULT_CONSOLE_PORT 8444

static const char *value_or(const struct cli_args *args, const char *name,
			    const char *preset)
{
	const char *value = cli_value(args, name);
	return value == NULL ? preset : value;
}

static void say_code(const struct cli *cli, const char *code)
{
	print_line(cli->out, "Set-up code: %s", code);
	print_line(cli->out,
		   "The code works once, for %d days, and makes the "
		   "first account.",
		   FOUNDING_CODE_S / DAY_S);
}

static int make(struct cli *cli, const struct cli_args *args, struct err *err)
{
	long long api_port = DEFAULT_API_PORT;
	long long console_port = DEFAULT_CONSOLE_PORT;
	char code[SETUP_CODE_SIZE] = "";
	if (cli_value(args, "--name") == NULL) {
		return cli_misused(cli, "init",
				   "--name is missing: the DNS "
				   "name that devices know the server by.");
	}
	if (!cli_number(args, "--port", 1, 65535, &api_port, err) ||
	    !cli_number(args, "--console-port", 1, 65535, &console_port, err)) {
		return CLI_USAGE;
	}
	struct founding plan = {
		.conf = args->conf,
		.name = cli_value(args, "--name"),
		.listen = value_or(args, "--listen", ""),
		.user = value_or(args, "--user", ""),
		.web_user = value_or(args, "--web-user", ""),
		.static_folder =
			value_or(args, "--static", PKGDATADIR "/static"),
		.api_port = (int)api_port,
		.console_port = (int)console_port,
	};
	if (!founding_make(&plan, cli->actor, clock_utc_now(), code, err)) {
		return err->kind == ERR_INVALID ? CLI_USAGE : CLI_FAILED;
	}
	const char *host = plan.listen[0] == '\0' ? plan.name : plan.listen;
	print_line(cli->out, "Server %s is made: %s", plan.name, plan.conf);
	print_line(cli->out, "Devices connect to %s:%d.", plan.name,
		   plan.api_port);
	print_line(cli->out, "Address of the console: https://%s:%d/", host,
		   plan.console_port);
	say_code(cli, code);
	mem_burn(code, sizeof(code));
	return CLI_DONE;
}

static bool make_code(struct db *db, const char *actor,
		      char code[SETUP_CODE_SIZE], struct err *err)
{
	int64_t now = clock_utc_now();
	bool open = false;
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_SETUP,
		.actor = actor,
		.result = "ok",
		.text = "A new set-up code was made.",
	};
	if (!setup_is_open(db, &open, err)) {
		return false;
	}
	if (!open) {
		return err_set(err, ERR_DENIED,
			       "Set-up is done: there is an account. \"staff "
			       "add\" makes another.");
	}
	if (!db_begin(db, err)) {
		return false;
	}
	if (!ledger_append(db, &entry, err) ||
	    !setup_make_code(db, now, FOUNDING_CODE_S, code, err)) {
		db_rollback(db);
		return false;
	}
	return db_commit(db, err);
}

int server_init_run(struct cli *cli, const struct cli_args *args,
		    struct err *err)
{
	if (!cli_flag(args, "--new-code")) {
		return make(cli, args, err);
	}
	struct server_cli_open open;
	char code[SETUP_CODE_SIZE] = "";
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (make_code(open.server.db, cli->actor, code, err)) {
		say_code(cli, code);
	}
	mem_burn(code, sizeof(code));
	server_cli_close(&open);
	return CLI_DONE;
}
