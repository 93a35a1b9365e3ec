/*
 * "sluice user ...": accounts of the pages, for an administrator at the
 * machine. The rules (names, passwords, the last admin) are domain/accounts'.
 */
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "cli/terminal.h"
#include "domain/accounts.h"
#include "domain/roles.h"

static bool parse_roles(const char *text, unsigned *roles, struct err *err)
{
	if (text == NULL || !roles_parse(text, roles) || *roles == 0 ||
	    (*roles & (ROLE_ANYBODY | ROLE_SIGNED_IN | ROLE_STAFF)) != 0) {
		return err_set(err, ERR_INVALID,
			       "Give one or more roles with "
			       "commas between: admin, customer, operator, "
			       "auditor.");
	}
	return true;
}

int user_add_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct buf password = BUF_INIT;
	unsigned roles = 0;
	int64_t id = 0;
	if (!parse_roles(cli_value(args, "--roles"), &roles, err) ||
	    !cli_device_open(args->conf, &device, err) ||
	    !terminal_password(cli, "Password", &password, err) ||
	    !accounts_create(device.db, cli->actor, args->at[0],
			     buf_str(&password), roles, clock_utc_now(), &id,
			     err)) {
		goto out;
	}
	print_line(cli->out, "Account %s made.", args->at[0]);
out:
	buf_burn(&password);
	cli_device_close(&device);
	return CLI_DONE;
}

static void list_json(FILE *out, const struct account *list, size_t count)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		struct buf roles = BUF_INIT;
		char seen[PRINT_TIME_SIZE];
		roles_put(&roles, list[i].roles);
		if (list[i].last_sign_in_at != 0) {
			clock_format(seen, list[i].last_sign_in_at);
		}
		json_array_append_new(
			rows,
			json_pack("{s:s, s:s, s:b, s:s?}", "name", list[i].name,
				  "roles", buf_str(&roles), "disabled",
				  list[i].disabled ? 1 : 0, "last_sign_in_at",
				  list[i].last_sign_in_at == 0 ? NULL : seen));
		buf_clear(&roles);
	}
	print_json_block(out, rows);
}

static void list_table(FILE *out, const struct account *list, size_t count)
{
	struct print_table table;
	const char *const head[] = { "NAME", "ROLES", "STATE", "LAST SIGNED IN",
				     NULL };
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		struct buf roles = BUF_INIT;
		char seen[PRINT_TIME_SIZE];
		roles_put(&roles, list[i].roles);
		const char *const cells[] = {
			list[i].name, buf_str(&roles),
			list[i].disabled ? "disabled" : "active",
			print_time(seen, list[i].last_sign_in_at)
		};
		print_table_row(&table, cells);
		buf_clear(&roles);
	}
	print_table_end(&table, out);
}

int user_list_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct account *list = NULL;
	size_t count = 0;
	if (!cli_device_open(args->conf, &device, err) ||
	    !accounts_list(device.db, &list, &count, err)) {
		goto out;
	}
	if (cli_flag(args, "--json")) {
		list_json(cli->out, list, count);
	} else if (count == 0) {
		print_line(cli->out, "No account yet. Set-up makes the first "
				     "one with the set-up code.");
	} else {
		list_table(cli->out, list, count);
	}
out:
	mem_free(list);
	cli_device_close(&device);
	return CLI_DONE;
}

/* Opens the device and finds the account that the first argument names. */
static bool open_account(const struct cli_args *args, struct cli_device *device,
			 struct account *account, struct err *err)
{
	if (!cli_device_open(args->conf, device, err)) {
		return false;
	}
	if (!accounts_find(device->db, args->at[0], account, err)) {
		if (err->kind == ERR_NOT_FOUND) {
			err_reset(err);
			err_set(err, ERR_NOT_FOUND,
				"There is no account "
				"\"%.64s\". \"sluice user list\" shows all.",
				args->at[0]);
		}
		return false;
	}
	return true;
}

int user_roles_run(struct cli *cli, const struct cli_args *args,
		   struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct account account = { 0 };
	unsigned roles = 0;
	if (parse_roles(args->at[1], &roles, err) &&
	    open_account(args, &device, &account, err) &&
	    accounts_set_roles(device.db, cli->actor, account.id, roles,
			       clock_utc_now(), err)) {
		struct buf names = BUF_INIT;
		roles_put(&names, roles);
		print_line(cli->out, "Roles of %s: %s.", account.name,
			   buf_str(&names));
		buf_clear(&names);
	}
	cli_device_close(&device);
	return CLI_DONE;
}

static int set_disabled(struct cli *cli, const struct cli_args *args,
			bool disabled, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct account account = { 0 };
	if (open_account(args, &device, &account, err) &&
	    accounts_set_disabled(device.db, cli->actor, account.id, disabled,
				  clock_utc_now(), err)) {
		print_line(cli->out,
			   disabled ? "%s is disabled and signed out."
				    : "%s can sign in again.",
			   account.name);
	}
	cli_device_close(&device);
	return CLI_DONE;
}

int user_disable_run(struct cli *cli, const struct cli_args *args,
		     struct err *err)
{
	return set_disabled(cli, args, true, err);
}

int user_enable_run(struct cli *cli, const struct cli_args *args,
		    struct err *err)
{
	return set_disabled(cli, args, false, err);
}

int user_password_run(struct cli *cli, const struct cli_args *args,
		      struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct account account = { 0 };
	struct buf password = BUF_INIT;
	if (open_account(args, &device, &account, err) &&
	    terminal_password(cli, "New password", &password, err) &&
	    accounts_set_password(device.db, cli->actor, account.id,
				  buf_str(&password), clock_utc_now(), err)) {
		print_line(cli->out,
			   "Password of %s changed; it is signed out "
			   "everywhere.",
			   account.name);
	}
	buf_burn(&password);
	cli_device_close(&device);
	return CLI_DONE;
}
