#ifndef SLUICE_CLI_CHECK_PROGRAM_H
#define SLUICE_CLI_CHECK_PROGRAM_H

#include "cli/command.h"
#include "domain/device_config.h"

/*
 * A program that its maker tests ("--check PROGRAM [ARG]..."), as sluice.conf
 * would name it. On release check_program_clear().
 */
struct check_program {
	struct device_collector run; /* points into the texts below */
	char *program, *arguments, *name;
};

/*
 * word  its path; one without a slash is one of those that come with Sluice
 * what  "collector", for texts
 *
 * args->at are its arguments. Errors: NOT_FOUND, INVALID.
 */
MUST_USE bool check_program_read(const char *word, const struct cli_args *args,
				 const char *what, struct check_program *p,
				 struct err *err);
void check_program_clear(struct check_program *p);

/* The preset of a number in sluice.conf. */
int64_t check_program_preset(const char *section, const char *key);

#endif
