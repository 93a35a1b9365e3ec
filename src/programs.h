#ifndef SLUICE_PROGRAMS_H
#define SLUICE_PROGRAMS_H

/*
 * What the one binary can be. A row is chosen by the name that the binary was
 * started under, else by the first argument, else the command line.
 */
struct program {
	const char *name;
	/* argv[0] is the name; gives the exit code. */
	int (*run)(int argc, char *const argv[]);
};

extern const struct program programs[]; /* ends with a row whose name is NULL */

/* The row of that name; NULL if there is none. */
const struct program *program_by_name(const char *name);

#endif
