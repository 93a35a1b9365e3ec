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

/*
 * Runs "WORD..." (single spaces between) against a table; gives the code. What
 * a line with --json gives must be JSON with its times as all JSON has them.
 */
int capture_run(struct capture *c, const struct cli_command *commands,
		const char *line);
void capture_clear(struct capture *c);

/* The same, with this text as standard input. */
int capture_run_input(struct capture *c, const struct cli_command *commands,
		      const char *line, const char *input);

/*
 * A device made by the real "init", with the simulated engine, in a folder of
 * its own. capture_device_run() runs a command on it and checks the code; the
 * output is in *c, to be cleared.
 */
struct capture_device {
	char *dir;
	char *conf;
};
void capture_device_make(struct capture_device *d);
void capture_device_remove(struct capture_device *d);

/* The same around a group of tests, for the device in *state. */
int capture_device_set_up(void **state);
int capture_device_tear_down(void **state);

void capture_device_run(struct capture_device *d, struct capture *c, int code,
			const char *line);

/* Runs and checks code and that standard output holds text (NULL = any). */
void capture_device_check(struct capture_device *d, int code, const char *line,
			  const char *text);

/* The binary that the build made; fails when it is not there. */
char *capture_program(const char *name);

/* A temporary folder of its own; removed with all in it. */
char *capture_make_dir(void);
void capture_remove_dir(char *dir);

#endif
