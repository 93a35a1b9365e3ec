#ifndef SLUICE_CLI_LOG_OPTIONS_H
#define SLUICE_CLI_LOG_OPTIONS_H

#include "cli/command.h"
#include "domain/ledger.h"

/* Options that choose entries, for "log" and its exports. */
extern const struct cli_option log_options[];

/*
 * Options to a filter, which borrows args' texts. Errors: INVALID (an unknown
 * kind, a date that is none).
 */
MUST_USE bool log_options_read(const struct cli_args *args,
			       struct ledger_filter *filter, struct err *err);

#endif
