#ifndef SLUICE_CLI_COMMANDS_H
#define SLUICE_CLI_COMMANDS_H

#include "cli/command.h"

/* The commands of "sluice": one table, in the order of the help. */
extern const struct cli_command device_commands[];

/* The configuration when neither --conf nor SLUICE_CONF names one. */
extern const char device_cli_default_conf[];

/*
 * The part of main() that is about commands. argv[0] is the command; conf is
 * what SLUICE_CONF says (NULL = not set), self the path of the program.
 * Gives the exit code.
 */
int device_cli_main(int argc, char *const argv[], const char *conf,
		    const char *self);

/* What the rows run, one file a group. */
int init_run(struct cli *cli, const struct cli_args *args, struct err *err);
int log_continue_run(struct cli *cli, const struct cli_args *args,
		     struct err *err);
int time_run(struct cli *cli, const struct cli_args *args, struct err *err);
int time_lower_run(struct cli *cli, const struct cli_args *args,
		   struct err *err);
int checkin_run(struct cli *cli, const struct cli_args *args, struct err *err);
int doctor_cli_run(struct cli *cli, const struct cli_args *args,
		   struct err *err);
int status_run(struct cli *cli, const struct cli_args *args, struct err *err);
int user_add_run(struct cli *cli, const struct cli_args *args, struct err *err);
int user_list_run(struct cli *cli, const struct cli_args *args,
		  struct err *err);
int user_roles_run(struct cli *cli, const struct cli_args *args,
		   struct err *err);
int user_disable_run(struct cli *cli, const struct cli_args *args,
		     struct err *err);
int user_enable_run(struct cli *cli, const struct cli_args *args,
		    struct err *err);
int user_password_run(struct cli *cli, const struct cli_args *args,
		      struct err *err);
int user_show_run(struct cli *cli, const struct cli_args *args,
		  struct err *err);
int user_sessions_run(struct cli *cli, const struct cli_args *args,
		      struct err *err);
int user_end_session_run(struct cli *cli, const struct cli_args *args,
			 struct err *err);
int user_lift_pause_run(struct cli *cli, const struct cli_args *args,
			struct err *err);
int services_run(struct cli *cli, const struct cli_args *args, struct err *err);
int allow_run(struct cli *cli, const struct cli_args *args, struct err *err);
int withdraw_run(struct cli *cli, const struct cli_args *args, struct err *err);
int consent_run(struct cli *cli, const struct cli_args *args, struct err *err);
int pseudonyms_run(struct cli *cli, const struct cli_args *args,
		   struct err *err);
int settings_run(struct cli *cli, const struct cli_args *args, struct err *err);
int settings_set_run(struct cli *cli, const struct cli_args *args,
		     struct err *err);
int recipients_run(struct cli *cli, const struct cli_args *args,
		   struct err *err);
int recipients_import_run(struct cli *cli, const struct cli_args *args,
			  struct err *err);
int instructions_list_run(struct cli *cli, const struct cli_args *args,
			  struct err *err);
int instructions_allow_run(struct cli *cli, const struct cli_args *args,
			   struct err *err);
int instructions_refuse_run(struct cli *cli, const struct cli_args *args,
			    struct err *err);
int instructions_read_run(struct cli *cli, const struct cli_args *args,
			  struct err *err);
int instructions_policy_run(struct cli *cli, const struct cli_args *args,
			    struct err *err);
int preview_run(struct cli *cli, const struct cli_args *args, struct err *err);
int enrol_run(struct cli *cli, const struct cli_args *args, struct err *err);
int send_run(struct cli *cli, const struct cli_args *args, struct err *err);
int log_run(struct cli *cli, const struct cli_args *args, struct err *err);
int log_show_run(struct cli *cli, const struct cli_args *args, struct err *err);
int log_head_run(struct cli *cli, const struct cli_args *args, struct err *err);
int log_verify_run(struct cli *cli, const struct cli_args *args,
		   struct err *err);
int jobs_check_run(struct cli *cli, const struct cli_args *args,
		   struct err *err);
int collect_run(struct cli *cli, const struct cli_args *args, struct err *err);
int catalogue_run(struct cli *cli, const struct cli_args *args,
		  struct err *err);
int run_run(struct cli *cli, const struct cli_args *args, struct err *err);
int version_run(struct cli *cli, const struct cli_args *args, struct err *err);

#endif
