#ifndef SLUICE_CLI_LOG_EXPORT_H
#define SLUICE_CLI_LOG_EXPORT_H

#include <stdio.h>

#include "base/err.h"
#include "domain/ledger_export.h"

/*
 * Writes the entries of a filter, in its order, at most limit (0 = all). The
 * forms are stable: scripts read them. The log may be long: nothing is held
 * in memory beyond one entry.
 */
MUST_USE bool log_export(struct db *db, const struct ledger_filter *filter,
			 size_t limit, enum ledger_format format, FILE *out,
			 struct err *err);

#endif
