/*
 * The list of jobs from the daemon to the page that asked, through a FIFO: it
 * is never a file with content. Both ends open it without waiting and give up
 * after a time. The request itself is a row of domain/requests.
 */
#include "domain/job_answer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "formats/job_list.h"

#define PREFIX "jobs-"
#define PIECE 4096

struct job_answer {
	char *path;
	int fd;
};

/* NULL: the key is none. */
static char *path_of(const char *state, const char *key)
{
	struct buf name = BUF_INIT;
	if (!job_id_valid(key)) {
		return NULL;
	}
	buf_put_str(&name, PREFIX);
	buf_put_str(&name, key);
	char *path = files_join(state, buf_str(&name));
	buf_clear(&name);
	return path;
}

bool job_answer_open(const char *state, const char *key,
		     struct job_answer **answer, struct err *err)
{
	char *path = path_of(state, key);
	if (path == NULL) {
		return err_set(err, ERR_INVALID,
			       "the form's key is none; load the page again");
	}
	if (mkfifo(path, 0660) != 0) {
		err_set_errno(err, ERR_IO, errno,
			      "The list of jobs has no place; load the page "
			      "again");
		mem_free(path);
		return false;
	}
	struct job_answer *made = mem_zalloc(sizeof(*made));
	made->path = path;
	made->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	/* Whatever the umask says: the daemon writes as one of the group. */
	if (made->fd < 0 || fchmod(made->fd, 0660) != 0) {
		err_set_errno(err, ERR_IO, errno, "%s", path);
		job_answer_close(made);
		return false;
	}
	*answer = made;
	return true;
}

static bool no_answer(struct err *err)
{
	return err_set(err, ERR_RETRY,
		       "The device is busy with something else. Try again in a "
		       "moment.");
}

static int left_until(int64_t until)
{
	int64_t left = until - clock_monotonic_ms();
	return left > 0 ? (int)left : 0;
}

/*
 * *got 0: the end. Before a writer came, poll() waits: a reader that opened
 * first sees no end of what has not begun.
 */
static bool read_some(const struct job_answer *answer, int64_t until, void *dst,
		      size_t *got, struct err *err)
{
	for (;;) {
		struct pollfd fd = { .fd = answer->fd, .events = POLLIN };
		int ready = poll(&fd, 1, left_until(until));
		if (ready < 0 && errno == EINTR) {
			continue;
		}
		if (ready <= 0) {
			return no_answer(err);
		}
		ssize_t n = read(answer->fd, dst, PIECE);
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			continue;
		}
		*got = n > 0 ? (size_t)n : 0;
		return n >= 0 ||
		       err_set_errno(err, ERR_IO, errno, "%s", answer->path);
	}
}

bool job_answer_wait(struct job_answer *answer, int timeout_ms, struct buf *out,
		     struct err *err)
{
	int64_t until = clock_monotonic_ms() + timeout_ms;
	uint8_t piece[PIECE];
	size_t got = 0;
	bool ok;
	do {
		ok = read_some(answer, until, piece, &got, err);
		if (ok && out->len + got > JOB_LIST_BYTES_MAX) {
			ok = err_set(err, ERR_LIMIT,
				     "The list of jobs is too long.");
		}
		if (ok) {
			buf_put(out, piece, got);
		}
	} while (ok && got > 0);
	mem_burn(piece, sizeof(piece));
	/* It came and went: it ended before it could say anything. */
	return ok && (out->len > 0 || no_answer(err));
}

void job_answer_close(struct job_answer *answer)
{
	if (answer == NULL) {
		return;
	}
	if (answer->fd >= 0) {
		(void)close(answer->fd);
	}
	(void)unlink(answer->path);
	mem_free(answer->path);
	mem_free(answer);
}

/* ---- the daemon's end ---- */

static bool write_all(int fd, const void *data, size_t len, int64_t until,
		      struct err *err)
{
	const uint8_t *at = data;
	while (len > 0) {
		struct pollfd out = { .fd = fd, .events = POLLOUT };
		int ready = poll(&out, 1, left_until(until));
		if (ready < 0 && errno == EINTR) {
			continue;
		}
		if (ready == 0) {
			return err_set(err, ERR_RETRY,
				       "a page asked for the jobs and does not "
				       "read them");
		}
		ssize_t n = write(fd, at, len);
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			continue;
		}
		if (n < 0) {
			return errno == EPIPE ||
			       err_set_errno(err, ERR_IO, errno,
					     "the list of jobs");
		}
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool job_answer_give(const char *state, const char *key, const void *data,
		     size_t len, int timeout_ms, struct err *err)
{
	char *path = path_of(state, key);
	struct stat about;
	if (path == NULL) {
		return err_set(err, ERR_INVALID, "the request has no key");
	}
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	int reason = errno;
	mem_free(path);
	if (fd < 0) {
		return reason == ENXIO || reason == ENOENT ||
		       err_set_errno(err, ERR_IO, reason, "the list of jobs");
	}
	bool ok = fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode);
	ok = ok ? write_all(fd, data, len, clock_monotonic_ms() + timeout_ms,
			    err)
		: err_set(err, ERR_IO,
			  "the place for the list of jobs is no FIFO");
	(void)close(fd);
	return ok;
}

void job_answer_sweep(const char *state)
{
	DIR *folder = opendir(state);
	const struct dirent *entry;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		struct stat about;
		if (text_starts_with(entry->d_name, PREFIX) &&
		    fstatat(dirfd(folder), entry->d_name, &about,
			    AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISFIFO(about.st_mode)) {
			(void)unlinkat(dirfd(folder), entry->d_name, 0);
		}
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
}
