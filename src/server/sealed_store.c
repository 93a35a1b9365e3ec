/*
 * Files of sealed job data: opening under a lock, appending, finishing,
 * removing. Every step is relative to an open folder, and names are made of
 * checked ids only. What the files are, and when one may go, stands in
 * sealed_intake.c and sealed_custody.c; their rows are sealed.c's.
 */
#include "server/sealed_store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "documents/envelope.h"
#include "formats/uuid.h"
#include "server/server_config.h"

#define NAME_SIZE 48
#define FOLDER_SIZE (ENVELOPE_MACHINE_ID_MAX + 2)
#define PIECE_BYTES (64 * 1024)
#define LOCK_TRIES 3
#define LOCK_WAIT_MS 2000
#define LOCK_STEP_MS 20

static const char part_end[] = ".part";
static const char whole_end[] = ".age";

static bool io_error(struct err *err, const char *what)
{
	bool full = errno == ENOSPC || errno == EDQUOT;
	return err_set_errno(err, full ? ERR_LIMIT : ERR_IO, errno,
			     "Sealed data cannot be %s", what);
}

static void put_name(char dst[NAME_SIZE], const char *transaction,
		     const char *end)
{
	assert(uuid_valid(transaction));
	(void)snprintf(dst, NAME_SIZE, "%s%s", transaction, end);
}

