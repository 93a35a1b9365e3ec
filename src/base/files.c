/*
 * Whole files, read under a bound and replaced so that a power cut leaves the
 * old or the new content (write, fsync, rename, fsync of the directory).
 * Streams of unknown size are the affair of those who stream; the database
 * keeps its own files.
 */
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define READ_STEP 16384

/* Undoes what was put after "before". */
static void take_back(struct buf *out, size_t before)
{
	if (out->data != NULL) {
		mem_burn(out->data + before, out->len - before);
	}
	out->len = before;
}

static bool read_all(int fd, const char *path, size_t max, struct buf *out,
		     struct err *err)
{
	uint8_t step[READ_STEP];
	size_t total = 0;
	bool done = false;
	for (;;) {
		ssize_t got = read(fd, step, sizeof(step));
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			err_set_errno(err, ERR_IO, errno, "%s cannot be read",
				      path);
			break;
		}
		if (got == 0) {
			done = true;
			break;
		}
		total += (size_t)got;
		if (total > max) {
			err_set(err, ERR_LIMIT, "%s is bigger than %zu bytes",
				path, max);
			break;
		}
		buf_put(out, step, (size_t)got);
		if (out->overflow) {
			err_set(err, ERR_LIMIT, "%s is bigger than expected",
				path);
			break;
		}
	}
	mem_burn(step, sizeof(step));
	return done;
}

bool files_read(const char *path, size_t max, struct buf *out, struct err *err)
{
	bool ok = false;
	size_t before = out->len;
	/* O_NONBLOCK: a FIFO in the way must not stop us before the check. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		bool missing = errno == ENOENT || errno == ENOTDIR;
		return err_set_errno(err, missing ? ERR_NOT_FOUND : ERR_IO,
				     errno, "%s cannot be opened", path);
	}
	struct stat about;
	if (fstat(fd, &about) != 0) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be read", path);
		goto out;
	}
	if (!S_ISREG(about.st_mode)) {
		err_set(err, ERR_IO, "%s is not an ordinary file", path);
		goto out;
	}
	ok = read_all(fd, path, max, out, err);
	if (!ok) {
		take_back(out, before);
	}
out:
	close(fd);
	return ok;
}

static bool write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put < 0) {
			return false;
		}
		data += put;
		len -= (size_t)put;
	}
	return true;
}

/* The directory of a path: "/" and "." included. Caller frees. */
static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL) {
		return mem_strdup(".");
	}
	return mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool sync_directory(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	/* Some file systems know no fsync of a directory: EINVAL is theirs. */
	bool ok = fsync(fd) == 0 || errno == EINVAL;
	int kept = errno;
	close(fd);
	errno = kept;
	return ok;
}

bool files_write(const char *path, const void *data, size_t len, mode_t mode,
		 struct err *err)
{
	bool ok = false;
	char *dir = directory_of(path);
	const char *slash = strrchr(path, '/');
	struct buf temporary = BUF_INIT;
	buf_printf(&temporary, "%s/.%s.XXXXXX", dir,
		   slash != NULL ? slash + 1 : path);
	char *name = buf_take_str(&temporary);
	int fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be written", path);
		goto out;
	}
	if (fchmod(fd, mode) != 0 || !write_all(fd, data, len) ||
	    fsync(fd) != 0 || rename(name, path) != 0) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be written", path);
		unlink(name);
		goto out;
	}
	if (!sync_directory(dir)) {
		err_set_errno(err, ERR_IO, errno, "%s cannot be made durable",
			      path);
		goto out;
	}
	ok = true;
out:
	if (fd >= 0) {
		close(fd);
	}
	mem_free(name);
	mem_free(dir);
	return ok;
}

/* After a change in its directory. */
static bool make_durable(const char *path, struct err *err)
{
	char *dir = directory_of(path);
	bool ok = sync_directory(dir) ||
		  err_set_errno(err, ERR_IO, errno, "%s cannot be made durable",
				path);
	mem_free(dir);
	return ok;
}

bool files_replace(const char *from, const char *to, struct err *err)
{
	if (rename(from, to) != 0) {
		return err_set_errno(err,
				     errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
				     errno, "%s cannot be put in place of %s",
				     from, to);
	}
	return make_durable(to, err);
}

bool files_remove(const char *path, struct err *err)
{
	if (unlink(path) != 0) {
		return errno == ENOENT ||
		       err_set_errno(err, ERR_IO, errno, "%s cannot be removed",
				     path);
	}
	return make_durable(path, err);
}

/* Makes one directory, its parent being there. */
static bool make_one(const char *path, mode_t mode, struct err *err)
{
	if (mkdir(path, mode) == 0) {
		char *parent = directory_of(path);
		bool ok = chmod(path, mode) == 0 && sync_directory(parent);
		int reason = errno;
		mem_free(parent);
		return ok || err_set_errno(err, ERR_IO, reason,
					   "%s cannot be made", path);
	}
	int reason = errno;
	struct stat about;
	if (stat(path, &about) == 0) {
		reason = ENOTDIR;
		if (S_ISDIR(about.st_mode)) {
			return true;
		}
	}
	return err_set_errno(err, ERR_IO, reason, "%s cannot be made", path);
}

bool files_make_dir(const char *path, mode_t mode, struct err *err)
{
	bool ok = true;
	char *part = mem_strdup(path);
	for (char *at = part + 1; ok && *part != '\0'; at++) {
		if (*at != '/' && *at != '\0') {
			continue;
		}
		char end = *at;
		*at = '\0';
		if (at[-1] != '\0') {
			ok = make_one(part, mode, err);
		}
		if (end == '\0') {
			break;
		}
		*at = end;
	}
	mem_free(part);
	return ok;
}

bool files_exists(const char *path)
{
	struct stat about;
	return stat(path, &about) == 0;
}

char *files_join(const char *dir, const char *name)
{
	struct buf joined = BUF_INIT;
	buf_put_str(&joined, dir);
	if (joined.len > 0 && joined.data[joined.len - 1] != '/') {
		buf_put_char(&joined, '/');
	}
	buf_put_str(&joined, name);
	return buf_take_str(&joined);
}

bool files_lock(const char *path, int *fd, struct err *err)
{
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0660);
	if (lock < 0) {
		return err_set_errno(err, ERR_IO, errno, "%s cannot be opened",
				     path);
	}
	if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		int reason = errno;
		close(lock);
		if (reason == EWOULDBLOCK) {
			return err_set(err, ERR_RETRY,
				       "%s is held by another process", path);
		}
		return err_set_errno(err, ERR_IO, reason, "%s cannot be locked",
				     path);
	}
	*fd = lock;
	return true;
}
