#ifndef SLUICE_BASE_FILES_H
#define SLUICE_BASE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Reads a whole regular file of at most max bytes into out (appended).
 * Errors: NOT_FOUND, LIMIT (bigger than max), IO.
 */
MUST_USE bool files_read(const char *path, size_t max, struct buf *out,
			 struct err *err);

/*
 * Replaces a file so that after a power cut either the old or the new content
 * is there: temporary name in the same directory, fsync, rename, fsync of the
 * directory. mode is exact (umask does not apply).
 * Errors: IO (disk full included; the old file stays).
 */
MUST_USE bool files_write(const char *path, const void *data, size_t len,
			  mode_t mode, struct err *err);

/*
 * Puts a file in another's place within one directory, and waits until that
 * survives a power cut. Errors: NOT_FOUND (no such file), IO.
 */
MUST_USE bool files_replace(const char *from, const char *to, struct err *err);

/* Removes a file, likewise for good; one that is not there is fine. IO. */
MUST_USE bool files_remove(const char *path, struct err *err);

/* Makes a directory and its parents; those that exist are left as they are. */
MUST_USE bool files_make_dir(const char *path, mode_t mode, struct err *err);

bool files_exists(const char *path);

/* dir + "/" + name; caller mem_free()s. */
char *files_join(const char *dir, const char *name);

/*
 * Takes an advisory lock (flock) on a file, made if need be, without waiting.
 * *fd is closed to let go. Errors: RETRY (another process holds it), IO.
 */
MUST_USE bool files_lock(const char *path, int *fd, struct err *err);

#endif
