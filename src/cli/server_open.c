/*
 * "sluice-server identity" and "sluice-server open": for the people whom job
 * data is sealed to, on any machine; no server is needed. Nothing of a file
 * is given out before its last byte was verified: until then it is in a
 * temporary file, beside the output or, for a pipe, in one without a name.
 */
#include "cli/server_commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/locked.h"
#include "base/mem.h"
#include "base/files.h"
#include "cli/identity_file.h"
#include "cli/print.h"

#define STEP AGE_CHUNK

int server_identity_run(struct cli *cli, const struct cli_args *args,
			struct err *err)
{
	struct age_recipient recipient;
	char text[AGE_RECIPIENT_TEXT_SIZE];

	if (identity_file_make(args->at[0], clock_utc_now(), &recipient, err)) {
		age_recipient_format(&recipient, text);
		print_line(cli->out, "%s", text);
	}
	return CLI_DONE;
}

/* ---- where it goes ---- */

/* A file that has no other reader until it is whole. */
struct draft {
	char *path; /* NULL = it has no name (any more) */
	int fd;
	uint64_t bytes;
};

static bool draft_open(const char *beside, struct draft *draft, struct err *err)
{
	struct buf path = BUF_INIT;
	buf_printf(&path, "%s.XXXXXX", beside);
	draft->path = buf_take_str(&path);
	draft->bytes = 0;
	draft->fd = mkostemp(draft->path, O_CLOEXEC); /* 0600 */
	if (draft->fd >= 0) {
		return true;
	}
	err_set_errno(err, ERR_IO, errno, "%s cannot be made", draft->path);
	mem_free(draft->path);
	draft->path = NULL;
	return false;
}

static void draft_unlink(struct draft *draft)
{
	if (draft->path != NULL) {
		(void)unlink(draft->path);
		mem_free(draft->path);
		draft->path = NULL;
	}
}

/* Removes what was not put in its place. */
static void draft_close(struct draft *draft)
{
	draft_unlink(draft);
	if (draft->fd >= 0) {
		(void)close(draft->fd);
		draft->fd = -1;
	}
}

static bool draft_write(void *ctx, const void *data, size_t len,
			struct err *err)
{
	struct draft *draft = ctx;
	const uint8_t *at = data;
	while (len > 0) {
		ssize_t put = write(draft->fd, at, len);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put < 0) {
			return err_set_errno(err, ERR_IO, errno,
					     "What was opened cannot be "
					     "written; is the disk full?");
		}
		at += put;
		len -= (size_t)put;
		draft->bytes += (uint64_t)put;
	}
	return true;
}

static bool draft_keep(struct draft *draft, const char *path, struct err *err)
{
	if (fsync(draft->fd) != 0 || rename(draft->path, path) != 0) {
		return err_set_errno(err, ERR_IO, errno, "%s cannot be written",
				     path);
	}
	mem_free(draft->path);
	draft->path = NULL;
	return true;
}

/* ---- opening ---- */

static bool read_some(int fd, uint8_t *data, size_t *got, struct err *err)
{
	ssize_t count = -1;
	do {
		count = read(fd, data, STEP);
	} while (count < 0 && errno == EINTR);
	if (count < 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "the file cannot be read");
	}
	*got = (size_t)count;
	return true;
}

static bool open_stream(int from, const struct identities *identities,
			struct draft *draft, struct err *err)
{
	const struct age_sink sink = { draft_write, draft };
	struct age_opener *opener =
		age_opener_new(identities->at, identities->count, &sink);
	uint8_t *data = mem_alloc(STEP);
	size_t got = 1;
	bool ok = true;
	while (ok && got > 0) {
		ok = read_some(from, data, &got, err) &&
		     age_opener_feed(opener, data, got, err);
	}
	ok = ok && age_opener_end(opener, err);
	mem_free(data);
	age_opener_free(opener);
	return ok;
}

static bool open_to_file(struct cli *cli, int from, const char *path,
			 const struct identities *identities, struct err *err)
{
	struct draft draft = { NULL, -1, 0 };
	char size[PRINT_SIZE_SIZE];
	bool ok = draft_open(path, &draft, err) &&
		  open_stream(from, identities, &draft, err) &&
		  draft_keep(&draft, path, err);
	draft_close(&draft);
	if (ok) {
		print_line(cli->out, "%s: %s, complete and unaltered.", path,
			   print_size(size, draft.bytes));
	}
	return ok;
}

static bool copy_out(struct cli *cli, int fd, struct err *err)
{
	uint8_t *data = locked_new(STEP);
	size_t got = 1;
	bool ok = lseek(fd, 0, SEEK_SET) == 0 ||
		  err_set_errno(err, ERR_IO, errno,
				"the temporary file cannot be read");
	while (ok && got > 0) {
		ok = read_some(fd, data, &got, err);
		if (ok) {
			print_bytes(cli->out, data, got);
			ok = !ferror(cli->out);
		}
	}
	locked_free(data, STEP);
	return (ok && fflush(cli->out) == 0) ||
	       err_set(err, ERR_IO, "The output took not all of it.");
}

static bool open_to_output(struct cli *cli, int from,
			   const struct identities *identities, struct err *err)
{
	struct draft draft = { NULL, -1, 0 };
	const char *dir = getenv("TMPDIR");
	char *beside = files_join(dir != NULL && dir[0] != '\0' ? dir : "/tmp",
				  "sluice-open");
	bool ok = draft_open(beside, &draft, err);
	if (ok) {
		draft_unlink(&draft);
		ok = open_stream(from, identities, &draft, err) &&
		     copy_out(cli, draft.fd, err);
	}
	draft_close(&draft);
	mem_free(beside);
	return ok;
}

/* "-" and no name are standard input. */
static bool open_input(const struct cli *cli, const char *path, int *fd,
		       struct err *err)
{
	if (path == NULL || strcmp(path, "-") == 0) {
		if (isatty(cli->in_fd)) {
			return err_set(err, ERR_INVALID,
				       "Name the sealed file.");
		}
		*fd = fcntl(cli->in_fd, F_DUPFD_CLOEXEC, 3);
	} else {
		*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	return *fd >= 0 ||
	       err_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
			     errno, "%s cannot be opened",
			     path != NULL ? path : "standard input");
}

int server_open_run(struct cli *cli, const struct cli_args *args,
		    struct err *err)
{
	const char *key = cli_value(args, "--identity");
	const char *output = cli_value(args, "--output");
	const char *input = args->count > 0 ? args->at[0] : NULL;
	struct identities *identities = NULL;
	int from = -1;

	if (key == NULL) {
		return cli_misused(cli, "open",
				   "--identity is missing: the file with your "
				   "secret key.");
	}
	bool to_file = output != NULL && strcmp(output, "-") != 0;
	int terminal = fileno(cli->out);
	if (!to_file && terminal >= 0 && isatty(terminal)) {
		return cli_misused(cli, "open",
				   "Job data is not shown on a terminal; name "
				   "a file with --output.");
	}
	if (identity_file_read(cli, key, &identities, err) &&
	    open_input(cli, input, &from, err)) {
		bool ok = to_file ? open_to_file(cli, from, output, identities,
						 err)
				  : open_to_output(cli, from, identities, err);
		(void)ok; /* err says it */
	}
	if (from >= 0) {
		(void)close(from);
	}
	identity_file_free(identities);
	return CLI_DONE;
}
