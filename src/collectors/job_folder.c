/*
 * Jobs as files of a folder. Whoever can put files there is a stranger: names
 * are bytes, links are not followed, and what is no regular file is not
 * opened. A job is read through one buffer, as long as it was when it was
 * listed, and must be the same afterwards. Nothing is written or locked.
 */
#include "collectors/job_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/unix_user.h"
#include "collectors/job_program.h"
#include "collectors/job_type.h"
#include "crypto/sha256.h"

#define ID_BYTES 16
#define ID_TEXT (2 * ID_BYTES + 1)

struct entry {
	char *name; /* own memory */
	struct stat about;
};

/* The newest of the folder, newest first. */
struct entries {
	struct entry *at[JOB_LIST_MAX];
	size_t count;
	bool more; /* there are others */
};

bool job_folder_open(const char *path, int *folder, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		bool missing = errno == ENOENT || errno == ENOTDIR;
		return err_set_errno(err,
				     missing           ? ERR_NOT_FOUND
				     : errno == EACCES ? ERR_DENIED
						       : ERR_IO,
				     errno, "The folder cannot be opened");
	}
	*folder = fd;
	return true;
}

static bool is_wanted(const char *name)
{
	return name[0] != '.' && !text_ends_with(name, ".tmp") &&
	       !text_ends_with(name, ".part");
}

static void hash_number(struct sha256 *hash, uint64_t number)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(number >> (56 - 8 * i));
	}
	sha256_update(hash, bytes, sizeof(bytes));
}

static void make_id(const char *name, const struct stat *about,
		    char id[ID_TEXT])
{
	uint8_t digest[SHA256_SIZE];
	struct sha256 hash;
	sha256_init(&hash);
	sha256_update(&hash, name, strlen(name) + 1);
	hash_number(&hash, about->st_dev);
	hash_number(&hash, about->st_ino);
	hash_number(&hash, (uint64_t)about->st_size);
	hash_number(&hash, (uint64_t)about->st_mtim.tv_sec);
	hash_number(&hash, (uint64_t)about->st_mtim.tv_nsec);
	sha256_final(&hash, digest);
	hex_encode(id, digest, ID_BYTES);
}

/*
 * The next file that is a job; NULL = the end, or err is set. A file that
 * goes while we look is none.
 */
static const char *next_job(int folder, DIR *dir, struct stat *about,
			    struct err *err)
{
	for (;;) {
		errno = 0;
		const struct dirent *row = readdir(dir);
		if (row == NULL) {
			if (errno != 0) {
				err_set_errno(err, ERR_IO, errno,
					      "The folder cannot be read");
			}
			return NULL;
		}
		if (is_wanted(row->d_name) &&
		    fstatat(folder, row->d_name, about, AT_SYMLINK_NOFOLLOW) ==
			    0 &&
		    S_ISREG(about->st_mode)) {
			return row->d_name;
		}
	}
}

/* The folder's names from the first on; closedir() it. */
static DIR *open_names(int folder, struct err *err)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	if (dir == NULL) {
		err_set_errno(err, ERR_IO, errno, "The folder cannot be read");
		if (copy >= 0) {
			close(copy);
		}
	}
	return dir;
}

static bool is_newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec
		       ? a->st_mtim.tv_sec > b->st_mtim.tv_sec
		       : a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

static void free_entry(struct entry *entry)
{
	mem_burn_free(entry->name, strlen(entry->name));
	mem_free(entry);
}

static void keep(struct entries *entries, const char *name,
		 const struct stat *about)
{
	size_t at = entries->count;
	if (at == JOB_LIST_MAX) {
		entries->more = true;
		if (!is_newer(about, &entries->at[at - 1]->about)) {
			return;
		}
		free_entry(entries->at[--at]);
		entries->count--;
	}
	for (; at > 0 && is_newer(about, &entries->at[at - 1]->about); at--) {
		entries->at[at] = entries->at[at - 1];
	}
	entries->at[at] = mem_zalloc(sizeof(*entries->at[at]));
	entries->at[at]->name = mem_strdup(name);
	entries->at[at]->about = *about;
	entries->count++;
}

/* O_NONBLOCK: what took the file's place must not stop us. */
static int open_file(int folder, const char *name)
{
	return openat(folder, name,
		      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
			      O_CLOEXEC);
}

static const char *type_of(int folder, const char *name)
{
	uint8_t first[JOB_TYPE_BYTES];
	int fd = open_file(folder, name);
	ssize_t got = fd >= 0 ? read(fd, first, sizeof(first)) : 0;
	const char *type = job_type_of(first, got > 0 ? (size_t)got : 0);
	mem_burn(first, sizeof(first));
	if (fd >= 0) {
		close(fd);
	}
	return type;
}

