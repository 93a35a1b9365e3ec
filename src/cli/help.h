#ifndef SLUICE_CLI_HELP_H
#define SLUICE_CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* The text of --help, made from the tables. path: "user add"; "" at the top. */
void help_table(FILE *out, const char *program, const char *path,
		const char *about, const struct cli_command *commands);
void help_command(FILE *out, const char *program, const char *path,
		  const struct cli_command *command,
		  const struct cli_option *common);

#endif
