#ifndef SLUICE_COLLECTORS_JOB_FOLDER_H
#define SLUICE_COLLECTORS_JOB_FOLDER_H

#include "base/err.h"
#include "formats/job_list.h"

/*
 * Jobs that lie as files in a folder. Only regular files in it count, by no
 * link and in no folder below; those whose name begins with a dot or ends in
 * .tmp or .part are still being written.
 *
 * The id of a job is 32 hex digits of a hash over name, file system, inode,
 * size and time of change: another content has another id.
 */

/* The folder itself; close() it. Errors: NOT_FOUND, DENIED, IO. */
MUST_USE bool job_folder_open(const char *path, int *folder, struct err *err);

/*
 * Adds a source with its jobs, the newest first and no more than a list
 * holds; then its problem says so. Errors: IO.
 */
MUST_USE bool job_folder_list(int folder, struct job_list *list,
			      struct err *err);

/*
 * Writes the bytes of one job to out_fd.
 * Errors: NOT_FOUND (there is none of that id), DENIED (unreadable), INVALID
 * (it changed meanwhile: what was written is not the job), IO.
 */
MUST_USE bool job_folder_get(int folder, const char *id, int out_fd,
			     struct err *err);

#endif
