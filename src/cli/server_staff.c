/*
 * "sluice-server staff ...": accounts of the console from the command line.
 * What "sluice user" does in the same way is in user_list.c, user_change.c and
 * user_sessions.c. Accounts themselves are domain/accounts.
 */
#include "cli/server_commands.h"

#include "base/clock.h"
#include "cli/print.h"
#include "cli/terminal.h"
#include "cli/user.h"
#include "domain/roles.h"

static int on_server(struct cli *cli, const struct cli_args *args,
		     bool (*work)(const struct cli_user_site *site,
				  const struct cli_args *args, struct err *err),
		     struct err *err)
{
	struct server_cli_open open;
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	const char *const known[] = { open.config.name, NULL };
	struct cli_user_site site = { cli, open.server.db, known,
				      "sluice-server staff" };
	bool done = work(&site, args, err);
	(void)done; /* what failed stands in err */
	server_cli_close(&open);
	return CLI_DONE;
}

/* Beside staff: what --admin and --role say. */
static bool read_roles(const struct cli_args *args, unsigned *roles,
		       struct err *err)
{
	const char *name;
	unsigned found = ROLE_STAFF;
	if (cli_flag(args, "--admin")) {
		found |= ROLE_ADMIN;
	}
	for (size_t n = 0; (name = cli_value_at(args, "--role", n)) != NULL;
	     n++) {
		enum role role = role_by_name(name);
		if (role != ROLE_STAFF && role != ROLE_ADMIN &&
		    role != ROLE_JOB_DATA) {
			return err_set(err, ERR_INVALID,
				       "The console has no role %.32s. Its "
				       "roles are staff, admin and job-data.",
				       name);
		}
		found |= role;
	}
	*roles = found;
	return true;
}

static bool add(const struct cli_user_site *site, const struct cli_args *args,
		struct err *err)
{
	struct buf password = BUF_INIT;
	int64_t id = 0;
	unsigned roles = 0;
	bool ok = read_roles(args, &roles, err) &&
		  terminal_password(site->cli, "Password", &password, err) &&
		  accounts_create(site->db, site->cli->actor, args->at[0],
				  buf_str(&password), site->known, roles,
				  clock_utc_now(), &id, err);
	if (ok) {
		print_line(site->cli->out, "Account %s is made.", args->at[0]);
	}
	buf_burn(&password);
	return ok;
}

int server_staff_add_run(struct cli *cli, const struct cli_args *args,
			 struct err *err)
{
	unsigned roles = 0;
	if (!read_roles(args, &roles, err)) {
		return CLI_USAGE;
	}
	return on_server(cli, args, add, err);
}

int server_staff_list_run(struct cli *cli, const struct cli_args *args,
			  struct err *err)
{
	return on_server(cli, args, cli_user_list, err);
}

int server_staff_show_run(struct cli *cli, const struct cli_args *args,
			  struct err *err)
{
	return on_server(cli, args, cli_user_show, err);
}

int server_staff_disable_run(struct cli *cli, const struct cli_args *args,
			     struct err *err)
{
	return on_server(cli, args, cli_user_disable, err);
}

int server_staff_enable_run(struct cli *cli, const struct cli_args *args,
			    struct err *err)
{
	return on_server(cli, args, cli_user_enable, err);
}

int server_staff_password_run(struct cli *cli, const struct cli_args *args,
			      struct err *err)
{
	return on_server(cli, args, cli_user_password, err);
}

int server_staff_sessions_run(struct cli *cli, const struct cli_args *args,
			      struct err *err)
{
	return on_server(cli, args, cli_user_sessions, err);
}

int server_staff_end_session_run(struct cli *cli, const struct cli_args *args,
				 struct err *err)
{
	if (!cli_user_sessions_named(args, "sluice-server staff", err)) {
		return CLI_USAGE;
	}
	return on_server(cli, args, cli_user_end_session, err);
}

int server_staff_lift_pause_run(struct cli *cli, const struct cli_args *args,
				struct err *err)
{
	return on_server(cli, args, cli_user_lift_pause, err);
}
