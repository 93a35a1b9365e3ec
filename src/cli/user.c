/*
 * "sluice user ...": accounts of the pages, for an administrator at the
 * machine. What the server's "staff" does in the same way is in user_list.c,
 * user_change.c and user_sessions.c. The rules (names, passwords, the last
 * admin) are domain/accounts'.
 */
#include "cli/user.h"

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "cli/terminal.h"
#include "domain/roles.h"

static bool parse_roles(const char *text, unsigned *roles, struct err *err)
{
	if (text == NULL || !roles_parse(text, roles) || *roles == 0 ||
	    (*roles & (ROLE_ANYBODY | ROLE_SIGNED_IN | ROLE_STAFF)) != 0) {
		return err_set(err, ERR_INVALID,
			       "Give one or more roles with "
			       "commas between: admin, customer, operator, "
			       "auditor, job-data.");
	}
	return true;
}

/* Does work on the accounts of the device that the command line names. */
static int on_device(struct cli *cli, const struct cli_args *args,
		     bool (*work)(const struct cli_user_site *site,
				  const struct cli_args *args, struct err *err),
		     struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	const char *known[DEVICE_KNOWN_MAX];
	if (cli_device_open(args->conf, &device, err)) {
		device_config_known(&device.config, known);
		struct cli_user_site site = { cli, device.db, known,
					      "sluice user" };
		bool done = work(&site, args, err);
		(void)done; /* what failed stands in err */
	}
	cli_device_close(&device);
	return CLI_DONE;
}

static bool add(const struct cli_user_site *site, const struct cli_args *args,
		struct err *err)
{
	struct buf password = BUF_INIT;
	unsigned roles = 0;
	int64_t id = 0;
	bool ok = parse_roles(cli_value(args, "--roles"), &roles, err) &&
		  terminal_password(site->cli, "Password", &password, err) &&
		  accounts_create(site->db, site->cli->actor, args->at[0],
				  buf_str(&password), site->known, roles,
				  clock_utc_now(), &id, err);
	if (ok) {
		print_line(site->cli->out, "Account %s made.", args->at[0]);
	}
	buf_burn(&password);
	return ok;
}

static bool set_roles(const struct cli_user_site *site,
		      const struct cli_args *args, struct err *err)
{
	struct account account;
	unsigned roles = 0;
	if (!parse_roles(args->at[1], &roles, err) ||
	    !cli_user_find(site, args, &account, err) ||
	    !accounts_set_roles(site->db, site->cli->actor, account.id, roles,
				clock_utc_now(), err)) {
		return false;
	}
	struct buf names = BUF_INIT;
	roles_put(&names, roles);
	print_line(site->cli->out, "Roles of %s: %s.", account.name,
		   buf_str(&names));
	buf_clear(&names);
	return true;
}

int user_add_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	unsigned roles = 0;
	if (!parse_roles(cli_value(args, "--roles"), &roles, err)) {
		return CLI_USAGE;
	}
	return on_device(cli, args, add, err);
}

int user_list_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	return on_device(cli, args, cli_user_list, err);
}

int user_show_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	return on_device(cli, args, cli_user_show, err);
}

int user_roles_run(struct cli *cli, const struct cli_args *args,
		   struct err *err)
{
	unsigned roles = 0;
	if (!parse_roles(args->at[1], &roles, err)) {
		return CLI_USAGE;
	}
	return on_device(cli, args, set_roles, err);
}

int user_disable_run(struct cli *cli, const struct cli_args *args,
		     struct err *err)
{
	return on_device(cli, args, cli_user_disable, err);
}

int user_enable_run(struct cli *cli, const struct cli_args *args,
		    struct err *err)
{
	return on_device(cli, args, cli_user_enable, err);
}

int user_password_run(struct cli *cli, const struct cli_args *args,
		      struct err *err)
{
	return on_device(cli, args, cli_user_password, err);
}

int user_sessions_run(struct cli *cli, const struct cli_args *args,
		      struct err *err)
{
	return on_device(cli, args, cli_user_sessions, err);
}

int user_end_session_run(struct cli *cli, const struct cli_args *args,
			 struct err *err)
{
	if (!cli_user_sessions_named(args, "sluice user", err)) {
		return CLI_USAGE;
	}
	return on_device(cli, args, cli_user_end_session, err);
}

int user_lift_pause_run(struct cli *cli, const struct cli_args *args,
			struct err *err)
{
	return on_device(cli, args, cli_user_lift_pause, err);
}
