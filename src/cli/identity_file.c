/*
 * Files of secret keys, ours and those of age-keygen. How a key is spelled is
 * formats/age_keys.c's affair. The text of a file is kept in locked memory and
 * stands in no message.
 */
#include "cli/identity_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/locked.h"
#include "base/mem.h"
#include "cli/print.h"

#define FILE_MAX 65536
/* What age-keygen writes, with our times: three lines. */
#define FILE_FORMAT "# created: %s\n# public key: %s\n%s\n"
#define FILE_SIZE 256

/* ---- making ---- */

static bool write_new(const char *path, const char *text, struct err *err)
{
	/* O_EXCL: an old key is never overwritten, and no link is followed. */
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) {
		return err_set(err, ERR_INVALID,
			       "%s is there already and stays as it is; name "
			       "another file.",
			       path);
	}
	if (fd < 0) {
		return err_set_errno(err, ERR_IO, errno, "%s cannot be made",
				     path);
	}
	size_t len = strlen(text);
	ssize_t put = write(fd, text, len);
	bool ok = put == (ssize_t)len && fsync(fd) == 0;
	if (!ok) {
		err_set_errno(err, ERR_IO, put < 0 ? errno : ENOSPC,
			      "%s cannot be written", path);
	}
	(void)close(fd);
	if (!ok) {
		(void)unlink(path);
	}
	return ok;
}

bool identity_file_make(const char *path, int64_t now,
			struct age_recipient *recipient, struct err *err)
{
	struct age_identity identity;
	char created[CLOCK_TEXT_SIZE];
	char public_key[AGE_RECIPIENT_TEXT_SIZE];
	char secret[AGE_IDENTITY_TEXT_SIZE];
	char text[FILE_SIZE];

	age_identity_make(&identity);
	clock_format(created, now);
	age_recipient_format(&identity.recipient, public_key);
	age_identity_format(&identity, secret);
	(void)snprintf(text, sizeof(text), FILE_FORMAT, created, public_key,
		       secret);
	bool ok = write_new(path, text, err);
	if (ok) {
		*recipient = identity.recipient;
	}
	mem_burn(&identity, sizeof(identity));
	mem_burn(secret, sizeof(secret));
	mem_burn(text, sizeof(text));
	return ok;
}

/* ---- reading ---- */

struct reading {
	struct identities identities;
	char text[FILE_MAX + 1];
};

/* The whole file into r->text, with NUL. */
static bool read_text(const struct cli *cli, const char *path, char *text,
		      struct err *err)
{
	struct stat about;
	size_t len = 0;
	ssize_t got = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		return err_set_errno(err,
				     errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
				     errno, "%s cannot be opened", path);
	}
	while (got > 0 && len < FILE_MAX) {
		got = read(fd, text + len, FILE_MAX - len);
		len += got > 0 ? (size_t)got : 0;
	}
	int errnum = errno;
	bool open_to_others = fstat(fd, &about) == 0 &&
			      S_ISREG(about.st_mode) &&
			      (about.st_mode & 077) != 0;
	(void)close(fd);
	if (got < 0) {
		return err_set_errno(err, ERR_IO, errnum, "%s cannot be read",
				     path);
	}
	if (len == FILE_MAX) {
		return err_set(err, ERR_LIMIT,
			       "%s is too big for a file of keys; name the "
			       "file that \"%s identity\" made.",
			       path, cli->program);
	}
	if (strlen(text) != len) {
		return err_set(err, ERR_INVALID,
			       "%s is no text; name a file of keys.", path);
	}
	if (open_to_others) {
		print_line(cli->problems,
			   "Warning: other users may read %s; \"chmod 600\" "
			   "ends that.",
			   path);
	}
	return true;
}

/* One line without its end. */
static bool read_line(struct identities *identities, const char *line,
		      struct err *err)
{
	if (line[0] == '\0' || line[0] == '#') {
		return true;
	}
	if (identities->count == IDENTITIES_MAX) {
		return err_set(err, ERR_LIMIT,
			       "more than %d keys; split the file",
			       IDENTITIES_MAX);
	}
	if (!age_identity_parse(line, &identities->at[identities->count],
				err)) {
		return false;
	}
	identities->count++;
	return true;
}

static bool read_lines(char *text, const char *path,
		       struct identities *identities, struct err *err)
{
	unsigned number = 0;
	for (char *next = text; next != NULL && *next != '\0';) {
		char *line = next;
		number++;
		next = strchr(line, '\n');
		if (next != NULL) {
			*next++ = '\0';
		}
		size_t len = strlen(line);
		if (len > 0 && line[len - 1] == '\r') {
			line[len - 1] = '\0';
		}
		if (!read_line(identities, line, err)) {
			return err_prefix(err, "%s, line %u", path, number);
		}
	}
	if (identities->count == 0) {
		return err_set(err, ERR_INVALID,
			       "%s holds no secret key; name the file that "
			       "was made with the recipient's key.",
			       path);
	}
	return true;
}

bool identity_file_read(const struct cli *cli, const char *path,
			struct identities **identities, struct err *err)
{
	struct reading *r = locked_new(sizeof(*r));
	bool ok = read_text(cli, path, r->text, err) &&
		  read_lines(r->text, path, &r->identities, err);
	if (ok) {
		*identities = locked_new(sizeof(**identities));
		**identities = r->identities;
	}
	locked_free(r, sizeof(*r));
	return ok;
}

void identity_file_free(struct identities *identities)
{
	locked_free(identities, sizeof(*identities));
}
