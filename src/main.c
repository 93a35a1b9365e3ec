/*
 * Where every program of the device starts: picks the row of programs.c by
 * the name of the binary, else by the first argument.
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "programs.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

int main(int argc, char *argv[])
{
	/* A reader that went away is an error of the write, not our end. */
	signal(SIGPIPE, SIG_IGN);
	const struct program *program =
		program_by_name(argc > 0 ? base_name(argv[0]) : "sluice");
	if (program != NULL && program != programs) {
		return program->run(argc, argv);
	}
	if (argc > 1 && program_by_name(argv[1]) != NULL &&
	    program_by_name(argv[1]) != programs) {
		return program_by_name(argv[1])->run(argc - 1, argv + 1);
	}
	return programs[0].run(argc, argv);
}
