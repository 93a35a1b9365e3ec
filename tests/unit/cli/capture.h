#ifndef SLUICE_TESTS_UNIT_CLI_CAPTURE_H
#define SLUICE_TESTS_UNIT_CLI_CAPTURE_H

#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"

/* A command line whose output is kept. */
struct capture {
	struct cli cli;
	char *out, *problems; /* what was printed; NUL-terminated after run */
	size_t out_len, problems_len;
	FILE *out_file, *problems_file;
};

/* Runs "WORD..." (single spaces between) against a table; gives the code. */
int capture_run(struct capture *c, const struct cli_command *commands,
		const char *line);
void capture_clear(struct capture *c);

/* A temporary folder of its own; removed with all in it. */
char *capture_make_dir(void);
void capture_remove_dir(char *dir);

#endif
