#ifndef SLUICE_CLI_SERVER_INSTRUCTION_H
#define SLUICE_CLI_SERVER_INSTRUCTION_H

#include "cli/command.h"

/* "sluice-server instruction ..." */
extern const struct cli_command server_instruction_commands[];

int server_instruction_send_run(struct cli *cli, const struct cli_args *args,
				struct err *err);
int server_instruction_interval_run(struct cli *cli,
				    const struct cli_args *args,
				    struct err *err);
int server_instruction_package_run(struct cli *cli, const struct cli_args *args,
				   struct err *err);
int server_instruction_message_run(struct cli *cli, const struct cli_args *args,
				   struct err *err);
int server_instruction_renew_run(struct cli *cli, const struct cli_args *args,
				 struct err *err);
int server_instruction_ledger_run(struct cli *cli, const struct cli_args *args,
				  struct err *err);
int server_instruction_list_run(struct cli *cli, const struct cli_args *args,
				struct err *err);
int server_instruction_key_run(struct cli *cli, const struct cli_args *args,
			       struct err *err);

#endif
