/*
 * sluice-jobs-folder: a job source that offers the files of one folder, where
 * a maker's spooler or a person puts them (docs/job-sources.md). What counts
 * as a job and how it is read is job_folder.c's.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "collectors/job_folder.h"
#include "collectors/job_program.h"

#define PROGRAM "sluice-jobs-folder"

static bool print_list(const struct program *program, int folder,
		       struct err *err)
{
	struct job_list list = JOB_LIST_INIT;
	bool ok = job_folder_list(folder, &list, err) &&
		  job_program_print(program, &list, err);
	job_list_clear(&list);
	return ok;
}

int main(int argc, char **argv)
{
	const struct option_row none[] = { { NULL, NULL, NULL, NULL } };
	const struct program program = {
		.name = PROGRAM,
		.purpose = "Lists the files of a folder as jobs, or prints "
			   "the bytes of one.",
		.operands = "FOLDER list, or FOLDER get ID",
		.options = none,
		.out = stdout,
		.problems = stderr,
	};
	struct job_call call = { .where = NULL };
	struct err err = { .kind = ERR_NONE };
	int code = 0, folder = -1;
	if (!job_program_start(&program, argc, argv, &call, &code)) {
		return code;
	}
	const struct sandbox_path paths[] = { { call.where, false },
					      { NULL, false } };
	bool ok = job_folder_open(call.where, &folder, &err) &&
		  sandbox_enter(SANDBOX_COLLECTOR, paths, NULL, &err) &&
		  (call.id == NULL ? print_list(&program, folder, &err)
				   : job_folder_get(folder, call.id,
						    STDOUT_FILENO, &err));
	if (folder >= 0) {
		close(folder);
	}
	return ok ? 0 : job_program_fail(&program, &err);
}
