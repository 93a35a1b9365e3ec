/*
 * "sluice-server staff ...": accounts of the console from the command line.
 * Accounts themselves are domain/accounts.
 */
#include "cli/server_commands.h"

#include "base/clock.h"
#include "base/mem.h"
#include "cli/print.h"
#include "cli/terminal.h"
#include "domain/accounts.h"
#include "domain/roles.h"

int server_staff_add_run(struct cli *cli, const struct cli_args *args,
			 struct err *err)
{
	struct server_cli_open open;
	struct buf password = BUF_INIT;
	int64_t id = 0;
	unsigned roles = ROLE_STAFF;
	if (cli_flag(args, "--admin")) {
		roles |= ROLE_ADMIN;
	}
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (terminal_password(cli, "Password: ", &password, err) &&
	    accounts_create(open.server.db, cli->actor, args->at[0],
			    buf_str(&password), roles, clock_utc_now(), &id,
			    err)) {
		print_line(cli->out, "Account %s is made.", args->at[0]);
	}
	buf_burn(&password);
	server_cli_close(&open);
	return CLI_DONE;
}

static void print_accounts(FILE *out, const struct account *list, size_t count)
{
	static const char *const head[] = { "Account", "Roles", "Last sign-in",
					    "State", NULL };
	struct print_table table;
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		struct buf roles = BUF_INIT;
		char at[PRINT_TIME_SIZE];
		roles_put(&roles, list[i].roles);
		const char *const cells[] = {
			list[i].name, buf_str(&roles),
			print_time(at, list[i].last_sign_in_at),
			list[i].disabled ? "disabled" : "active", NULL
		};
		print_table_row(&table, cells);
		buf_clear(&roles);
	}
	print_table_end(&table, out);
}

int server_staff_list_run(struct cli *cli, const struct cli_args *args,
			  struct err *err)
{
	struct server_cli_open open;
	struct account *list = NULL;
	size_t count = 0;
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (accounts_list(open.server.db, &list, &count, err)) {
		if (count == 0) {
			print_line(cli->out, "There is no account yet.");
		} else {
			print_accounts(cli->out, list, count);
		}
	}
	mem_free(list);
	server_cli_close(&open);
	return CLI_DONE;
}
