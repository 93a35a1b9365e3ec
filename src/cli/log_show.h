#ifndef SLUICE_CLI_LOG_SHOW_H
#define SLUICE_CLI_LOG_SHOW_H

#include <stdio.h>

#include "cli/command.h"
#include "store/db.h"

/*
 * Shows what the first argument names: the sequence of an entry, or a
 * transaction with its way, its entries and its receipt. With --xml the exact
 * bytes of the transmission alone, with --receipt the receipt note alone.
 * Errors: NOT_FOUND.
 */
MUST_USE bool log_show_one(struct db *db, const struct cli_args *args,
			   FILE *out, struct err *err);

/* Can the first argument name any? Errors: INVALID. */
MUST_USE bool log_show_names(const struct cli_args *args, struct err *err);

#endif
