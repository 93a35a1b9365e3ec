/*
 * Asks a person at a terminal for a password, a code or a word that confirms.
 * The terminal is put back as it was whatever happens in between, except when
 * the process is killed.
 */
#include "cli/terminal.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/print.h"

#define PASSWORD_LINE_MAX 8192

/*
 * Byte by byte, so that nothing behind the line is taken. what: "password".
 */
static bool read_line(int fd, const char *what, struct buf *line,
		      struct err *err)
{
	for (;;) {
		char c = 0;
		ssize_t n = read(fd, &c, 1);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return err_set_errno(err, ERR_IO, errno,
					     "The %s could not be read", what);
		}
		if (n == 0 || c == '\n') {
			break;
		}
		if (line->len == PASSWORD_LINE_MAX) {
			return err_set(err, ERR_LIMIT,
				       "The %s is longer than %d bytes.", what,
				       PASSWORD_LINE_MAX);
		}
		buf_put(line, &c, 1);
	}
	if (line->len == 0) {
		return err_set(err, ERR_INVALID, "No %s was given.", what);
	}
	return true;
}

static bool ask(const struct cli *cli, const char *prompt, struct buf *line,
		struct err *err)
{
	struct termios shown;
	if (tcgetattr(cli->in_fd, &shown) < 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "The terminal cannot be set");
	}
	struct termios hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(cli->in_fd, TCSAFLUSH, &hidden) < 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "The terminal cannot be set");
	}
	fprintf(cli->problems, "%s: ", prompt);
	fflush(cli->problems);
	bool ok = read_line(cli->in_fd, "password", line, err);
	if (tcsetattr(cli->in_fd, TCSAFLUSH, &shown) < 0) {
		ok = err_set_errno(err, ERR_IO, errno,
				   "The terminal cannot be set back");
	}
	print_line(cli->problems, "%s", "");
	return ok;
}

bool terminal_password(const struct cli *cli, const char *prompt,
		       struct buf *password, struct err *err)
{
	if (!isatty(cli->in_fd)) {
		return read_line(cli->in_fd, "password", password, err);
	}
	struct buf again = BUF_INIT;
	bool ok = ask(cli, prompt, password, err) &&
		  ask(cli, "The same again", &again, err);
	if (ok && (again.len != password->len ||
		   memcmp(again.data, password->data, again.len) != 0)) {
		ok = err_set(err, ERR_INVALID,
			     "The two passwords are not the same.");
	}
	buf_burn(&again);
	return ok;
}

bool terminal_code(const struct cli *cli, const char *prompt, struct buf *code,
		   struct err *err)
{
	if (isatty(cli->in_fd)) {
		fprintf(cli->problems, "%s: ", prompt);
		fflush(cli->problems);
	}
	return read_line(cli->in_fd, "code", code, err);
}

bool terminal_confirm(const struct cli *cli, const struct cli_args *args,
		      const char *what, const char *word, struct err *err)
{
	struct buf line = BUF_INIT;
	if (cli_flag(args, "--yes")) {
		return true;
	}
	if (isatty(cli->in_fd)) {
		print_line(cli->problems, "%s", what);
		fprintf(cli->problems, "Type \"%s\" to do it: ", word);
		fflush(cli->problems);
	}
	bool ok = (read_line(cli->in_fd, "word", &line, NULL) &&
		   text_equal(buf_str(&line), word)) ||
		  err_set(err, ERR_INVALID,
			  "Nothing was changed. Type \"%s\" to do it, or give "
			  "--yes.",
			  word);
	buf_clear(&line);
	return ok;
}
