#ifndef SLUICE_COLLECTORS_PROGRAM_H
#define SLUICE_COLLECTORS_PROGRAM_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "collectors/options.h"

/* A collector as a program: what all of them do alike. */
struct program {
	const char *name;     /* "sluice-collect-sim" */
	const char *purpose;  /* one line, for --help */
	const char *operands; /* words after the options; NULL = none */
	const struct option_row *options;
	FILE *out;      /* XML, help and version; stdout but in tests */
	FILE *problems; /* stderr but in tests */
};

/* Exit codes of collectors; 0 = done. */
#define PROGRAM_FAILED 1
#define PROGRAM_USAGE 2

/*
 * Reads the command line. --help and --version are answered here, a wrong one
 * is told. false: the program ends with *code.
 */
MUST_USE bool program_start(const struct program *program, int argc,
			    char *const argv[], int *code);

/*
 * Tells the error in one line, cleaned: part of it may come from the network.
 * Returns code.
 */
int program_fail(const struct program *program, const struct err *err,
		 int code);

struct collected_writer;

/* Finishes and frees w and prints what it holds. Errors: IO. */
MUST_USE bool program_print(const struct program *program,
			    struct collected_writer *w, struct err *err);

#endif