static bool add(int folder, const struct entry *entry, struct job_list *list)
{
	char owner[UNIX_USER_NAME_SIZE] = "";
	struct job job = { .name = entry->name,
			   .owner = owner,
			   .bytes = entry->about.st_size,
			   .pages = -1,
			   .time = entry->about.st_mtim.tv_sec };
	make_id(entry->name, &entry->about, job.id);
	(void)!unix_user_name(entry->about.st_uid, owner);
	(void)!text_copy(job.type, sizeof(job.type),
			 type_of(folder, entry->name));
	return job_list_add(list, &job);
}

bool job_folder_list(int folder, struct job_list *list, struct err *err)
{
	struct entries entries = { .count = 0 };
	struct stat about;
	struct err why = { .kind = ERR_NONE };
	const char *name;
	DIR *dir = open_names(folder, &why);
	while (dir != NULL &&
	       (name = next_job(folder, dir, &about, &why)) != NULL) {
		keep(&entries, name, &about);
	}
	struct job_source_list *source = job_list_source(list, NULL, NULL);
	for (size_t i = 0; i < entries.count; i++) {
		entries.more |= !add(folder, entries.at[i], list);
		free_entry(entries.at[i]);
	}
	if (entries.more) {
		job_source_set_problem(source, "There are more jobs than can "
					       "be listed: these are the "
					       "newest.");
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return why.kind == ERR_NONE || err_set(err, why.kind, "%s", why.text);
}

/* The name of the job, own memory; NULL and err set = none. */
static char *find(int folder, const char *id, struct err *err)
{
	char *found = NULL;
	const char *name;
	struct stat about;
	DIR *dir = open_names(folder, err);
	if (dir == NULL) {
		return NULL;
	}
	while (found == NULL &&
	       (name = next_job(folder, dir, &about, err)) != NULL) {
		char its[ID_TEXT];
		make_id(name, &about, its);
		if (text_equal(its, id)) {
			found = mem_strdup(name);
		}
	}
	closedir(dir);
	if (found == NULL) {
		job_is_gone(err); /* or what is set already */
	}
	return found;
}

/* Is the open file still the job of this id? */
static bool is_job(int fd, const char *name, const char *id, off_t *size)
{
	struct stat about;
	char its[ID_TEXT];
	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
		return false;
	}
	make_id(name, &about, its);
	*size = about.st_size;
	return text_equal(its, id);
}

/* How far the file is a hole from here on: never written, read as zeros. */
static off_t hole_at(int fd, off_t at, off_t end)
{
	off_t data = lseek(fd, at, SEEK_DATA);
	if (data < 0) {
		data = errno == ENXIO ? end : at; /* ENXIO: no data follows */
	}
	return (data < end ? data : end) - at;
}

/*
 * The next bytes, at most so many as the buffer holds; a long hole is not read
 * through the page cache of the system. -1 = failed, with errno.
 */
static ssize_t read_some(int fd, off_t at, off_t end, uint8_t *buffer)
{
	size_t len = end - at < (off_t)JOB_BUFFER_SIZE ? (size_t)(end - at)
						       : JOB_BUFFER_SIZE;
	ssize_t got;
	if (hole_at(fd, at, end) >= (off_t)len) {
		memset(buffer, 0, len);
		return (ssize_t)len;
	}
	do {
		got = pread(fd, buffer, len, at);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* Exactly size bytes; the file may not be shorter. */
static bool copy(int fd, off_t size, int out_fd, struct err *err)
{
	uint8_t *buffer = job_buffer_new();
	bool ok = true;
	for (off_t at = 0; ok && at < size;) {
		ssize_t got = read_some(fd, at, size, buffer);
		if (got < 0) {
			ok = err_set_errno(err, ERR_IO, errno,
					   "The job cannot be read");
		} else if (got == 0) {
			ok = job_has_changed(err);
		} else {
			at += got;
			ok = job_program_write(out_fd, buffer, (size_t)got,
					       err);
		}
	}
	job_buffer_free(buffer);
	return ok;
}

bool job_folder_get(int folder, const char *id, int out_fd, struct err *err)
{
	off_t size = 0;
	bool ok = false;
	char *name = find(folder, id, err);
	int fd = name != NULL ? open_file(folder, name) : -1;
	if (name == NULL) {
		return false;
	}
	if (fd < 0 && (errno == ENOENT || errno == ELOOP)) {
		job_is_gone(err);
	} else if (fd < 0) {
		err_set_errno(err, errno == EACCES ? ERR_DENIED : ERR_IO, errno,
			      "The job cannot be read");
	} else if (!is_job(fd, name, id, &size)) {
		job_has_changed(err);
	} else {
		ok = copy(fd, size, out_fd, err) &&
		     (is_job(fd, name, id, &size) || job_has_changed(err));
	}
	if (fd >= 0) {
		close(fd);
	}
	mem_burn_free(name, strlen(name));
	return ok;
}