static int open_folder(int at, const char *name)
{
	return openat(at, name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* What a command of root makes belongs to the workers, as the rest does. */
static bool hand_over(int at, const char *name)
{
	struct stat about;
	return geteuid() != 0 || (fstat(at, &about) == 0 &&
				  fchownat(at, name, about.st_uid, about.st_gid,
					   AT_SYMLINK_NOFOLLOW) == 0);
}

/* A folder below another; -1 with errno. */
static int enter(int at, const char *name, bool make)
{
	int fd = open_folder(at, name);
	if (fd >= 0 || errno != ENOENT || !make) {
		return fd;
	}
	if (mkdirat(at, name, 0700) != 0) {
		return errno == EEXIST ? open_folder(at, name) : -1;
	}
	if (!hand_over(at, name)) {
		return -1;
	}
	(void)fsync(at); /* some file systems know none of a folder */
	return open_folder(at, name);
}

/* The device's folder; -1 with errno. */
static int device_folder(const struct sealed_place *place, bool make)
{
	char name[FOLDER_SIZE];
	assert(envelope_machine_id_is_valid(place->device));
	(void)snprintf(name, sizeof(name), "%s%s",
		       place->device[0] == '.' ? "_" : "", place->device);
	int state = open(place->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int all = state < 0 ? -1 : enter(state, SERVER_SEALED, make);
	int fd = all < 0 ? -1 : enter(all, name, make);
	int kept = errno;
	if (all >= 0) {
		close(all);
	}
	if (state >= 0) {
		close(state);
	}
	errno = kept;
	return fd;
}

/* .age if it is there, else .part, made. */
static bool open_either(struct sealed_file *file, struct err *err)
{
	char name[NAME_SIZE];
	const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
	put_name(name, file->transaction, whole_end);
	file->fd = openat(file->folder_fd, name, flags);
	file->whole = file->fd >= 0;
	if (file->fd < 0 && errno == ENOENT) {
		put_name(name, file->transaction, part_end);
		file->fd = openat(file->folder_fd, name, flags | O_CREAT, 0600);
	}
	return file->fd >= 0 || io_error(err, "opened");
}

/* Does the name still stand for the file that is locked? */
static bool is_current(const struct sealed_file *file, const struct stat *about)
{
	struct stat now;
	char name[NAME_SIZE];
	put_name(name, file->transaction, file->whole ? whole_end : part_end);
	return fstatat(file->folder_fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_ino == about->st_ino && now.st_dev == about->st_dev;
}

/*
 * A device that broke a request off comes back at once, often before the
 * worker that had it sees its end: that one lets go within a moment.
 */
static bool lock(int fd)
{
	int64_t until = clock_monotonic_ms() + LOCK_WAIT_MS;
	int reason;
	do {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			return true;
		}
		reason = errno;
		(void)poll(NULL, 0, LOCK_STEP_MS);
	} while ((reason == EWOULDBLOCK || reason == EINTR) &&
		 clock_monotonic_ms() < until);
	errno = reason;
	return false;
}

/* *again: the file was renamed or removed before the lock was ours. */
static bool try_open(struct sealed_file *file, bool *again, struct err *err)
{
	struct stat about;
	if (!open_either(file, err)) {
		return false;
	}
	if (!lock(file->fd)) {
		return errno == EWOULDBLOCK
			       ? err_set(err, ERR_RETRY,
					 "Another request brings pieces of "
					 "this upload.")
			       : io_error(err, "locked");
	}
	if (fstat(file->fd, &about) != 0) {
		return io_error(err, "looked at");
	}
	if (!S_ISREG(about.st_mode)) {
		return err_set(err, ERR_IO, "Sealed data is no ordinary file.");
	}
	file->bytes = (uint64_t)about.st_size;
	*again = !is_current(file, &about);
	return true;
}

bool sealed_store_open(const struct sealed_place *place,
		       struct sealed_file *file, struct err *err)
{
	struct sealed_file opened = SEALED_FILE_INIT;
	bool again = true;
	if (!text_copy(opened.transaction, sizeof(opened.transaction),
		       place->transaction)) {
		return err_set(err, ERR_BUG, "The transaction is too long.");
	}
	opened.folder_fd = device_folder(place, true);
	if (opened.folder_fd < 0) {
		return io_error(err, "stored");
	}
	for (int i = 0; again && i < LOCK_TRIES; i++) {
		if (opened.fd >= 0) {
			close(opened.fd);
			opened.fd = -1;
		}
		if (!try_open(&opened, &again, err)) {
			sealed_store_close(&opened);
			return false;
		}
	}
	if (again) {
		sealed_store_close(&opened);
		return err_set(err, ERR_RETRY,
			       "Other requests change this upload.");
	}
	*file = opened;
	return true;
}

void sealed_store_close(struct sealed_file *file)
{
	if (file->fd >= 0) {
		close(file->fd);
	}
	if (file->folder_fd >= 0) {
		close(file->folder_fd);
	}
	file->fd = -1;
	file->folder_fd = -1;
}

bool sealed_store_append(struct sealed_file *file, const void *data, size_t len,
			 struct err *err)
{
	const uint8_t *at = data;
	while (len > 0) {
		ssize_t put = pwrite(file->fd, at, len, (off_t)file->bytes);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return io_error(err, "written");
		}
		at += put;
		len -= (size_t)put;
		file->bytes += (uint64_t)put;
	}
	return true;
}

bool sealed_store_sync(struct sealed_file *file, struct err *err)
{
	return fsync(file->fd) == 0 || io_error(err, "written");
}

bool sealed_store_finish(struct sealed_file *file, struct err *err)
{
	char part[NAME_SIZE], whole[NAME_SIZE];
	if (file->whole) {
		return true;
	}
	put_name(part, file->transaction, part_end);
	put_name(whole, file->transaction, whole_end);
	if (!sealed_store_sync(file, err)) {
		return false;
	}
	if (renameat(file->folder_fd, part, file->folder_fd, whole) != 0) {
		return io_error(err, "named");
	}
	file->whole = true;
	return fsync(file->folder_fd) == 0 || errno == EINVAL ||
	       io_error(err, "named");
}

bool sealed_store_begins(const struct sealed_file *file, const void *data,
			 size_t len)
{
	uint8_t head[64];
	assert(len <= sizeof(head));
	return pread(file->fd, head, len, 0) == (ssize_t)len &&
	       memcmp(head, data, len) == 0;
}

bool sealed_store_hash(const struct sealed_file *file,
		       uint8_t sha256[SHA256_SIZE], struct err *err)
{
	struct sha256 hash;
	uint8_t *piece = mem_zalloc(PIECE_BYTES);
	off_t at = 0;
	ssize_t got;
	sha256_init(&hash);
	do {
		got = pread(file->fd, piece, PIECE_BYTES, at);
		if (got > 0) {
			sha256_update(&hash, piece, (size_t)got);
			at += got;
		}
	} while (got > 0 || (got < 0 && errno == EINTR));
	bool ok = got == 0 || io_error(err, "read");
	mem_free(piece);
	sha256_final(&hash, sha256);
	return ok;
}

uint64_t sealed_store_bytes(const struct sealed_place *place)
{
	struct stat about;
	char name[NAME_SIZE];
	uint64_t bytes = 0;
	int folder = device_folder(place, false);
	if (folder < 0) {
		return 0;
	}
	put_name(name, place->transaction, part_end);
	bool there = fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0;
	if (!there) {
		put_name(name, place->transaction, whole_end);
		there = fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0;
	}
	if (there && S_ISREG(about.st_mode)) {
		bytes = (uint64_t)about.st_size;
	}
	close(folder);
	return bytes;
}

bool sealed_store_read(const struct sealed_place *place, int *fd,
		       uint64_t *bytes, struct err *err)
{
	struct stat about;
	char name[NAME_SIZE];
	int folder = device_folder(place, false);
	int opened = -1;
	put_name(name, place->transaction, whole_end);
	if (folder >= 0) {
		opened = openat(folder, name,
				O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
		int kept = errno;
		close(folder);
		errno = kept;
	}
	if (opened < 0) {
		return errno == ENOENT ? err_set(err, ERR_NOT_FOUND,
						 "The file is not here.")
				       : io_error(err, "opened");
	}
	if (fstat(opened, &about) != 0 || !S_ISREG(about.st_mode)) {
		close(opened);
		return err_set(err, ERR_IO, "Sealed data is no ordinary file.");
	}
	*fd = opened;
	*bytes = (uint64_t)about.st_size;
	return true;
}

static bool remove_name(int folder, const char *transaction, const char *end,
			struct err *err)
{
	char name[NAME_SIZE];
	put_name(name, transaction, end);
	return unlinkat(folder, name, 0) == 0 || errno == ENOENT ||
	       io_error(err, "removed");
}

bool sealed_store_remove(const struct sealed_place *place, struct err *err)
{
	int folder = device_folder(place, false);
	if (folder < 0) {
		return errno == ENOENT || io_error(err, "removed");
	}
	bool ok = remove_name(folder, place->transaction, part_end, err) &&
		  remove_name(folder, place->transaction, whole_end, err);
	(void)fsync(folder); /* some file systems know none of a folder */
	close(folder);
	return ok;
}

uint64_t sealed_store_room(const char *state)
{
	struct statvfs about;
	if (statvfs(state, &about) != 0) {
		return UINT64_MAX;
	}
	return (uint64_t)about.f_bavail * about.f_frsize;
}
