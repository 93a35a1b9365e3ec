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

#endif
