#ifndef SLUICE_COLLECTORS_OPTIONS_H
#define SLUICE_COLLECTORS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Command lines of collectors: "--name VALUE" or "--name=VALUE", nothing
 * else. "--help" and "--version" take no value and are in every table.
 */
struct option_row {
	const char *name;    /* "--uri" */
	const char *value;   /* what follows it, "URI"; NULL = nothing */
	const char *help;    /* one line */
	const char **target; /* gets the value; borrowed from argv */
};

enum options_result {
	OPTIONS_RUN = 0, /* go on */
	OPTIONS_HELP,    /* --help was given */
	OPTIONS_VERSION, /* --version was given */
	OPTIONS_WRONG    /* err says what */
};

/* rows ends with a row whose name is NULL. */
enum options_result options_read(const struct option_row *rows, int argc,
				 char *const argv[], struct err *err);

/* operands: what stands after the options; NULL = nothing. */
struct buf;
void options_put_help(struct buf *out, const char *program,
		      const char *operands, const char *purpose,
		      const struct option_row *rows);

#endif
