#ifndef SLUICE_CLI_TERMINAL_H
#define SLUICE_CLI_TERMINAL_H

#include "base/buf.h"
#include "base/err.h"
#include "cli/command.h"

/*
 * Reads a password: from a terminal without showing it, twice; else one line
 * from standard input. Never from an argument, where ps would show it. Release
 * with buf_burn().
 * Errors: INVALID (nothing typed, or two different ones), LIMIT, IO.
 */
MUST_USE bool terminal_password(const struct cli *cli, const char *prompt,
				struct buf *password, struct err *err);

/*
 * The same for a code that is good once: shown while it is typed, and typed
 * once. Release with buf_burn(), on failure too.
 */
MUST_USE bool terminal_code(const struct cli *cli, const char *prompt,
			    struct buf *code, struct err *err);

/*
 * What cannot be taken back: goes on when the option --yes was given, or when
 * this word is typed, or comes as one line from standard input. what is what
 * happens then, a sentence. Errors: INVALID (another word, or none).
 */
MUST_USE bool terminal_confirm(const struct cli *cli,
			       const struct cli_args *args, const char *what,
			       const char *word, struct err *err);

#endif
