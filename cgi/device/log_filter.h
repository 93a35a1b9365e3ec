#ifndef SLUICE_CGI_DEVICE_LOG_FILTER_H
#define SLUICE_CGI_DEVICE_LOG_FILTER_H

#include "base/buf.h"
#include "domain/ledger.h"
#include "web/router.h"

/*
 * The query of the log pages as a filter; borrowed from the request. Days
 * are whole days of UTC, the last one included.
 * Errors: INVALID.
 */
MUST_USE bool log_filter_read(const struct visit *visit,
			      struct ledger_filter *filter, struct err *err);

/* The same as a query string, without "before"; "" when nothing is chosen. */
void log_filter_put_query(const struct visit *visit, struct buf *out);

#endif
