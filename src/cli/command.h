#ifndef SLUICE_CLI_COMMAND_H
#define SLUICE_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

/*
 * How every command of a program is found, read and explained. A program has
 * one table of commands; a command either runs or has a table of its own
 * ("user add"). Unknown options, missing and surplus arguments are refused
 * here with a hint, so that no command checks them again.
 */
enum cli_exit {
	CLI_DONE = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2, /* the command line itself is wrong; nothing was done */
	CLI_NO_GRANT = 3,   /* refused for want of a grant */
	CLI_UNREACHABLE = 4 /* the server cannot be reached: queued */
};

/* What a program gives its commands. */
struct cli {
	const char *program;      /* "sluice": for help and hints */
	const char *default_conf; /* file of --conf if it is not given */
	FILE *out;                /* results */
	FILE *problems;           /* errors and prompts */
	int in_fd;                /* passwords and codes are read from here */
	const char *self;         /* absolute path of the program file */
	const char *actor;        /* "command line: root", for the ledger */
};

/* One option. value NULL = a flag. */
struct cli_option {
	const char *name; /* "--json"; NULL ends a list */
	/*
	 * What it takes, "FILE". With "..." at its end it takes the rest of
	 * the line: the first word is its value, the others are arguments.
	 */
	const char *value;
	const char *help; /* one line */
	bool repeats;     /* may be given more than once */
};

#define CLI_OPTIONS_MAX 48 /* given on one command line */
#define CLI_ARGUMENTS_MAX 64

/* A command line that was read. All texts are borrowed from argv. */
struct cli_args {
	const char *conf; /* --conf, or the preset */
	size_t count;     /* arguments that are no options */
	const char *at[CLI_ARGUMENTS_MAX];
	size_t options_count;
	struct {
		const char *name, *value;
	} options[CLI_OPTIONS_MAX];
};

/*
 * A command. run gives the exit code; what it could not do stands in err,
 * which the caller prints and turns into a code if run returned CLI_DONE.
 */
struct cli_command {
	const char *name;      /* NULL ends a table */
	const char *arguments; /* "[SERVICE...]"; NULL = none */
	const char *summary;   /* one line of the list */
	const char *text;      /* what the help says more, wrapped there */
	const char *examples;  /* lines; NULL = none */
	const struct cli_option *options; /* NULL = --conf and --help alone */
	size_t least, most;               /* arguments */
	int (*run)(struct cli *cli, const struct cli_args *args,
		   struct err *err);
	const struct cli_command *commands; /* instead of run or beside it */
};

/*
 * Runs the command that argv names (argv[0] is its name). about is the
 * program in one sentence. Gives the exit code.
 */
int cli_run(struct cli *cli, const struct cli_command *commands,
	    const char *about, int argc, char *const argv[]);

/* Was it given? The last value; the n-th value (NULL after the last). */
bool cli_flag(const struct cli_args *args, const char *name);
const char *cli_value(const struct cli_args *args, const char *name);
const char *cli_value_at(const struct cli_args *args, const char *name,
			 size_t n);

/* A number in an option; preset if it is not given. Errors: INVALID. */
MUST_USE bool cli_number(const struct cli_args *args, const char *name,
			 long long least, long long most, long long *value,
			 struct err *err);

/* A day (its last second), "2027-11-23", or a time, RFC 3339; both in UTC. */
MUST_USE bool cli_end(const char *text, int64_t *at);

/* The code that a failure means: INVALID, NOT_FOUND and the rest are 1. */
int cli_exit_of(const struct err *err);

/*
 * The same where only what the command line says can be INVALID (a value that
 * an option or an argument cannot have): that is CLI_USAGE.
 */
int cli_exit_of_words(const struct err *err);

/* Says what the command line did wrong and where help is. CLI_USAGE. */
int cli_misused(struct cli *cli, const char *command, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#endif
