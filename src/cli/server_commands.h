#ifndef SLUICE_CLI_SERVER_COMMANDS_H
#define SLUICE_CLI_SERVER_COMMANDS_H

#include "base/log.h"
#include "cli/command.h"
#include "server/exchange.h"
#include "server/fleet.h"
#include "server/server.h"
#include "server/server_config.h"

/* The commands of "sluice-server": one table, in the order of the help. */
extern const struct cli_command server_commands[];

/*
 * The console's pages, which the command line cannot see (another layer):
 * main_server.c puts them in.
 */
struct server_console {
	/* In a worker, before its sandbox. *console is for serve(). */
	bool (*open)(const struct server_config *config, const struct log *log,
		     void **console, struct err *err);
	void (*serve)(void *console, const struct exchange *exchange,
		      int64_t now_ms);
};

/* What sluice-server gives its commands: cli is the first member. */
struct server_cli {
	struct cli cli;
	const struct server_console *console;
};

/*
 * Configuration and database. On success release with
 * server_cli_close(). Errors: NOT_FOUND (the text says to run init),
 * INVALID, IO.
 */
struct server_cli_open {
	struct server_config config;
	struct log log;
	struct server server;
};
MUST_USE bool server_cli_load(const struct cli *cli, const char *conf,
			      struct server_cli_open *open, struct err *err);
void server_cli_close(struct server_cli_open *open);

/*
 * The id of a device, of what a person typed: fleet_id_typed(). Errors:
 * INVALID.
 */
MUST_USE bool server_cli_device(const char *typed, char id[FLEET_ID_SIZE],
				struct err *err);

/* The same of the option --device; device NULL = it was not given. */
struct server_cli_only {
	char id[FLEET_ID_SIZE];
	const char *device; /* id or NULL */
};
MUST_USE bool server_cli_only_device(const struct cli_args *args,
				     struct server_cli_only *only,
				     struct err *err);

/* What the rows run, one file a group. */
int server_init_run(struct cli *cli, const struct cli_args *args,
		    struct err *err);
int server_device_add_run(struct cli *cli, const struct cli_args *args,
			  struct err *err);
int server_device_list_run(struct cli *cli, const struct cli_args *args,
			   struct err *err);
int server_device_interval_run(struct cli *cli, const struct cli_args *args,
			       struct err *err);
int server_device_revoke_run(struct cli *cli, const struct cli_args *args,
			     struct err *err);
int server_code_make_run(struct cli *cli, const struct cli_args *args,
			 struct err *err);
int server_code_list_run(struct cli *cli, const struct cli_args *args,
			 struct err *err);
int server_code_withdraw_run(struct cli *cli, const struct cli_args *args,
			     struct err *err);
int server_certificate_list_run(struct cli *cli, const struct cli_args *args,
				struct err *err);
int server_certificate_revoke_run(struct cli *cli, const struct cli_args *args,
				  struct err *err);
int server_anchors_run(struct cli *cli, const struct cli_args *args,
		       struct err *err);
int server_transactions_run(struct cli *cli, const struct cli_args *args,
			    struct err *err);
int server_jobdata_list_run(struct cli *cli, const struct cli_args *args,
			    struct err *err);
int server_jobdata_take_run(struct cli *cli, const struct cli_args *args,
			    struct err *err);
int server_jobdata_delete_run(struct cli *cli, const struct cli_args *args,
			      struct err *err);
int server_jobdata_expire_run(struct cli *cli, const struct cli_args *args,
			      struct err *err);
int server_staff_add_run(struct cli *cli, const struct cli_args *args,
			 struct err *err);
int server_staff_list_run(struct cli *cli, const struct cli_args *args,
			  struct err *err);
int server_staff_show_run(struct cli *cli, const struct cli_args *args,
			  struct err *err);
int server_staff_disable_run(struct cli *cli, const struct cli_args *args,
			     struct err *err);
int server_staff_enable_run(struct cli *cli, const struct cli_args *args,
			    struct err *err);
int server_staff_password_run(struct cli *cli, const struct cli_args *args,
			      struct err *err);
int server_staff_sessions_run(struct cli *cli, const struct cli_args *args,
			      struct err *err);
int server_staff_end_session_run(struct cli *cli, const struct cli_args *args,
				 struct err *err);
int server_staff_lift_pause_run(struct cli *cli, const struct cli_args *args,
				struct err *err);
int server_recipients_new_key_run(struct cli *cli, const struct cli_args *args,
				  struct err *err);
int server_recipients_sign_run(struct cli *cli, const struct cli_args *args,
			       struct err *err);
int server_recipients_check_run(struct cli *cli, const struct cli_args *args,
				struct err *err);
int server_recipients_publish_run(struct cli *cli, const struct cli_args *args,
				  struct err *err);
int server_log_verify_run(struct cli *cli, const struct cli_args *args,
			  struct err *err);
int server_identity_run(struct cli *cli, const struct cli_args *args,
			struct err *err);
int server_open_run(struct cli *cli, const struct cli_args *args,
		    struct err *err);
int server_serve_run(struct cli *cli, const struct cli_args *args,
		     struct err *err);
int server_version_run(struct cli *cli, const struct cli_args *args,
		       struct err *err);

#endif
