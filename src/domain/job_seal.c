/*
 * The content of one job into a sealed file. What is read goes straight into
 * the sealer's locked chunk; what comes out of it is ciphertext. The format is
 * formats/age's; who may seal what is decided by jobs_confirm.c and
 * jobs_way.c.
 */
#include "domain/job_seal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "crypto/sha256.h"

#define FOLDER "sealed"
#define ASK_BYTES (1024 * 1024)

/* The file that is being made. */
struct output {
	int fd;
	uint64_t bytes;
	struct sha256 hash;
};

char *job_seal_path(const char *state, const char *transaction)
{
	struct buf name = BUF_INIT;
	buf_printf(&name, FOLDER "/%s.age", transaction);
	char *path = files_join(state, buf_str(&name));
	buf_clear(&name);
	return path;
}

/* What is in it survives a power cut; errno tells. */
static bool sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	int reason = errno;
	if (fd >= 0) {
		(void)close(fd);
	}
	errno = reason;
	return ok;
}

/*
 * The folder is made by whoever comes first, the pages or the client, and is
 * both's: it takes the state folder's group on, and so do the files in it.
 */
static bool make_folder(const char *state, struct err *err)
{
	char *path = files_join(state, FOLDER);
	struct stat above;
	bool made = mkdir(path, 0770) == 0;
	bool ok = made || errno == EEXIST ||
		  err_set_errno(err, ERR_IO, errno, "%s", path);
	if (made && stat(state, &above) == 0) {
		mode_t mode = above.st_mode & (S_ISGID | S_ISVTX);
		(void)chmod(path, mode | 0770);
	}
	ok = ok && (!made || sync_folder(state) ||
		    err_set_errno(err, ERR_IO, errno, "%s", state));
	mem_free(path);
	return ok;
}

/* errno says why. */
static bool write_failed(struct err *err)
{
	int reason = errno;
	return err_set_errno(err, ERR_IO, reason,
			     reason == ENOSPC || reason == EDQUOT
				     ? "There is no room on this device for "
				       "the sealed file; free some and send it "
				       "again"
				     : "The sealed file cannot be written");
}

static bool write_out(void *ctx, const void *data, size_t len, struct err *err)
{
	struct output *output = ctx;
	const uint8_t *at = data;
	sha256_update(&output->hash, data, len);
	output->bytes += len;
	while (len > 0) {
		ssize_t n = write(output->fd, at, len);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return write_failed(err);
		}
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* Content into the sealer, to its end. */
static bool pump(struct age_sealer *sealer, const struct job_content *content,
		 struct sha256 *hash, uint64_t *total, struct err *err)
{
	uint64_t asked = 0;
	for (;;) {
		size_t len;
		uint8_t *room = age_sealer_room(sealer, &len);
		ssize_t n = content->read(content->ctx, room, len, err);
		if (n <= 0) {
			return n == 0;
		}
		assert((size_t)n <= len);
		*total += (uint64_t)n;
		if (*total > content->max) {
			return err_set(err, ERR_LIMIT,
				       "This job is larger than the %llu "
				       "bytes that this device sends.",
				       (unsigned long long)content->max);
		}
		sha256_update(hash, room, (size_t)n);
		if (!age_sealer_filled(sealer, (size_t)n, err)) {
			return false;
		}
		if (content->going != NULL && *total - asked >= ASK_BYTES) {
			asked = *total;
			if (!content->going(content->ctx, err)) {
				return false;
			}
		}
	}
}

static bool seal(struct output *output, const struct jobs_recipient *recipients,
		 size_t count, const struct job_content *content,
		 struct job_sealed *sealed, struct err *err)
{
	struct age_recipient keys[JOBS_RECIPIENTS_MAX];
	const struct age_sink sink = { write_out, output };
	struct age_sealer *sealer = NULL;
	struct sha256 hash;
	uint8_t digest[SHA256_SIZE];
	if (count > JOBS_RECIPIENTS_MAX) {
		return err_set(err, ERR_INVALID,
			       "There are more than %d recipients.",
			       JOBS_RECIPIENTS_MAX);
	}
	for (size_t i = 0; i < count; i++) {
		if (!age_recipient_parse(recipients[i].key, &keys[i], err)) {
			return false;
		}
	}
	sha256_init(&hash);
	bool ok = age_sealer_new(keys, count, &sink, &sealer, err) &&
		  pump(sealer, content, &hash, &sealed->plain_bytes, err);
	if (ok && sealed->plain_bytes == 0) {
		ok = err_set(err, ERR_INVALID,
			     "This job is empty; there is nothing to send.");
	}
	ok = ok && age_sealer_end(sealer, err);
	age_sealer_free(sealer);
	sha256_final(&hash, digest);
	mem_burn(&hash, sizeof(hash)); /* holds the last bytes of the job */
	hex_encode(sealed->plain_sha256, digest, sizeof(digest));
	sha256_final(&output->hash, digest);
	hex_encode(sealed->sealed_sha256, digest, sizeof(digest));
	sealed->sealed_bytes = output->bytes;
	return ok;
}

/* On disk under its name, or not at all. */
static bool settle(const struct output *output, const char *made,
		   const char *path, const char *state, struct err *err)
{
	if (fsync(output->fd) != 0 || rename(made, path) != 0) {
		return write_failed(err);
	}
	char *folder = files_join(state, FOLDER);
	bool ok = sync_folder(folder) || write_failed(err);
	if (!ok) {
		(void)unlink(path);
	}
	mem_free(folder);
	return ok;
}

static bool seal_to(const char *state, const char *path,
		    const struct jobs_recipient *recipients, size_t count,
		    const struct job_content *content,
		    struct job_sealed *sealed, struct err *err)
{
	struct buf made = BUF_INIT;
	struct output output = { .fd = -1 };
	buf_printf(&made, "%s.part", path);
	(void)unlink(buf_str(&made));
	output.fd = open(buf_str(&made),
			 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			 0660);
	sha256_init(&output.hash);
	bool ok = output.fd >= 0 ||
		  err_set_errno(err, ERR_IO, errno,
				"The sealed file cannot be made");
	if (ok) {
		(void)fchmod(output.fd, 0660); /* whatever the umask says */
		ok = seal(&output, recipients, count, content, sealed, err) &&
		     settle(&output, buf_str(&made), path, state, err);
		(void)close(output.fd);
	}
	if (!ok) {
		(void)unlink(buf_str(&made));
	}
	buf_clear(&made);
	return ok;
}

bool job_seal(const char *state, const char *transaction,
	      const struct jobs_recipient *recipients, size_t count,
	      const struct job_content *content, struct job_sealed *sealed,
	      struct err *err)
{
	struct job_sealed done = { .plain_bytes = 0 };
	if (!uuid_valid(transaction)) {
		return err_set(err, ERR_INVALID, "This is no transaction.");
	}
	if (!make_folder(state, err)) {
		return false;
	}
	char *path = job_seal_path(state, transaction);
	bool ok = seal_to(state, path, recipients, count, content, &done, err);
	mem_free(path);
	if (ok) {
		*sealed = done;
	}
	return ok;
}

void job_seal_remove(const char *state, const char *transaction)
{
	char *path = job_seal_path(state, transaction);
	(void)unlink(path);
	mem_free(path);
}
